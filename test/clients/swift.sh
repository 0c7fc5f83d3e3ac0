#!/usr/bin/env bash
# python-swiftclient (newest of PyPI) and the openstack command over the Swift API, objects crossing to and from `aws s3`, and requests
# in the form of Cyberduck. Run through with-server.ts with GOTGAN_ROOT_PASSWORD=... in its words, and ROOT_PASSWORD the same.
set -euo pipefail
. "$CLIENTS/python-venv.sh"
python_venv swift python-keystoneclient python-openstackclient python-swiftclient awscli
: "${ROOT_PASSWORD:?of the root user}"
cd "$WORK"
pip list 2>/dev/null | grep -E 'openstackclient|swiftclient|awscli'
export ST_AUTH=$ENDPOINT/auth/v1.0 ST_USER=root:root ST_KEY=$ROOT_PASSWORD
same() { # same <file> <file>
  cmp "$1" "$2" || { echo "$1 and $2 differ"; exit 1; }
}

echo '== swift: containers, objects, metadata'
mkdir -p tree/deep "tree/spa ce" && for i in $(seq 40); do head -c $((i * 977)) /dev/urandom >"tree/deep/file $i"; done
printf '한글' >'tree/spa ce/이름 😀.txt'
swift post -m 'Color: red' -r '.r:*,.rlistings' box
swift upload --object-name docs box tree | wc -l
stamp() { swift stat box 'docs/deep/file 1' | grep X-Timestamp; }
before=$(stamp) && swift upload --object-name docs --changed box tree >/dev/null && [ "$(stamp)" = "$before" ] # nothing is sent again
swift list box --prefix docs/deep/ | wc -l
swift list box -d / --prefix docs/
swift stat box | grep -E 'Objects: 41|Read ACL: .r:\*,.rlistings|Meta Color: red' | wc -l | grep -qx 3
swift post -m 'Kind: text' -H 'Content-Type: text/x-plain' box 'docs/spa ce/이름 😀.txt'
swift stat box 'docs/spa ce/이름 😀.txt' | grep -E 'Meta Kind: text|Content Type: text/x-plain' | wc -l | grep -qx 2
mkdir down && swift download box -D down >/dev/null && diff -r tree down/docs
swift copy -d /box/copied box 'docs/deep/file 7' >/dev/null
swift download box copied -o copied >/dev/null && same copied 'tree/deep/file 7'
curl -fsS "$(swift auth | sed -n 's/^export OS_STORAGE_URL=//p')/box?format=xml&limit=1" | grep -q '<container name="box"><object>'

echo '== swift: large objects, static and dynamic'
head -c 12000000 /dev/urandom >large
swift upload --segment-size 3000000 --use-slo box large >/dev/null
swift upload --segment-size 5000000 --use-dlo --object-name dynamic box large >/dev/null
swift stat box large | grep -qE 'Content Length: 12000000'
for name in large dynamic; do swift download box $name -o got-$name >/dev/null && same large got-$name; done
swift list box_segments | wc -l | grep -qx 7
swift delete box large dynamic >/dev/null
swift list box_segments | wc -l | grep -qx 0

echo '== swift: temporary URLs, features, bulk deletion'
swift post -m 'Temp-URL-Key: geheim'
path=$(swift auth | sed -n 's/^export OS_STORAGE_URL=//p')
url=$(swift tempurl GET 600 "${path#"$ENDPOINT"}/box/copied" geheim)
curl -fsS "$ENDPOINT$url" | cmp - copied
curl -s -o /dev/null -w '%{http_code}' -X DELETE "$ENDPOINT$url" | grep -qx 401
swift capabilities | grep -E '^(Core: swift|Additional middleware: (slo|dlo|tempurl|bulk_delete))' | sort
swift delete --all --object-threads 4 | tail -1
swift list | wc -l | grep -qx 0

echo '== openstack'
export OS_AUTH_URL=$CONTROL/v3 OS_IDENTITY_API_VERSION=3 OS_USERNAME=root OS_PASSWORD=$ROOT_PASSWORD OS_PROJECT_NAME=root \
  OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default OS_REGION_NAME=KR1
openstack container create os-box -f value -c container
openstack object create os-box 'tree/deep/file 9' --name nine -f value -c etag
openstack object save os-box nine --file nine && same nine 'tree/deep/file 9'
openstack object set --property Kind=binary os-box nine
openstack object show os-box nine -f value -c properties -c content-length
openstack object list os-box -f value
openstack object store account show -f value -c Containers -c Objects -c Bytes
openstack container delete -r os-box
unset "${!OS_@}"

echo '== aws s3 and swift'
export AWS_CONFIG_FILE=$WORK/aws-config
printf '[default]\ns3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n' >"$AWS_CONFIG_FILE"
s3() { aws --endpoint-url "$ENDPOINT" s3 "$@"; }
s3 mb s3://crossing
s3 cp --no-progress large s3://crossing/by-s3
s3 cp --no-progress 'tree/deep/file 3' 's3://crossing/폴더/small + 3'
swift download crossing by-s3 -o by-s3 >/dev/null && same large by-s3
swift download crossing '폴더/small + 3' -o small >/dev/null && same 'tree/deep/file 3' small
swift upload --segment-size 4000000 --use-slo --object-name by-swift crossing large >/dev/null
swift upload --object-name 'folder/by swift' crossing 'tree/deep/file 4' >/dev/null
s3 cp --no-progress s3://crossing/by-swift by-swift && same large by-swift
s3 cp --no-progress 's3://crossing/folder/by swift' small && same 'tree/deep/file 4' small
s3 ls --recursive s3://crossing | wc -l | grep -qx 4
s3 sync --no-progress s3://crossing all && same all/by-s3 large && same all/by-swift large

echo '== as Cyberduck asks'
token=$(swift auth | sed -n 's/^export OS_AUTH_TOKEN=//p')
ask() { curl -sS -H "X-Auth-Token: $token" -H 'Accept: application/xml' "$@"; }
status() { ask -o /dev/null -w '%{http_code}' "$@"; }
[ "$(status -X PUT "$path/duck")" = 201 ] && [ "$(status -X PUT "$path/duck")" = 202 ]
[ "$(status -X PUT -H 'Content-Type: application/directory' -H 'Content-Length: 0' "$path/duck/folder")" = 201 ]
[ "$(status -T 'tree/deep/file 5' "$path/duck/folder/five")" = 201 ]
ask "$path?format=xml" | grep -q '<container><name>duck</name><count>2</count>'
ask "$path/duck?format=xml&path=folder" | grep -q '<object><name>folder/five</name>'
ask "$path/duck?format=xml&prefix=&delimiter=%2F&limit=10000" | grep -q '<subdir name="folder/"><name>folder/</name></subdir>'
etag=$(md5sum 'tree/deep/file 5' | cut -d' ' -f1)
manifest="[{\"path\":\"/duck/folder/five\",\"etag\":\"$etag\",\"size_bytes\":$((5 * 977))}]"
[ "$(status -X PUT -H 'X-Static-Large-Object: true' -H 'Transfer-Encoding: chunked' -H 'Content-Type: application/json' --data-binary "$manifest" "$path/duck/whole?multipart-manifest=put")" = 201 ]
ask "$path/duck/whole" | cmp - 'tree/deep/file 5'
[ "$(status -X COPY -H 'Destination: /duck/copy' "$path/duck/whole")" = 201 ]
[ "$(status -X DELETE "$path/duck/whole?multipart-manifest=delete")" = 200 ]
[ "$(status -X DELETE "$path/duck/folder/five")" = 404 ]
swift delete --all >/dev/null
echo 'swift: all passed'
