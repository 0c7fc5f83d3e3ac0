#!/usr/bin/env bash
# IBM's SDK for Python (newest of PyPI) by IAM tokens: P1 to P5 of the specification (ibm-cos.md, section 13). Needs a short life of tokens
# and an API key of the root user: run through with-server.ts with the settings of run-all.sh. Takes about a minute and a half.
set -euo pipefail
. "$CLIENTS/python-venv.sh"
python_venv ibm-cos ibm-cos-sdk
# The SDK would take them for an HMAC pair of its own.
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_DEFAULT_REGION
: "${API_KEY:?the API key that the server was started with}"
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$WORK/tls.key" -out "$WORK/tls.crt" 2>/dev/null
pip list 2>/dev/null | grep ibm-cos
python "$CLIENTS/ibm-cos-python.py"
echo 'ibm-cos-python: all passed'
