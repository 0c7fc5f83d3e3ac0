#!/usr/bin/env bash
# IBM's SDKs for Java and for Go, by IAM tokens: `ibm-cos-sdk.sh ibm-cos-java` (needs a JDK and Maven) or `ibm-cos-sdk.sh ibm-cos-go` (needs
# Go). Run through with-server.ts with the settings of run-all.sh.
set -euo pipefail
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_DEFAULT_REGION
: "${API_KEY:?the API key that the server was started with}"
token=$(curl -sf "$CONTROL/identity/token" -d grant_type=urn:ibm:params:oauth:grant-type:apikey -d "apikey=$API_KEY" |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
INSTANCE=$(curl -sf "$CONTROL/v2/resource_instances" -H "Authorization: Bearer $token" |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["resources"][0]["crn"])')
export API_KEY INSTANCE
cp -r "$CLIENTS/$1" "$WORK/$1" && cd "$WORK/$1"
case $1 in
ibm-cos-java)
  java -version 2>&1 | sed -n 1p
  mvn -q -B compile exec:java
  ;;
ibm-cos-go)
  go version
  go mod init gotgan-client >/dev/null 2>&1
  go get github.com/IBM/ibm-cos-sdk-go/{aws/...,service/s3/...}@latest >/dev/null 2>&1
  go list -m github.com/IBM/ibm-cos-sdk-go
  go run .
  ;;
esac
echo "$1: all passed"
