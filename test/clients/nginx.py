"""boto3 through nginx: odd keys, links, a multipart upload, both signature versions, a wrong secret."""
import http.client
import io
import os
import ssl
import sys
from urllib.parse import urlsplit

import boto3
import botocore.exceptions
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

endpoint, public, certificate = sys.argv[1:]
trust = ssl.create_default_context(cafile=certificate)
bucket = "proxied"


def client(version="s3v4", **options):
    config = Config(signature_version=version, s3={"addressing_style": "path"}, retries={"max_attempts": 0})
    return boto3.client("s3", endpoint_url=endpoint, region_name="KR1", verify=certificate, config=config, **options)


def follow(method, link, body=None):
    """The link exactly as it is: other clients would normalise the path."""
    parts = urlsplit(link)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    options = {"context": trust} if parts.scheme == "https" else {}
    connection = kind(parts.netloc, **options)
    connection.request(method, parts.path + "?" + parts.query, body)
    response = connection.getresponse()
    return response.status, response.read()


for version in "s3v4", "s3":
    s3 = client(version)
    s3.create_bucket(Bucket=bucket)
    for key in "plain", "a//b", "folder/../up", "한글 +%2F&=?#.txt", "it's (new)!*~":
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), Metadata={"name": "value"})
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode(), key
        link = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=60)
        assert follow("GET", link) == (200, key.encode()), link
    link = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "by-link"}, ExpiresIn=60)
    status, answer = follow("PUT", link, b"by link")
    assert status == 200, answer
    content = os.urandom(20_000_000)
    parts = TransferConfig(multipart_threshold=1, multipart_chunksize=8 * 1024 * 1024)
    s3.upload_fileobj(io.BytesIO(content), bucket, "large", Config=parts)
    assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == content
    upload = s3.create_multipart_upload(Bucket=bucket, Key="located/key")["UploadId"]
    etag = s3.upload_part(Bucket=bucket, Key="located/key", UploadId=upload, PartNumber=1, Body=b"one")["ETag"]
    done = s3.complete_multipart_upload(
        Bucket=bucket,
        Key="located/key",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]},
    )
    assert done["Location"] == f"{public}/{bucket}/located/key", done["Location"]
    try:
        client(version, aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="wrong").list_buckets()
        sys.exit("a wrong secret was accepted")
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "SignatureDoesNotMatch", error
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        print(f"{endpoint} {version}: {done['Location']}; {error}")
    keys = [{"Key": row["Key"]} for row in s3.list_objects(Bucket=bucket)["Contents"]]
    assert len(keys) == 8, keys
    s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})
    s3.delete_bucket(Bucket=bucket)
