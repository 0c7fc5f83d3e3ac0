"""Writes a Parquet file to the server and queries it over S3."""

import os

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
from pyarrow import fs

endpoint = os.environ['ENDPOINT'].removeprefix('http://')
s3 = fs.S3FileSystem(
    access_key=os.environ['AWS_ACCESS_KEY_ID'],
    secret_key=os.environ['AWS_SECRET_ACCESS_KEY'],
    endpoint_override=endpoint,
    scheme='http',
    region='KR1',
    allow_bucket_creation=True,
    allow_bucket_deletion=True,
)
s3.create_dir('parquet-bucket')
rows = 300_000
table = pa.table({'number': pa.array(range(rows)), 'text': pa.array([f'row {i % 1000}' for i in range(rows)])})
parquet.write_table(table, 'parquet-bucket/table.parquet', filesystem=s3, row_group_size=20_000)

connection = duckdb.connect()
try:
    connection.execute('INSTALL httpfs; LOAD httpfs;')
    connection.execute(f"SET s3_endpoint='{endpoint}'; SET s3_use_ssl=false; SET s3_url_style='path'; SET s3_region='KR1'")
    connection.execute(f"SET s3_access_key_id='{os.environ['AWS_ACCESS_KEY_ID']}'")
    connection.execute(f"SET s3_secret_access_key='{os.environ['AWS_SECRET_ACCESS_KEY']}'")
    source = "'s3://parquet-bucket/table.parquet'"
    print('duckdb', duckdb.__version__, 'with httpfs')
except (duckdb.IOException, duckdb.HTTPException) as error:
    print('duckdb', duckdb.__version__, 'without httpfs (', str(error).splitlines()[0][:80], '): reading through pyarrow')
    source = 'dataset'
    import pyarrow.dataset as datasets

    dataset = datasets.dataset('parquet-bucket/table.parquet', filesystem=s3)
count, total = connection.execute(f"SELECT count(*), sum(number) FROM {source} WHERE text = 'row 7'").fetchone()
assert (count, total) == (300, sum(range(7, rows, 1000))), (count, total)
s3.delete_dir('parquet-bucket')
print('duckdb: all passed')
