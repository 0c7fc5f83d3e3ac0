#!/usr/bin/env bash
# The chapter "EC2 Credentials" of NHN Cloud's S3 guide typed through from the first request, with curl, the AWS CLI and boto3 (newest of
# PyPI): a token, a credential, using it, deleting it. Prints what docs/guides/nhn.md shows; secrets are shortened.
# Run through with-server.ts with GOTGAN_ROOT_PASSWORD=... in its words.
set -euo pipefail
. "$CLIENTS/python-venv.sh"
python_venv awscli-v1 awscli
python_venv boto3 'boto3[crt]'
cd "$WORK"
export AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1 AWS_PAGER= AWS_DEFAULT_REGION=KR1
: "${TENANT:=root}" "${USER_NAME:=root}" "${PASSWORD:=password of root}"
secrets=("$PASSWORD")
shorten() { # every secret that is known, to its first eight characters
  local text secret
  text=$(cat)
  for secret in "${secrets[@]}"; do text=${text//"$secret"/${secret:0:8}…}; done
  sed -e "s#$CONTROL#http://127.0.0.1:9001#g" -e "s#$ENDPOINT#http://127.0.0.1:9000#g" <<<"$text"
}
show() { printf '$ %s\n' "$1" | shorten; }
run() { # run <command line>: shows it and what it prints
  show "$1"
  eval "$1" 2>&1 | shorten
  echo
}
pretty='python -m json.tool --no-ensure-ascii'
member() { python -c "import json, sys; print(json.load(sys.stdin)$1)"; }

echo '== 1. a token'
request="{\"auth\": {\"tenantName\": \"$TENANT\", \"passwordCredentials\": {\"username\": \"$USER_NAME\", \"password\": \"$PASSWORD\"}}}"
answer=$(curl -sS -X POST "$CONTROL/v2.0/tokens" -H 'Content-Type: application/json' -d "$request")
TOKEN=$(member '["access"]["token"]["id"]' <<<"$answer")
USER_ID=$(member '["access"]["user"]["id"]' <<<"$answer")
TENANT_ID=$(member '["access"]["token"]["tenant"]["id"]' <<<"$answer")
secrets=("$TOKEN" "${secrets[@]}")
show "curl -X POST $CONTROL/v2.0/tokens -H 'Content-Type: application/json' -d '$request'"
$pretty <<<"$answer" | shorten
echo

echo '== 2. register a credential'
url="$CONTROL/v2.0/users/$USER_ID/credentials/OS-EC2"
answer=$(curl -sS -X POST "$url" -H 'Content-Type: application/json' -H "X-Auth-Token: $TOKEN" -d "{\"tenant_id\": \"$TENANT_ID\"}")
ACCESS=$(member '["credential"]["access"]' <<<"$answer")
SECRET=$(member '["credential"]["secret"]' <<<"$answer")
[[ $ACCESS =~ ^[0-9a-f]{32}$ && $SECRET =~ ^[0-9a-f]{32}$ ]]
secrets=("$SECRET" "${secrets[@]}")
show "curl -X POST $url -H 'Content-Type: application/json' -H 'X-Auth-Token: $TOKEN' -d '{\"tenant_id\": \"$TENANT_ID\"}'"
$pretty <<<"$answer" | shorten
echo

echo '== 3. get it'
answer=$(curl -sS "$url" -H "X-Auth-Token: $TOKEN")
member '["credentials"]' <<<"$answer" | grep -q "$ACCESS"
if [ -n "${AWS_ACCESS_KEY_ID:-}" ]; then # the pair of the server's first start is listed too
  answer=$(python -c 'import json, sys; print(json.dumps({"credentials": [entry for entry in json.load(sys.stdin)["credentials"] if entry["access"] != sys.argv[1]]}))' "$AWS_ACCESS_KEY_ID" <<<"$answer")
fi
show "curl $url -H 'X-Auth-Token: $TOKEN'"
$pretty <<<"$answer" | shorten
echo

echo '== 4. use it'
export AWS_ACCESS_KEY_ID=$ACCESS AWS_SECRET_ACCESS_KEY=$SECRET
show "export AWS_ACCESS_KEY_ID=$ACCESS AWS_SECRET_ACCESS_KEY=$SECRET AWS_DEFAULT_REGION=KR1"
head -c 104389 /dev/urandom >3b5ab489edffdea7bf4d914e3e9b8240.jpg
run "aws --endpoint-url=$ENDPOINT s3 mb s3://example-bucket"
run "aws --endpoint-url=$ENDPOINT s3 cp ./3b5ab489edffdea7bf4d914e3e9b8240.jpg s3://example-bucket/3b5ab489edffdea7bf4d914e3e9b8240.jpg --no-progress"
run "aws --endpoint-url=$ENDPOINT s3 ls s3://example-bucket"
cat >list.py <<'PYTHON'
import os, sys
import boto3

s3 = boto3.client('s3', endpoint_url=os.environ['ENDPOINT'], region_name='KR1')
for entry in s3.list_objects_v2(Bucket='example-bucket').get('Contents', []):
    print(entry['Key'], entry['Size'])
PYTHON
show 'cat list.py'
sed "s/os.environ\['ENDPOINT'\]/'http:\/\/127.0.0.1:9000'/" list.py
echo
run 'python list.py'

echo '== 5. delete it'
show "curl -i -X DELETE $url/$ACCESS -H 'X-Auth-Token: $TOKEN'"
curl -sS -i -X DELETE "$url/$ACCESS" -H "X-Auth-Token: $TOKEN" | tr -d '\r' | tee deleted | shorten
grep -q '^HTTP/1.1 204 ' deleted
echo
show "aws --endpoint-url=$ENDPOINT s3 ls"
aws --endpoint-url="$ENDPOINT" s3 ls >refused 2>&1 && { echo 'a deleted credential is still accepted'; exit 1; }
grep -v '^$' refused | shorten
grep -q InvalidAccessKeyId refused
show 'python list.py'
python list.py >refused 2>&1 && { echo 'a deleted credential is still accepted'; exit 1; }
tail -1 refused | shorten
grep -q InvalidAccessKeyId refused
echo 'nhn-guide: all passed'
