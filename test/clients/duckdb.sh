#!/usr/bin/env bash
# DuckDB reads Parquet over S3 with ranged GETs. Its httpfs extension comes from DuckDB's own host; without it, pyarrow's S3 file
# system (native AWS C++ SDK) does the same reads and DuckDB queries what it read. Run through with-server.ts.
set -euo pipefail
. "$CLIENTS/python-venv.sh"
python_venv duckdb duckdb pyarrow
python "$CLIENTS/duckdb-parquet.py"
