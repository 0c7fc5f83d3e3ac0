#!/usr/bin/env bash
# What docs/guides/explain.md shows: calls that are denied, why, and what mends them, with the AWS CLI (newest of PyPI) and gotgan.
# Run through with-server.ts.
set -euo pipefail
. "$CLIENTS/python-venv.sh"
python_venv awscli-v1 awscli
cd "$WORK"
export AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1 AWS_PAGER= AWS_DEFAULT_REGION=KR1
root_id=$AWS_ACCESS_KEY_ID root_secret=$AWS_SECRET_ACCESS_KEY
gotgan() {
  GOTGAN_ACCESS_KEY=$root_id GOTGAN_SECRET_KEY=$root_secret node "$CLIENTS/../../bin/gotgan.js" "$@" --endpoint "$CONTROL"
}
as_root() { AWS_ACCESS_KEY_ID=$root_id AWS_SECRET_ACCESS_KEY=$root_secret aws --endpoint-url "$ENDPOINT" "$@"; }
as_kim() { AWS_ACCESS_KEY_ID=$kim_id AWS_SECRET_ACCESS_KEY=$kim_secret aws --endpoint-url "$ENDPOINT" "$@"; }
run() { # run <words...>: shows what one would type, and what it prints
  printf '$ %s\n' "$*" | sed -e 's/^\$ as_root /$ aws /; s/^\$ as_kim /$ aws /'
  "$@" 2>&1 || true
  echo
}
last_denial() { gotgan denials --limit 1 --json | node -e 'let t="";process.stdin.on("data",c=>t+=c).on("end",()=>console.log(JSON.parse(t)[0].requestId))'; }

echo '== a bucket, and somebody who may write into it'
as_root s3 mb s3://photos >/dev/null
echo picture > sea.jpg
as_root s3 cp sea.jpg s3://photos/2026/sea.jpg >/dev/null
gotgan user add kim --role member >/dev/null
key=$(gotgan key add --user kim --json)
kim_id=$(node -p 'JSON.parse(process.argv[1]).accessKey' "$key")
kim_secret=$(node -p 'JSON.parse(process.argv[1]).secretKey' "$key")
cat > photos.json <<'POLICY'
{"Version": "2012-10-17", "Statement": [
  {"Sid": "Upload", "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::photos/*"}]}
POLICY
run gotgan policy add upload photos.json --attach user:kim

echo '== a denied call, and why'
run as_kim s3api get-object --bucket photos --key 2026/sea.jpg out
id=$(last_denial)
run gotgan explain "$id"

echo '== the change, tried before it is made, then made'
cat > photos.json <<'POLICY'
{"Version": "2012-10-17", "Statement": [
  {"Sid": "Upload", "Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::photos/*"}]}
POLICY
run gotgan policy set upload photos.json
run gotgan simulate s3:GetObject --principal user:kim --bucket photos --key 2026/sea.jpg
run as_kim s3api get-object --bucket photos --key 2026/sea.jpg out
test "$(cat out)" = picture

echo '== a deny of the bucket'
cat > deny.json <<'POLICY'
{"Version": "2012-10-17", "Statement": [
  {"Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::photos/*",
   "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
POLICY
as_root s3api put-bucket-policy --bucket photos --policy file://deny.json
run as_kim s3api get-object --bucket photos --key 2026/sea.jpg out
run gotgan explain "$(last_denial)"
as_root s3api delete-bucket-policy --bucket photos

echo '== a wrong secret'
kim_secret=wrong run as_kim s3api get-object --bucket photos --key 2026/sea.jpg out
run gotgan explain "$(last_denial)"

echo '== a list of them'
run gotgan denials --bucket photos --limit 5
gotgan explain "$id" | grep -qF 'Asked now, it would be allowed.'
echo 'explain-guide.sh: all passed'
