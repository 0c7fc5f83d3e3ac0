#!/usr/bin/env bash
# Samsung Cloud Platform with curl and openssl alone: a signed call, a role, temporary credentials with the AWS CLI, the company's identity
# provider, and what happens when the session ends. Prints what docs/guides/scp.md shows; secrets are shortened.
# Run through with-server.ts.
set -euo pipefail
. "$CLIENTS/python-venv.sh"
python_venv awscli-v1 awscli
cd "$WORK"
export AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1 AWS_PAGER= AWS_DEFAULT_REGION=kr-west1
ACCESS=$AWS_ACCESS_KEY_ID SECRET=$AWS_SECRET_ACCESS_KEY TOKEN=
secrets=("$SECRET")
shorten() { # every secret that is known, to its first eight characters
  local text secret
  text=$(cat)
  for secret in "${secrets[@]}"; do text=${text//"$secret"/${secret:0:8}…}; done
  sed -e "s#$CONTROL#http://127.0.0.1:9001#g" -e "s#$ENDPOINT#http://127.0.0.1:9000#g" <<<"$text"
}
run() { # run <command line>: shows it and what it prints; its failure is a part of the story
  printf '$ %s\n' "$1" | shorten
  (eval "$1" 2>&1 || true) | sed '/^$/d' | shorten
  echo
}
member() { python -c "import json, sys; print(json.load(sys.stdin)$1)"; }
pretty() { python -m json.tool --no-ensure-ascii | shorten; echo; }

# The documented formula: HMAC-SHA256 over method, URL, time in milliseconds, access key and client type.
scp() { # scp METHOD PATH [curl options]
  local method=$1 url=$CONTROL/scp$2 time signature
  shift 2
  time=$(date +%s%3N)
  signature=$(printf '%s' "$method$url$time$ACCESS""Openapi" | openssl dgst -sha256 -hmac "$SECRET" -binary | base64)
  curl -sS -X "$method" "$url" -H "Scp-Accesskey: $ACCESS" -H "Scp-Signature: $signature" -H "Scp-Timestamp: $time" \
    -H 'Scp-ClientType: Openapi' ${TOKEN:+-H "Scp-Session-Token: $TOKEN"} "$@"
}
json() { scp "$1" "$2" -H 'Content-Type: application/json' -d "$3"; }
use() { # use <answer of STS>: its credentials, for scp and for the AWS CLI
  ACCESS=$(member '["credentials"]["access_key_id"]' <<<"$1")
  SECRET=$(member '["credentials"]["secret_access_key"]' <<<"$1")
  TOKEN=$(member '["credentials"]["session_token"]' <<<"$1")
  secrets+=("$SECRET" "$TOKEN")
  export AWS_ACCESS_KEY_ID=$ACCESS AWS_SECRET_ACCESS_KEY=$SECRET AWS_SESSION_TOKEN=$TOKEN
}
as_root() { ACCESS=$ROOT_ACCESS SECRET=$ROOT_SECRET TOKEN=; }
ROOT_ACCESS=$ACCESS ROOT_SECRET=$SECRET

echo '== 1. a signed call'
scp GET '/product/v1/products?display_name=Object%20Storage' -H 'Accept-Language: ko-KR' | pretty

echo '== 2. a role'
POLICY='{"policy_name": "photos", "policy_version": {"policy_document": {"Version": "2024-07-01", "Statement": [{"Effect": "Allow", "Action": ["object-store:*"], "Resource": ["srn:e:::::object-store:bucket/photos", "srn:e:::::object-store:bucket/photos/*"]}]}}}'
answer=$(json POST /iam/v1/policies "$POLICY")
POLICY_ID=$(member '["id"]' <<<"$answer")
ACCOUNT=$(member '["account_id"]' <<<"$answer")
ROLE="{\"name\": \"PhotoWriter\", \"policy_ids\": [\"$POLICY_ID\"], \"assume_role_policy_document\": {\"Version\": \"2024-07-01\", \"Statement\": [{\"Sid\": \"us\", \"Effect\": \"Allow\", \"Action\": [\"sts:AssumeRole\"], \"Resource\": [\"*\"], \"Principal\": {\"Account\": [\"$ACCOUNT\"]}}, {\"Sid\": \"company\", \"Effect\": \"Allow\", \"Action\": [\"sts:AssumeRoleWithSAML\"], \"Resource\": [\"*\"], \"Principal\": {\"Federated\": [\"srn:e::$ACCOUNT:::iam:saml-provider/corp\"]}}]}}"
answer=$(json POST /iam/v1/roles "$ROLE")
ROLE_ID=$(member '["role"]["id"]' <<<"$answer")
python -m json.tool --no-ensure-ascii <<<"$ROLE" | shorten
echo

echo '== 3. assume it, and use it with the AWS CLI'
answer=$(json POST /sts/v1/assume-role "{\"role_indicator\": \"e:$ACCOUNT:PhotoWriter\", \"role_session_name\": \"backup\"}")
use "$answer"
pretty <<<"$answer"
head -c 104389 /dev/urandom >picture.jpg
run "aws --endpoint-url=$ENDPOINT s3 mb s3://photos"
run "aws --endpoint-url=$ENDPOINT s3 cp picture.jpg s3://photos/picture.jpg --no-progress"
run "aws --endpoint-url=$ENDPOINT s3 mb s3://elsewhere"
[ "$(aws --endpoint-url="$ENDPOINT" s3 ls s3://photos | wc -l)" = 1 ]

echo '== 4. one request signed for somebody without a signer'
DATE=$(date -u +%Y%m%dT%H%M%SZ)
EMPTY=$(printf '' | sha256sum | cut -d' ' -f1)
answer=$(json POST /sts/v1/object-store-authorization "{\"method\": \"GET\", \"url\": \"$ENDPOINT/photos/picture.jpg\", \"x_amz_content_sha256\": \"$EMPTY\", \"x_amz_date\": \"$DATE\"}")
AUTHORIZATION=$(member '["Authorization"]' <<<"$answer")
pretty <<<"$answer"
curl -sS -o got.jpg "$ENDPOINT/photos/picture.jpg" -H "Authorization: $AUTHORIZATION" -H "x-amz-date: $DATE" -H "x-amz-content-sha256: $EMPTY"
cmp picture.jpg got.jpg

echo '== 5. the company signs in'
as_root
node "$CLIENTS/saml-idp.ts" metadata "$WORK" >metadata.xml
answer=$(scp POST /iam/v1/saml-providers -F saml_provider_name=corp -F file=@metadata.xml)
ACS_URL=$(member '["acs_url"]' <<<"$answer")
pretty <<<"$answer"
node "$CLIENTS/saml-idp.ts" assert "$WORK" "$ACS_URL" "e:$ACCOUNT:PhotoWriter" "e:$ACCOUNT:corp" 6 >assertion.txt
printf '{"role_indicator": "e:%s:PhotoWriter", "principal_indicator": "e:%s:corp", "saml_assertion": "%s"}' "$ACCOUNT" "$ACCOUNT" "$(cat assertion.txt)" >request.json
answer=$(curl -sS "$CONTROL/scp/sts/v1/assume-role-with-saml" -H 'Content-Type: application/json' -d @request.json)
use "$answer"
pretty <<<"$answer"
run "aws --endpoint-url=$ENDPOINT s3 cp s3://photos/picture.jpg copy.jpg --no-progress"
cmp picture.jpg copy.jpg

echo '== 6. the session at the identity provider ends'
sleep 7
run "aws --endpoint-url=$ENDPOINT s3 ls s3://photos"
refusal=$(aws --endpoint-url="$ENDPOINT" s3 ls s3://photos 2>&1 || true)
[[ $refusal == *ExpiredToken* ]]
echo '== 7. the same assertion again'
answer=$(curl -sS "$CONTROL/scp/sts/v1/assume-role-with-saml" -H 'Content-Type: application/json' -H 'Accept-Language: ko-KR' -d @request.json)
pretty <<<"$answer"
[ "$(member '["errors"][0]["status"]' <<<"$answer")" = 400 ]

echo '== 8. why a call was denied'
as_root
SECRET=not-the-secret
answer=$(scp GET /product/v1/products)
REQUEST_ID=$(member '["errors"][0]["request_id"]' <<<"$answer")
as_root
export GOTGAN_ACCESS_KEY=$ACCESS GOTGAN_SECRET_KEY=$SECRET
run "node $CLIENTS/../../bin/gotgan.js explain $REQUEST_ID --endpoint $CONTROL"
scp DELETE "/iam/v1/roles/$ROLE_ID"
echo 'scp-guide: all passed'
