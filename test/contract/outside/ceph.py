"""What ceph/s3-tests find in their configuration: the local cloud, and a second user, who is a session of a role here and
may do nothing but what policies of buckets allow."""

import configparser
import json
import os
import tempfile

import boto3

OTHER = json.loads(os.environ["OUTSIDE_OTHER"])
MAIN = {"access_key": os.environ["AWS_ACCESS_KEY_ID"], "secret_key": os.environ["AWS_SECRET_ACCESS_KEY"]}
SECOND = {"access_key": OTHER["accessKeyId"], "secret_key": OTHER["secretAccessKey"]}
NAMES = {"display_name": "", "user_id": os.environ["TEST_AWS_ACCOUNT_ID"], "email": "", "api_name": "eu-west-1", "tenant": ""}
USERS = {"s3 main": MAIN, "s3 alt": SECOND, "s3 tenant": SECOND, "iam": MAIN, "iam root": MAIN, "iam alt root": MAIN}

create_client = boto3.client


def with_token(*args, **kwargs):
    if kwargs.get("aws_access_key_id") == OTHER["accessKeyId"]:
        kwargs["aws_session_token"] = OTHER["sessionToken"]
    return create_client(*args, **kwargs)


boto3.client = with_token


def pytest_configure(config):
    parser = configparser.RawConfigParser({"host": "localhost", "port": os.environ["OUTSIDE_PORT"], "is_secure": "False"})
    parser.read_dict({section: NAMES | keys for section, keys in USERS.items()})
    parser.read_dict({"fixtures": {"bucket prefix": "outside-{random}-"}})
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
        parser.write(file)
    os.environ["S3TEST_CONF"] = file.name


def pytest_unconfigure(config):
    os.unlink(os.environ["S3TEST_CONF"])
