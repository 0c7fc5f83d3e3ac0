#!/usr/bin/env bash
# rclone (Debian) over its swift backend with v1, v2.0 and v3 authentication, beside its s3 backend on the same container. Run through
# with-server.ts with GOTGAN_ROOT_PASSWORD=... in its words, and ROOT_PASSWORD the same.
set -euo pipefail
: "${ROOT_PASSWORD:?of the root user}"
cd "$WORK"
unset AWS_CA_BUNDLE # rclone refuses it beside its own transport
command -v rclone >/dev/null || apt-get install -y -qq rclone
rclone version | sed -n 1p
export RCLONE_CONFIG=/dev/null
export RCLONE_CONFIG_V1_TYPE=swift RCLONE_CONFIG_V1_AUTH="$ENDPOINT/auth/v1.0" RCLONE_CONFIG_V1_USER=root:root RCLONE_CONFIG_V1_KEY=$ROOT_PASSWORD
export RCLONE_CONFIG_V2_TYPE=swift RCLONE_CONFIG_V2_AUTH="$CONTROL/v2.0" RCLONE_CONFIG_V2_USER=root RCLONE_CONFIG_V2_KEY=$ROOT_PASSWORD \
  RCLONE_CONFIG_V2_TENANT=root RCLONE_CONFIG_V2_REGION=KR1
export RCLONE_CONFIG_V3_TYPE=swift RCLONE_CONFIG_V3_AUTH="$CONTROL/v3" RCLONE_CONFIG_V3_USER=root RCLONE_CONFIG_V3_KEY=$ROOT_PASSWORD \
  RCLONE_CONFIG_V3_TENANT=root RCLONE_CONFIG_V3_DOMAIN=Default RCLONE_CONFIG_V3_TENANT_DOMAIN=Default
export RCLONE_CONFIG_S3_TYPE=s3 RCLONE_CONFIG_S3_PROVIDER=Other RCLONE_CONFIG_S3_ENDPOINT=$ENDPOINT RCLONE_CONFIG_S3_REGION=KR1 \
  RCLONE_CONFIG_S3_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID RCLONE_CONFIG_S3_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY
mkdir -p 'tree/deep er/폴더' && for i in $(seq 120); do head -c $((i * 337)) /dev/urandom >"tree/deep er/폴더/file $i"; done
: >tree/empty
head -c 30000000 /dev/urandom >tree/large
for remote in v1 v2 v3; do
  echo "== $remote"
  rclone mkdir $remote:box-$remote
  rclone sync tree $remote:box-$remote/tree --swift-chunk-size 8M
  rclone check tree $remote:box-$remote/tree
  rclone check tree $remote:box-$remote/tree --download
  rclone lsf -R $remote:box-$remote | wc -l
  touch -d "2001-02-0${remote#v} 04:05:06" tree/empty
  rclone sync tree $remote:box-$remote/tree --swift-chunk-size 8M -v 2>&1 | grep -c 'empty: ' | grep -qx 1
  rclone moveto $remote:box-$remote/tree/large $remote:box-$remote/moved
  rclone copyto $remote:box-$remote/moved back && cmp tree/large back
  rclone cat $remote:box-$remote/moved --offset 9000000 --count 50 | cmp - <(tail -c +9000001 tree/large | head -c 50)
  rclone about $remote: | grep -E 'Used|Objects'
  rclone size $remote:box-$remote
  rclone purge $remote:box-$remote
done
echo '== swift and s3'
rclone mkdir s3:both
rclone copy tree s3:both/s3 --s3-chunk-size 8M --s3-upload-cutoff 10M
rclone copy tree v3:both/swift --swift-chunk-size 8M
rclone check tree v3:both/s3
rclone check tree v3:both/s3 --download
# Listings show the head of a dynamic large object, which is empty; reading it gives the whole.
rclone check tree s3:both/swift --download --exclude large
rclone check v3:both s3:both --download --exclude swift/large
rclone cat s3:both/swift/large | cmp - tree/large
rclone purge v3:both
rclone lsd v3: | awk '{print $NF}' | sort | tr '\n' ' '
echo
echo 'rclone-swift: all passed'
