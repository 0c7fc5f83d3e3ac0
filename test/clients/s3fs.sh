#!/usr/bin/env bash
# s3fs (Debian) over FUSE: files, folders, renames, a large file. Run through with-server.ts.
set -euo pipefail
cd "$WORK"
[ -e /dev/fuse ] || { echo 'skipped: no /dev/fuse'; exit 0; }
command -v s3fs >/dev/null || apt-get install -y -qq s3fs
s3fs --version | sed -n 1p
. "$CLIENTS/python-venv.sh"
python_venv boto3 'boto3[crt]'
python -c "import boto3,os; boto3.client('s3', endpoint_url=os.environ['ENDPOINT'], region_name='KR1').create_bucket(Bucket='s3fs-bucket')"
echo "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" >passwd && chmod 600 passwd
mkdir mount
s3fs s3fs-bucket mount -o passwd_file=passwd -o url="$ENDPOINT" -o use_path_request_style -o endpoint=KR1 -o multipart_size=10
trap 'fusermount3 -u "$WORK/mount" 2>/dev/null || umount "$WORK/mount"' EXIT
mkdir mount/folder
echo content >mount/folder/file
head -c 25000000 /dev/urandom >large && cp large mount/large && cmp large mount/large
mv mount/folder/file mount/folder/renamed && [ "$(cat mount/folder/renamed)" = content ]
mv mount/folder mount/other && [ "$(ls mount/other)" = renamed ]
truncate -s 5 mount/other/renamed && [ "$(cat mount/other/renamed)" = conte ]
rm -r mount/other mount/large && [ -z "$(ls mount)" ]
echo 's3fs: all passed'
