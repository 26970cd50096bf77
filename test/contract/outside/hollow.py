"""LocalStack's tests import modules of its server. Here is none: what cannot be imported becomes hollow, and so does what a
third party's package would have given. A test that needs more of it fails, and is listed."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys


class Hollow(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return hollow(name)

    def __call__(cls, *args, **kwargs):
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]  # as a decorator
        return super().__call__()

    def __iter__(cls):
        return iter(())

    __or__ = __ror__ = __add__ = __radd__ = __getitem__ = lambda cls, _: cls


def hollow(name):
    def attribute(self, wanted):
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return hollow(wanted)

    def call(self, *args, **_):
        return args[0] if len(args) == 1 and callable(args[0]) else self

    return Hollow(name, (), {"__getattr__": attribute, "__call__": call})


def empty(module):
    def attribute(name):
        if name.startswith("__"):
            raise AttributeError(name)
        return hollow(name)

    module.__getattr__ = attribute


class Tolerant(importlib.abc.Loader):
    """Loads a module of LocalStack as it is, or empties it when that fails."""

    def __init__(self, loader):
        self.loader = loader

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        try:
            self.loader.exec_module(module)
        except Exception:
            empty(module)


class LocalStackFinder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if not name.startswith(("localstack.", "tests.aws.services.lambda_")):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            spec.loader = Tolerant(spec.loader)
        return spec


class MissingFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Last on the path: packages that only the server needs, and the version that its build writes."""

    packages = set(
        "asn1crypto cachetools cbor2 click cryptography dill dns dnslib docker moto mypy_boto3_sqs OpenSSL plux psutil "
        "pytest_httpserver rich rolo semver werkzeug".split()
    )

    def find_spec(self, name, path=None, target=None):
        if name == "localstack.version" or name.split(".")[0] in self.packages:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        empty(module)
        module.__version__ = module.version = "0"


sys.meta_path.insert(0, LocalStackFinder())
sys.meta_path.append(MissingFinder())
