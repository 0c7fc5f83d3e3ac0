"""IBM's SDK for Python against a running server: see ibm-cos-python.sh, which calls it."""

import http.server
import json
import os
import socket
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from base64 import b64encode

import ibm_boto3
from ibm_botocore.client import Config
from ibm_botocore.exceptions import ClientError

ENDPOINT, CONTROL, API_KEY, WORK = (os.environ[name] for name in ("ENDPOINT", "CONTROL", "API_KEY", "WORK"))
TOKEN_URL = f"{CONTROL}/identity/token"
APIKEY_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
TOKEN_SECONDS = 24


def expect(actual, wanted, what):
    if actual != wanted:
        raise SystemExit(f"{what}: expected {wanted!r}, got {actual!r}")


class TokenProxy(http.server.ThreadingHTTPServer):
    """Stands before the token service, notes which grants are asked for, and can refuse refresh tokens."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), TokenHandler)
        self.grants = []
        self.refuses_refresh = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/identity/token"


class TokenHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        grant = urllib.parse.parse_qs(body.decode())["grant_type"][0]
        self.server.grants.append(grant)
        if grant == "refresh_token" and self.server.refuses_refresh:
            self.answer(400, b'{"errorCode": "BXNIM0407E", "errorMessage": "supplied token failed to validate"}')
            return
        headers = {name: self.headers[name] for name in ("authorization", "content-type", "accept") if self.headers[name]}
        try:
            with urllib.request.urlopen(urllib.request.Request(TOKEN_URL, body, headers)) as answer:
                self.answer(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            self.answer(error.code, error.read())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def terminate_tls():
    """https before the storage address: the SDK sends other bodies over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{WORK}/tls.crt", f"{WORK}/tls.key")
    listener = socket.create_server(("127.0.0.1", 0))
    target = urllib.parse.urlsplit(ENDPOINT)

    def copy(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def serve():
        while True:
            client, _ = listener.accept()
            try:
                secure = context.wrap_socket(client, server_side=True)
            except (ssl.SSLError, OSError):
                continue
            server = socket.create_connection((target.hostname, target.port))
            for ends in ((secure, server), (server, secure)):
                threading.Thread(target=copy, args=ends, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return f"https://127.0.0.1:{listener.getsockname()[1]}"


def connect(**options):
    settings = {
        "ibm_api_key_id": API_KEY,
        "ibm_auth_endpoint": TOKEN_URL,
        "endpoint_url": ENDPOINT,
        "config": Config(signature_version="oauth", s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
    }
    settings.update(options)
    return ibm_boto3.client("s3", **settings)


def call(method, path, token, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(CONTROL + path, data, headers, method=method)) as answer:
        return json.load(answer)


def token_of(key):
    form = urllib.parse.urlencode({"grant_type": APIKEY_GRANT, "apikey": key}).encode()
    with urllib.request.urlopen(TOKEN_URL, form) as answer:
        return json.load(answer)["access_token"]


def round_trip(client, bucket):
    client.create_bucket(Bucket=bucket)
    body = b"a line of text\n" * 5000
    checksum = b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    put = client.put_object(Bucket=bucket, Key="put", Body=body)
    expect(put.get("ChecksumCRC32"), checksum, "checksum in the answer of put_object")
    got = client.get_object(Bucket=bucket, Key="put", ChecksumMode="ENABLED")
    expect(got["Body"].read(), body, "bytes of put_object")
    expect(got.get("ChecksumCRC32"), checksum, "checksum in the answer of get_object")
    expect(got.get("ContentEncoding"), None, "content encoding of the object")
    part = os.urandom(5 * 1024 * 1024)
    upload = client.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    parts = []
    for number, data in enumerate((part, body), 1):
        sent = client.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=number, Body=data)
        parts.append({"PartNumber": number, "ETag": sent["ETag"]})
    client.complete_multipart_upload(Bucket=bucket, Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
    expect(client.get_object(Bucket=bucket, Key="parts")["Body"].read(), part + body, "bytes of upload_part")
    deleted = client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "put"}, {"Key": "parts"}]})
    expect(sorted(row["Key"] for row in deleted["Deleted"]), ["parts", "put"], "delete_objects")
    client.delete_bucket(Bucket=bucket)


def p1():
    round_trip(connect(), "p1-http")
    round_trip(connect(endpoint_url=terminate_tls(), verify=f"{WORK}/tls.crt"), "p1-https")
    print("P1: bodies over http and https are what was sent, with their CRC32")


def p2():
    proxy = TokenProxy()
    client = connect(ibm_auth_endpoint=proxy.url)
    client.list_buckets()
    expect(proxy.grants, [APIKEY_GRANT], "grants of the first call")
    deadline = time.monotonic() + 2 * TOKEN_SECONDS
    while "refresh_token" not in proxy.grants and time.monotonic() < deadline:
        client.list_buckets()
        time.sleep(1)
    expect("refresh_token" in proxy.grants, True, "renewal by refresh token")
    proxy.refuses_refresh = True
    before = proxy.grants.count(APIKEY_GRANT)
    deadline = time.monotonic() + 3 * TOKEN_SECONDS
    while proxy.grants.count(APIKEY_GRANT) == before and time.monotonic() < deadline:
        client.list_buckets()
        time.sleep(1)
    expect(proxy.grants.count(APIKEY_GRANT) > before, True, "recovery by API key")
    client.list_buckets()
    print(f"P2: {len(proxy.grants)} requests for tokens, by refresh token, and by API key when that was refused")


def p3():
    try:
        connect(ibm_api_key_id="x" * 44).list_buckets()
    except Exception as error:  # The SDK has a class of its own for it in some versions.
        expect("Provided API key could not be found" in str(error), True, f"message in {error!r}")
        expect("BXNIM0415E" in str(error), True, f"code in {error!r}")
    else:
        raise SystemExit("a wrong API key was taken")
    print("P3: a wrong API key is refused in words that the SDK shows")


def p4():
    client = connect()
    client.create_bucket(Bucket="p4-bucket")
    listed = client.list_buckets_extended()
    expect([row["LocationConstraint"] for row in listed["Buckets"]], ["us-south-standard"], "locations")
    client.delete_bucket(Bucket="p4-bucket")
    print("P4: list_buckets_extended without a service instance")


def p5():
    token = token_of(API_KEY)
    instances = call("GET", "/v2/resource_instances", token)["resources"]
    for with_pair in (False, True):
        name = "p5-with-pair" if with_pair else "p5-without-pair"
        body = {"name": name, "source": instances[0]["guid"], "role": "Writer", "parameters": {"HMAC": with_pair}}
        key = call("POST", "/v2/resource_keys", token, body)
        path = f"{WORK}/{name}.json"
        with open(path, "w", encoding="utf8") as file:
            json.dump(key["credentials"], file)
        os.environ["COS_CREDENTIALS_FILE"] = path
        try:
            by_file(name, with_pair)
        finally:
            del os.environ["COS_CREDENTIALS_FILE"]
    print("P5: the credentials of a resource key as a file: tokens without a pair, signatures with one")


def by_file(bucket, with_pair):
    # A session keeps the credentials that it found first.
    path_style = {"addressing_style": "path"}
    oauth = Config(signature_version="oauth", s3=path_style, retries={"max_attempts": 0})
    if with_pair:
        signing = ibm_boto3.session.Session().client("s3", endpoint_url=ENDPOINT, region_name="us-south", config=Config(s3=path_style))
        signing.create_bucket(Bucket=bucket)
        signing.put_object(Bucket=bucket, Key="key", Body=b"signed")
        try:
            ibm_boto3.session.Session().client("s3", endpoint_url=ENDPOINT, config=oauth).list_objects(Bucket=bucket)
        except ClientError as error:
            expect(error.response["Error"]["Code"], "AccessDenied", "a word instead of a token")
        else:
            raise SystemExit("a word was taken for a token")
        return
    client = ibm_boto3.session.Session().client("s3", endpoint_url=ENDPOINT, config=oauth)
    client.create_bucket(Bucket=bucket)
    client.put_object(Bucket=bucket, Key="key", Body=b"by token")
    expect(client.get_object(Bucket=bucket, Key="key")["Body"].read(), b"by token", "bytes by token")


p1()
p2()
p3()
p4()
p5()
