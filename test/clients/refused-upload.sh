#!/usr/bin/env bash
# A 100 MB upload with a wrong signature shows the 403, not a reset: curl with and without `Expect: 100-continue` and with a
# chunked body, Python's http.client, boto3 and the AWS CLI. Run through with-server.ts.
set -euo pipefail
cd "$WORK"
export SIZE=100000000
truncate -s "$SIZE" large
upload() { # upload <name> <curl options...>
  local name=$1 answer
  shift
  answer=$(curl -sS --max-time 60 -T large -w '\n%{http_code} after %{size_upload} bytes in %{time_total} s\n' \
    -H "Authorization: AWS $AWS_ACCESS_KEY_ID:AAAAAAAAAAAAAAAAAAAAAAAAAAA=" \
    -H "Date: $(date -u '+%a, %d %b %Y %H:%M:%S GMT')" "$@" "$ENDPOINT/refused/large") ||
    { echo "curl $name failed: $answer"; exit 1; }
  grep -q '<Code>SignatureDoesNotMatch</Code>' <<<"$answer" || { echo "curl $name: $answer"; exit 1; }
  echo "curl $name: $(tail -n 1 <<<"$answer")"
}
curl --version | head -n 1
for round in 1 2 3; do
  upload 'Expect: 100-continue' -H 'Expect: 100-continue'
  upload 'no Expect' -H 'Expect:'
  upload 'chunked' -H 'Expect:' -H 'Transfer-Encoding: chunked'
  upload 'slowly' -H 'Expect:' --limit-rate 20M
done
. "$CLIENTS/python-venv.sh"
python_venv boto3 'boto3[crt]'
python "$CLIENTS/refused-upload.py" large
python_venv awscli-v1 awscli
output=$(AWS_SECRET_ACCESS_KEY=wrong AWS_MAX_ATTEMPTS=1 aws --endpoint-url "$ENDPOINT" s3api put-object --bucket refused \
  --key large --body large 2>&1) && { echo "the upload was not refused: $output"; exit 1; }
grep -q SignatureDoesNotMatch <<<"$output" || { echo "aws: $output"; exit 1; }
echo "aws: $output"
echo 'refused-upload: all passed'
