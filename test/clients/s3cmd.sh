#!/usr/bin/env bash
# s3cmd (newest of PyPI) with Signature V4 and, as `s3cmd.sh --signature-v2`, with V2. Run through with-server.ts.
set -euo pipefail
cd "$WORK"
. "$CLIENTS/python-venv.sh"
python_venv s3cmd s3cmd
host=${ENDPOINT#http://}
run() { s3cmd --no-ssl --host="$host" --host-bucket="$host" --region=KR1 --access_key="$AWS_ACCESS_KEY_ID" --secret_key="$AWS_SECRET_ACCESS_KEY" "$@"; }
s3cmd --version
head -c 40000000 /dev/urandom >large && echo small >small
run "$@" mb s3://s3cmd-bucket
run "$@" put small s3://s3cmd-bucket/small --add-header=x-amz-meta-color:blue
run "$@" put large s3://s3cmd-bucket/large --multipart-chunk-size-mb=15 --no-progress
run "$@" info s3://s3cmd-bucket/small
run "$@" ls s3://s3cmd-bucket
run "$@" get s3://s3cmd-bucket/large back --no-progress && cmp large back
run "$@" cp s3://s3cmd-bucket/small s3://s3cmd-bucket/folder/copy
run "$@" mv s3://s3cmd-bucket/folder/copy s3://s3cmd-bucket/folder/moved
run "$@" sync . s3://s3cmd-bucket/sync/ --no-progress
run "$@" du s3://s3cmd-bucket
run "$@" del --recursive --force s3://s3cmd-bucket
run "$@" rb s3://s3cmd-bucket
echo "s3cmd $*: all passed"
