"""Every method of the guide's boto3 chapter, then upload_fileobj with each checksum, and errors as boto3 shows them."""

import io
import os
import pathlib

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

WORK = pathlib.Path(os.environ['WORK'])


class Boto3Example:
    def __init__(self, **overrides):
        settings = {
            'service_name': 's3',
            'region_name': 'KR1',
            'endpoint_url': os.environ['ENDPOINT'],
            'aws_access_key_id': os.environ['AWS_ACCESS_KEY_ID'],
            'aws_secret_access_key': os.environ['AWS_SECRET_ACCESS_KEY'],
        }
        self.s3 = boto3.client(**{**settings, **overrides})

    def create_bucket(self, bucket_name):
        return self.s3.create_bucket(Bucket=bucket_name)

    def list_buckets(self):
        return self.s3.list_buckets().get('Buckets')

    def list_objs(self, bucket_name):
        return self.s3.list_objects_v2(Bucket=bucket_name).get('Contents')

    def delete_bucket(self, bucket_name):
        return self.s3.delete_bucket(Bucket=bucket_name)

    def upload(self, bucket_name, key, filename):
        with open(filename, 'rb') as file:
            return self.s3.put_object(Bucket=bucket_name, Key=key, Body=file)

    def download(self, bucket_name, key, filename):
        response = self.s3.get_object(Bucket=bucket_name, Key=key)
        with io.FileIO(filename, 'w') as file:
            for chunk in response['Body']:
                file.write(chunk)
        response.pop('Body')
        return response

    def delete(self, bucket_name, key):
        return self.s3.delete_object(Bucket=bucket_name, Key=key)


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        found = error.response['Error']['Code']
        assert found == code, f'{found} instead of {code}'
        return error.response
    raise AssertionError(f'{code} was expected')


def guide():
    example = Boto3Example()
    created = example.create_bucket('new-container')
    print('create_bucket', created['ResponseMetadata']['HTTPStatusCode'], created['Location'])
    headers = created['ResponseMetadata']['HTTPHeaders']
    ids = {headers[name] for name in ('x-amz-id-2', 'x-amz-request-id', 'x-trans-id', 'x-openstack-request-id')}
    assert len(ids) == 1 and created['Location'] == '/new-container', headers
    print('list_buckets', [bucket['Name'] for bucket in example.list_buckets()])
    source = WORK / 'source.jpg'
    source.write_bytes(os.urandom(124352))
    print('upload', example.upload('new-container', '그림.jpg', source)['ETag'])
    print('list_objs', [(entry['Key'], entry['Size']) for entry in example.list_objs('new-container')])
    target = WORK / 'target.jpg'
    response = example.download('new-container', '그림.jpg', target)
    assert target.read_bytes() == source.read_bytes()
    print('download', response['ContentLength'], response['ContentType'], response['Metadata'])
    print('delete', example.delete('new-container', '그림.jpg')['ResponseMetadata']['HTTPStatusCode'])
    print('delete_bucket', example.delete_bucket('new-container')['ResponseMetadata']['HTTPStatusCode'])


def checksums():
    s3 = Boto3Example().s3
    s3.create_bucket(Bucket='checksums')
    body = os.urandom(12 * 1024 * 1024 + 17)
    config = TransferConfig(multipart_threshold=6 * 1024 * 1024, multipart_chunksize=6 * 1024 * 1024)
    for algorithm in ('CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'):
        for name, content in (('small', body[:1000]), ('large', body)):
            key = f'{algorithm}/{name}'
            s3.upload_fileobj(
                io.BytesIO(content), 'checksums', key, ExtraArgs={'ChecksumAlgorithm': algorithm, 'Metadata': {'k': 'v'}}, Config=config
            )
            head = s3.head_object(Bucket='checksums', Key=key, ChecksumMode='ENABLED')
            print(key, head['ETag'], head[f'Checksum{algorithm}'], head.get('ChecksumType'))
            assert s3.get_object(Bucket='checksums', Key=key, ChecksumMode='ENABLED')['Body'].read() == content
    pages = s3.get_paginator('list_objects_v2').paginate(Bucket='checksums', PaginationConfig={'PageSize': 3})
    keys = [{'Key': entry['Key']} for page in pages for entry in page['Contents']]
    assert len(keys) == 10
    s3.delete_objects(Bucket='checksums', Delete={'Objects': keys})
    s3.delete_bucket(Bucket='checksums')


def refusals():
    s3 = Boto3Example().s3
    once = Config(retries={'max_attempts': 1, 'mode': 'standard'})
    refused('SignatureDoesNotMatch', Boto3Example(aws_secret_access_key='wrong', config=once).s3.list_buckets)
    refused('InvalidAccessKeyId', Boto3Example(aws_access_key_id='nobody', config=once).s3.list_buckets)
    wrong_region = Boto3Example(region_name='eu-central-7', config=once).s3
    response = refused('AuthorizationHeaderMalformed', wrong_region.list_buckets)
    assert response['Error']['Region'] == 'KR1', response
    refused('NoSuchBucket', s3.list_objects_v2, Bucket='absent-bucket')
    s3.create_bucket(Bucket='refusals')
    refused('BucketAlreadyOwnedByYou', s3.create_bucket, Bucket='refusals')
    s3.put_object(Bucket='refusals', Key='k', Body=b'1')
    refused('PreconditionFailed', s3.put_object, Bucket='refusals', Key='k', Body=b'2', IfNoneMatch='*')
    refused('BucketNotEmpty', s3.delete_bucket, Bucket='refusals')
    big = Boto3Example(aws_secret_access_key='wrong', config=once).s3
    refused('SignatureDoesNotMatch', big.put_object, Bucket='refusals', Key='big', Body=os.urandom(20_000_000))
    s3.delete_object(Bucket='refusals', Key='k')
    s3.delete_bucket(Bucket='refusals')


guide()
checksums()
refusals()
print('boto3: all passed')
