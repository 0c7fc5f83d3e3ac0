#!/usr/bin/env bash
# Clients of OpenStack (newest of PyPI) log in and make keys: python-keystoneclient and the openstack command over v3, `swift auth` over
# v1, v2.0 and v3, and rclone's authentication over v2.0 and v3. Run through with-server.ts with GOTGAN_ROOT_PASSWORD=... in its words.
set -euo pipefail
. "$CLIENTS/python-venv.sh"
python_venv keystone python-keystoneclient python-openstackclient python-swiftclient
: "${ROOT_PASSWORD:=password of root}"
expect() { # expect <text> <command...>: the command's output, of either stream, contains the text
  local text=$1 output
  shift
  output=$("$@" 2>&1) || true
  grep -qF -- "$text" <<<"$output" || { printf 'expected «%s» from %s, got:\n%s\n' "$text" "$*" "$output"; exit 1; }
}
pip list 2>/dev/null | grep -E 'keystone|openstack(client|sdk)|swiftclient'

echo '== swift auth'
v2=(-V 2 -A "$CONTROL/v2.0" --os-tenant-name root -U root -K "$ROOT_PASSWORD")
v3=(-V 3 -A "$CONTROL/v3" --os-project-name root --os-project-domain-name Default --os-user-domain-name Default --os-username root --os-password "$ROOT_PASSWORD")
v1=(-V 1 -A "$ENDPOINT/auth/v1.0" -U root:root -K "$ROOT_PASSWORD")
for name in v1 v2 v3; do
  declare -n words=$name
  output=$(swift "${words[@]}" auth)
  grep -qE "^export OS_STORAGE_URL=$ENDPOINT/v1/AUTH_[0-9a-f]{32}$" <<<"$output"
  grep -qE '^export OS_AUTH_TOKEN=' <<<"$output"
  echo "swift -V ${name#v} auth: $(sed -E 's/(OS_AUTH_TOKEN=).*/\1…/' <<<"$output" | tr '\n' ' ')"
done
expect Unauthorized swift -V 2 -A "$CONTROL/v2.0" --os-tenant-name root -U root -K wrong auth
expect Unauthorized swift -V 3 -A "$CONTROL/v3" --os-project-name nowhere --os-project-domain-name Default \
  --os-user-domain-name Default --os-username root --os-password "$ROOT_PASSWORD" auth

echo '== openstack'
export OS_AUTH_URL=$CONTROL OS_IDENTITY_API_VERSION=3 OS_USERNAME=root OS_PASSWORD=$ROOT_PASSWORD OS_PROJECT_NAME=root \
  OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default OS_REGION_NAME=KR1
openstack token issue -f value -c project_id
openstack catalog list -f value -c Name -c Type
openstack project list -f value -c Name
key=$(openstack ec2 credentials create -f json)
access=$(python -c 'import json, sys; print(json.load(sys.stdin)["access"])' <<<"$key")
secret=$(python -c 'import json, sys; print(json.load(sys.stdin)["secret"])' <<<"$key")
openstack ec2 credentials list -f value -c Access | grep -qx "$access"
openstack ec2 credentials show "$access" -f value -c access | grep -qx "$access"
signed() { curl -sS -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --aws-sigv4 aws:amz:KR1:s3 --user "$access:$secret" "$ENDPOINT/"; }
expect '<ListAllMyBucketsResult' signed
openstack ec2 credentials delete "$access"
expect '<Code>InvalidAccessKeyId</Code>' signed
token=$(openstack token issue -f value -c id)
openstack token revoke "$token"
expect '401' curl -s -o /dev/null -w '%{http_code}' -H "X-Auth-Token: $token" "$CONTROL/v3/auth/projects"

echo '== python-keystoneclient and keystoneauth'
python - <<'PYTHON'
import os

from keystoneauth1 import loading, session
from keystoneauth1.exceptions import http
from keystoneauth1.identity import v2, v3
from keystoneclient.v3 import client

control = os.environ['CONTROL']
password = os.environ['OS_PASSWORD']
auth = v3.Password(
    auth_url=f'{control}/v3', username='root', password=password, user_domain_id='default',
    project_name='root', project_domain_id='default',
)
keystone = client.Client(session=session.Session(auth=auth), endpoint_override=f'{control}/v3')
access = auth.get_access(keystone.session)
pair = keystone.ec2.create(access.user_id, access.project_id)
assert [entry.access for entry in keystone.ec2.list(access.user_id)].count(pair.access) == 1
assert keystone.ec2.get(access.user_id, pair.access).secret == pair.secret
keystone.ec2.delete(access.user_id, pair.access)
assert pair.access not in [entry.access for entry in keystone.ec2.list(access.user_id)]
assert [project.name for project in keystone.auth.projects()] == ['root']
token = keystone.tokens.validate(access.auth_token)
assert token.username == 'root' and token.project_id == access.project_id
url = access.service_catalog.url_for(service_type='object-store', region_name='KR1')
assert url == f"{os.environ['ENDPOINT']}/v1/AUTH_{access.project_id}", url
keystone.tokens.revoke_token(access.auth_token)
try:
    keystone.session.get(f'{control}/v3/auth/projects', headers={'X-Auth-Token': access.auth_token}, authenticated=False)
    raise SystemExit('the revoked token is still accepted')
except http.Unauthorized as error:
    print('revoked:', error)
old = v2.Password(auth_url=f'{control}/v2.0', username='root', password=password, tenant_name='root')
print('v2.0:', session.Session(auth=old).get_endpoint(service_type='object-store', region_name='KR1').split('/v1/')[1][:5])
try:
    v2.Password(auth_url=f'{control}/v2.0', username='root', password='wrong', tenant_name='root').get_access(session.Session())
    raise SystemExit('a wrong password is accepted')
except http.Unauthorized as error:
    print('wrong password:', error)
PYTHON

if command -v rclone >/dev/null; then
  echo '== rclone'
  export RCLONE_CONFIG="$WORK/rclone.conf"
  : >"$RCLONE_CONFIG"
  # Storage itself is Swift's: what counts here is that authentication came to it.
  for url in "$CONTROL/v2.0" "$CONTROL/v3"; do
    rclone -vv --dump headers --retries 1 --low-level-retries 1 lsd ":swift,auth='$url',user=root,key='$ROOT_PASSWORD',tenant=root,domain=Default,tenant_domain=Default:" >"$WORK/rclone.log" 2>&1 || true
    grep -qE "/v1/AUTH_[0-9a-f]{32}" "$WORK/rclone.log" || { cat "$WORK/rclone.log"; exit 1; }
    echo "rclone with $url has got to the storage address"
  done
fi
echo 'keystone: all passed'
