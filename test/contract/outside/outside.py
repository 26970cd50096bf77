"""A plugin for pytest: it leaves out what is not claimed, and expects the failures that are listed, each with its reason. A
failure that is not listed fails the run, and so does a listed test that passes."""

import inspect
import json
import os
import re
import signal

import pytest

SUITE = json.loads(os.environ["OUTSIDE_SUITE"])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    kept = [item for item in items if is_claimed(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
    unused = set(SUITE["expected"])
    for item in items:
        for path in SUITE.get("uncompared", []):
            item.add_marker(pytest.mark.skip_snapshot_verify(paths=[path]))
        name = item.nodeid.split("::")[-1]
        if name in unused:
            unused.discard(name)
            item.add_marker(pytest.mark.xfail(reason=SUITE["expected"][name], strict=True))
    if unused and not config.getoption("keyword"):
        raise pytest.UsageError(f"Expected tests of these names: {', '.join(sorted(unused))}.")


def is_claimed(item):
    markers = {marker.name for marker in item.iter_markers()}
    if SUITE.get("only") and SUITE["only"] not in markers:
        return False
    if markers & set(SUITE.get("without", {})):
        return False
    named = item.nodeid.partition("::")[2]  # with its class
    if any(re.search(pattern, named) for pattern in SUITE.get("unclaimed", {})):
        return False
    using = SUITE.get("using", {})
    return not using or not re.search("|".join(using), source_of(item.function))


def source_of(test):
    """What it does, and what the functions of its module do that it names."""
    found, waiting = {}, [test]
    while waiting:
        function = waiting.pop()
        if function in found:
            continue
        found[function] = inspect.getsource(function)
        named = (function.__globals__.get(name) for name in re.findall(r"\w+", found[function]))
        waiting += [one for one in named if inspect.isfunction(one) and one.__module__ == test.__module__]
    return "\n".join(found.values())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    def stop(*_):
        raise TimeoutError("This test took longer than two minutes.")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(120)
    yield
    signal.alarm(0)
