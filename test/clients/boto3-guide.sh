#!/usr/bin/env bash
# boto3 (newest of PyPI), see boto3-guide.py. Run through with-server.ts.
set -euo pipefail
. "$CLIENTS/python-venv.sh"
python_venv boto3 'boto3[crt]'
python -c 'import boto3; print("boto3", boto3.__version__)'
python "$CLIENTS/boto3-guide.py"
