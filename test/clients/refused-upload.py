"""An upload with a wrong signature by Python's http.client, by requests-like reading after a broken pipe, and by boto3."""
import http.client
import os
import sys
from urllib.parse import urlsplit

import boto3
import botocore.exceptions
from botocore.config import Config

ENDPOINT = os.environ["ENDPOINT"]
SIZE = int(os.environ["SIZE"])
HEADERS = {
    "Authorization": "AWS " + os.environ["AWS_ACCESS_KEY_ID"] + ":AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "Content-Length": str(SIZE),
}


def by_http_client(size):
    """Sends everything before it reads anything; a pipe that breaks meanwhile does not hide the answer."""
    connection = http.client.HTTPConnection(urlsplit(ENDPOINT).netloc, timeout=60)
    connection.putrequest("PUT", "/refused/large")
    from email.utils import formatdate

    for name, value in {**HEADERS, "Content-Length": str(size), "Date": formatdate(usegmt=True)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    piece, sent, fault = bytes(65536), 0, None
    try:
        while sent < size:
            connection.send(piece)
            sent += len(piece)
    except (BrokenPipeError, ConnectionResetError) as error:
        fault = error
    response = connection.getresponse()
    body = response.read()
    print(f"http.client, {size} bytes: {response.status} after {sent} bytes sent ({fault})")
    assert response.status == 403 and b"<Code>SignatureDoesNotMatch</Code>" in body, body
    return fault


def by_boto3(path):
    client = boto3.client(
        "s3",
        endpoint_url=ENDPOINT,
        region_name="KR1",
        aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key="wrong",
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
    )
    try:
        with open(path, "rb") as body:
            client.put_object(Bucket="refused", Key="large", Body=body)
    except botocore.exceptions.ClientError as error:
        print("boto3:", error)
        assert error.response["Error"]["Code"] == "SignatureDoesNotMatch"
        return
    sys.exit("boto3: the upload was not refused")


# What a server can read within its limits it reads, and the client notices nothing.
assert by_http_client(8_000_000) is None
by_http_client(SIZE)
by_boto3(sys.argv[1])
