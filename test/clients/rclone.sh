#!/usr/bin/env bash
# rclone (Debian) over its s3 backend. Run through with-server.ts.
set -euo pipefail
cd "$WORK"
unset AWS_CA_BUNDLE # rclone refuses it beside its own transport
command -v rclone >/dev/null || apt-get install -y -qq rclone
export RCLONE_CONFIG=/dev/null RCLONE_CONFIG_G_TYPE=s3 RCLONE_CONFIG_G_PROVIDER=Other RCLONE_CONFIG_G_ENDPOINT=$ENDPOINT RCLONE_CONFIG_G_REGION=KR1 \
  RCLONE_CONFIG_G_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID RCLONE_CONFIG_G_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY
rclone version | sed -n 1p
mkdir -p tree/deep && for i in $(seq 200); do head -c $((i * 37)) /dev/urandom >"tree/deep/file $i"; done
head -c 30000000 /dev/urandom >tree/large
rclone mkdir g:rclone-bucket
rclone sync tree g:rclone-bucket/tree --s3-chunk-size 8M --s3-upload-cutoff 10M
rclone check tree g:rclone-bucket/tree --download
rclone lsf -R g:rclone-bucket | wc -l
rclone moveto g:rclone-bucket/tree/large g:rclone-bucket/moved
rclone copyto g:rclone-bucket/moved back && cmp tree/large back
rclone cat g:rclone-bucket/moved --offset 100 --count 50 | cmp - <(tail -c +101 tree/large | head -c 50)
rclone size g:rclone-bucket
rclone purge g:rclone-bucket
echo 'rclone: all passed'
