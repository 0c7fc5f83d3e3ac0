#!/usr/bin/env bash
# Behind a real nginx (Debian's), with and without path prefix and TLS (nginx.conf.template): boto3 and the AWS CLI. Run as
#   node test/clients/with-server.ts GOTGAN_TRUSTED_PROXIES=127.0.0.1 \
#     GOTGAN_PUBLIC_ENDPOINTS=storage=https://localhost:18443/files nginx.sh
set -euo pipefail
cd "$WORK"
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || { apt-get -qq update && apt-get -qq install -y --no-install-recommends nginx-light; }
nginx -v
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout nginx.key -out nginx.crt \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
sed -e "s#@WORK@#$WORK#g" -e "s#@UPSTREAM@#${ENDPOINT#http://}#g" "$CLIENTS/nginx.conf.template" >nginx.conf
# The account under which nginx's own processes run must be able to write here.
chmod 755 "$WORK"
nginx -c "$WORK/nginx.conf" &
proxy=$!
trap 'kill $proxy; wait $proxy || true' EXIT
for _ in $(seq 50); do curl -s -o /dev/null http://127.0.0.1:18080/ && break || sleep 0.1; done

. "$CLIENTS/python-venv.sh"
python_venv boto3 'boto3[crt]'
# The second is where links lead: the public endpoint, unless the proxy says what it was asked for.
python "$CLIENTS/nginx.py" http://localhost:18080 https://localhost:18443/files "$WORK/nginx.crt"
python "$CLIENTS/nginx.py" https://localhost:18443/files https://localhost:18443/files "$WORK/nginx.crt"
python "$CLIENTS/nginx.py" https://localhost:18444 https://localhost:18444 "$WORK/nginx.crt"

python_venv awscli-v1 awscli
export AWS_CA_BUNDLE=$WORK/nginx.crt AWS_MAX_ATTEMPTS=1
head -c 20000000 /dev/urandom >large
for endpoint in http://localhost:18080 https://localhost:18443/files https://localhost:18444; do
  s3() { aws --endpoint-url "$endpoint" s3 "$@"; }
  s3 mb s3://cli-bucket
  s3 cp large "s3://cli-bucket/folder/large file" --no-progress
  s3 cp "s3://cli-bucket/folder/large file" back --no-progress
  cmp large back
  link=$(s3 presign "s3://cli-bucket/folder/large file")
  curl -fsS --cacert nginx.crt -o back "$link"
  cmp large back
  printf 'tampered link: '
  curl -sS --cacert nginx.crt -o answer -w '%{http_code} ' "${link/X-Amz-Expires=3600/X-Amz-Expires=3601}"
  grep -o '<Code>[A-Za-z]*</Code>' answer | grep SignatureDoesNotMatch
  printf 'wrong secret: '
  AWS_SECRET_ACCESS_KEY=wrong s3 cp large s3://cli-bucket/refused --no-progress >answer 2>&1 && exit 1
  grep -o 'An error occurred (SignatureDoesNotMatch).*' answer
  s3 rb --force s3://cli-bucket >/dev/null
done

# Somebody who is no trusted proxy names hosts in vain, and the log shows who has called.
curl -sS --interface 127.0.0.7 -o /dev/null -H 'Authorization: AWS nobody:x' -H "Date: $(date -u '+%a, %d %b %Y %H:%M:%S GMT')" http://127.0.0.1:18080/
for _ in $(seq 50); do grep -q '"remote":"127.0.0.7"' "$SERVER_LOG" && break || sleep 0.1; done
grep -o '"status":403.*"remote":"127.0.0.7".*' "$SERVER_LOG"
kill -0 $proxy
echo 'nginx: all passed'
