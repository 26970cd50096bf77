"""What LocalStack's tests find in their conftest: clients, which reach the local cloud under the names that the recordings
have, and the fixtures and snapshots of LocalStack itself."""

import hollow  # noqa: F401, first: it makes the others importable
import os
import socket

import pytest
from botocore.config import Config as ClientConfig
from localstack.services.s3 import constants as s3_constants
from localstack.testing.aws.util import (
    base_aws_client_factory,
    base_aws_session,
    base_testing_aws_client,
    secondary_aws_session,
)
from localstack.testing.pytest.fixtures import *  # noqa: F403
from localstack_snapshot.pytest.snapshot import (  # noqa: F401
    _snapshot_session,
    pytest_addoption,
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_makereport,
)

PORT = os.environ["OUTSIDE_PORT"]
REGION = "us-east-1"
resolve = socket.getaddrinfo


def to_this_machine(host, *args, **kwargs):
    return resolve("127.0.0.1" if str(host).endswith("localhost.localstack.cloud") else host, *args, **kwargs)


socket.getaddrinfo = to_this_machine


def as_on_aws(factory):
    """SQS at an address for each region, S3 with Signature Version 4: boto3 does neither for other endpoints than AWS's."""
    get = factory.get_client
    s3_constants.DEFAULT_PRE_SIGNED_ACCESS_KEY_ID = os.environ["AWS_ACCESS_KEY_ID"]
    s3_constants.DEFAULT_PRE_SIGNED_SECRET_ACCESS_KEY = os.environ["AWS_SECRET_ACCESS_KEY"]

    def get_client(service_name, region_name=None, *args, endpoint_url=None, config=None, **kwargs):
        if service_name.startswith("sqs") and not endpoint_url:
            endpoint_url = f"http://sqs.{region_name or REGION}.localhost.localstack.cloud:{PORT}"
        if service_name == "s3":
            config = ClientConfig(signature_version="s3v4").merge(config or ClientConfig())
            if not endpoint_url and (config.s3 or {}).get("addressing_style") == "virtual":
                endpoint_url = f"http://s3.localhost.localstack.cloud:{PORT}"
        return get(service_name, region_name, *args, endpoint_url=endpoint_url, config=config, **kwargs)

    factory.get_client = get_client
    return factory


@pytest.fixture(scope="session")
def aws_session():
    return base_aws_session()


@pytest.fixture(scope="session")
def aws_client_factory(aws_session):
    return as_on_aws(base_aws_client_factory(aws_session))


@pytest.fixture(scope="session")
def aws_client(aws_client_factory):
    return base_testing_aws_client(aws_client_factory)


@pytest.fixture(scope="session")
def secondary_aws_client():
    return base_testing_aws_client(base_aws_client_factory(secondary_aws_session()))


@pytest.fixture(scope="session")
def account_id():
    return os.environ["TEST_AWS_ACCOUNT_ID"]


@pytest.fixture(scope="session")
def region_name():
    return REGION
