#!/usr/bin/env bash
# The day that docs/guides/ibm.md saves: a service ID is refused where its owner is not, with curl as in the notes it comes from and
# the command line tool. Prints what the guide shows; secrets are shortened. Run through with-server.ts.
set -euo pipefail
cd "$WORK"
root=$CLIENTS/../..
secrets=()
shorten() { # every secret that is known, to its first eight characters
  local text secret
  text=$(cat)
  for secret in "${secrets[@]:-}"; do [ -n "$secret" ] && text=${text//"$secret"/${secret:0:8}…}; done
  sed -e "s#$CONTROL#http://127.0.0.1:9001#g" -e "s#$ENDPOINT#http://127.0.0.1:9000#g" <<<"$text"
}
show() { printf '$ %s\n' "$1" | shorten; }
run() { # run <command line>: shows it and what it prints
  show "$1"
  eval "$1" 2>&1 | shorten
  echo
}
member() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }
pretty() { python3 -m json.tool --no-ensure-ascii; }
gotgan() { GOTGAN_ACCESS_KEY=$AWS_ACCESS_KEY_ID GOTGAN_SECRET_KEY=$AWS_SECRET_ACCESS_KEY node "$root/bin/gotgan.js" "$@" --endpoint "$CONTROL"; }
token_of() { # token_of <API key>
  curl -sS -X POST "$CONTROL/identity/token" -H 'Content-Type: application/x-www-form-urlencoded' \
    -d "grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=$1"
}
ask() { # ask <method> <path> [body]: the control plane, as the owner
  curl -sS -X "$1" "$CONTROL$2" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ${3:+-d "$3"}
}

echo '== 1. the first API key'
show 'npx gotgan api-key add owner --user root'
answer=$(gotgan api-key add owner --user root --json)
API_KEY=$(member '["value"]' <<<"$answer")
secrets+=("$API_KEY")
pretty <<<"$answer" | shorten
echo

echo '== 2. a token'
answer=$(token_of "$API_KEY")
TOKEN=$(member '["access_token"]' <<<"$answer")
secrets+=("$TOKEN")
show "curl -X POST '$CONTROL/identity/token' -H 'Content-Type: application/x-www-form-urlencoded' -d 'grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=$API_KEY'"
pretty <<<"$answer" | shorten
echo
ACCOUNT=$(python3 -c "import base64, json, sys; part = sys.argv[1].split('.')[1]; print(json.loads(base64.urlsafe_b64decode(part + '=='))['account']['bss'])" "$TOKEN")

echo '== 3. an instance and a bucket'
GROUP=$(ask GET '/v2/resource_groups?default=true' | member '["resources"][0]["id"]')
body="{\"name\": \"notes\", \"target\": \"global\", \"resource_group\": \"$GROUP\", \"resource_plan_id\": \"744bfc56-d12c-4866-88d5-dac9139e0e5d\"}"
show "curl -X POST $CONTROL/v2/resource_instances -H 'Authorization: Bearer $TOKEN' -d '$body'"
GUID=$(ask POST /v2/resource_instances "$body" | member '["guid"]')
echo "... \"guid\": \"$GUID\" ..."
echo
BUCKET=image-with-copywriter
run "curl -sS -X PUT $ENDPOINT/$BUCKET -H 'Authorization: Bearer $TOKEN' -H 'ibm-service-instance-id: $GUID' -o /dev/null -w '%{http_code}\n'"
run "curl -sS -X PUT '$ENDPOINT/$BUCKET/%EC%8A%A4%ED%81%AC%EB%A6%B0%EC%83%B7.png' -H 'Authorization: Bearer $TOKEN' -d png -o /dev/null -w '%{http_code}\n'"

echo '== 4. a service ID, and a policy with the ID of the instance where the bucket belongs'
body="{\"account_id\": \"$ACCOUNT\", \"name\": \"image reader\", \"apikey\": {\"name\": \"key\"}}"
answer=$(ask POST /v1/serviceids "$body")
SERVICE=$(member '["iam_id"]' <<<"$answer")
SERVICE_KEY=$(member '["apikey"]["apikey"]' <<<"$answer")
secrets+=("$SERVICE_KEY")
show "curl -X POST $CONTROL/v1/serviceids -H 'Authorization: Bearer $TOKEN' -d '$body'"
echo "... \"iam_id\": \"$SERVICE\" ..."
echo
policy() { # policy <resource>
  cat <<JSON
{"type": "access", "subjects": [{"attributes": [{"name": "iam_id", "value": "$SERVICE"}]}],
 "roles": [{"role_id": "crn:v1:bluemix:public:iam::::serviceRole:Reader"}],
 "resources": [{"attributes": [{"name": "accountId", "value": "$ACCOUNT"}, {"name": "serviceName", "value": "cloud-object-storage"},
  {"name": "serviceInstance", "value": "$GUID"}, {"name": "resourceType", "value": "bucket"}, {"name": "resource", "value": "$1"}]}]}
JSON
}
policy "$GUID" >policy.json
show "cat policy.json"
cat policy.json
echo
show "curl -i -X POST $CONTROL/v1/policies -H 'Authorization: Bearer $TOKEN' -d @policy.json"
curl -sSi -X POST "$CONTROL/v1/policies" -H "Authorization: Bearer $TOKEN" -d @policy.json | grep -iE '^(HTTP|warning)' | tr -d '\r'
echo

echo '== 5. refused'
SERVICE_TOKEN=$(token_of "$SERVICE_KEY" | member '["access_token"]')
secrets+=("$SERVICE_TOKEN")
list="curl -sS -X GET $ENDPOINT/$BUCKET -H 'Authorization: Bearer $SERVICE_TOKEN'"
answer=$(eval "$list")
show "$list"
echo "$answer"
echo
grep -q '<Code>AccessDenied</Code>' <<<"$answer"
REQUEST=$(sed -E 's#.*<RequestId>([^<]+)</RequestId>.*#\1#' <<<"$answer")

echo '== 6. explained'
show "npx gotgan explain $REQUEST"
gotgan explain "$REQUEST" | tee explained | shorten
echo
grep -q 'policy-target-mismatch: .*which is the ID of the instance' explained

echo '== 7. repaired'
show "npx gotgan explain $REQUEST --repair | curl -sS -X POST $CONTROL/v2/policies -H 'Authorization: Bearer $TOKEN' -d @-"
gotgan explain "$REQUEST" --repair | curl -sS -X POST "$CONTROL/v2/policies" -H "Authorization: Bearer $TOKEN" -d @- -o repaired -w '%{http_code}\n'
echo
run "$list"
eval "$list" | grep -q '<ListBucketResult'
echo 'ibm-guide: all passed'
