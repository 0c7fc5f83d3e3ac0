#!/usr/bin/env bash
# The AWS CLI: the chapter of the NHN guide as printed, then sync, a 200 MB multipart transfer, presigned links and the
# `s3api` form of every operation. Uses `aws` of version 1 (newest of PyPI) or, with AWS=/path/to/aws, any other; AWS=/usr/bin/aws is
# version 2 of Debian and is installed where it is missing.
# Run through with-server.ts, which sets ENDPOINT, CONTROL, WORK and the credentials.
set -euo pipefail
cd "$WORK"
if [ -z "${AWS:-}" ]; then
  . "$CLIENTS/python-venv.sh"
  python_venv awscli-v1 awscli
  AWS=aws
elif [ "$AWS" = /usr/bin/aws ] && [ ! -x "$AWS" ]; then
  apt-get -qq update && apt-get -qq install -y --no-install-recommends awscli
fi
"$AWS" --version
export AWS_DEFAULT_OUTPUT=json AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1 AWS_PAGER=
s3() { echo "\$ aws --endpoint-url=$ENDPOINT s3 $*"; "$AWS" --endpoint-url="$ENDPOINT" s3 "$@"; }
api() { echo "\$ aws s3api $*" >&2; "$AWS" --endpoint-url="$ENDPOINT" s3api "$@"; }
expect() { # expect <text> <command...>: the command's output, of either stream, contains the text
  local text=$1 output
  shift
  output=$("$@" 2>&1) || true
  grep -qF -- "$text" <<<"$output" || { printf 'expected «%s» from %s, got:\n%s\n' "$text" "$*" "$output"; exit 1; }
}

echo '== the chapter of the guide'
head -c 104389 /dev/urandom >3b5ab489edffdea7bf4d914e3e9b8240.jpg
s3 mb s3://example-bucket
s3 ls
s3 cp ./3b5ab489edffdea7bf4d914e3e9b8240.jpg s3://example-bucket/3b5ab489edffdea7bf4d914e3e9b8240.jpg
s3 ls s3://example-bucket
s3 cp s3://example-bucket/3b5ab489edffdea7bf4d914e3e9b8240.jpg ./back.jpg
cmp 3b5ab489edffdea7bf4d914e3e9b8240.jpg back.jpg
s3 rm s3://example-bucket/3b5ab489edffdea7bf4d914e3e9b8240.jpg
s3 rb s3://example-bucket

echo '== trees, large files, links'
s3 mb s3://tree
mkdir -p tree/a/b && seq 1000 >tree/numbers && echo one >"tree/a/한글 이름 +%.txt" && echo two >tree/a/b/c
s3 sync tree s3://tree/copy --no-progress
s3 sync s3://tree/copy back --no-progress && diff -r tree back
rm tree/numbers && s3 sync --delete tree s3://tree/copy --no-progress
expect 'one' s3 cp "s3://tree/copy/a/한글 이름 +%.txt" -
head -c 200000000 /dev/urandom >large
s3 cp large s3://tree/large --no-progress
s3 cp s3://tree/large s3://tree/large-copy --no-progress
s3 cp s3://tree/large-copy large-back --no-progress && cmp large large-back
s3 ls --recursive --human-readable --summarize s3://tree
link=$("$AWS" --endpoint-url="$ENDPOINT" s3 presign s3://tree/copy/a/b/c)
[ "$(curl -fsS "$link")" = two ]
expect SignatureDoesNotMatch curl -sS "${link/c\?/d?}"
s3 mv s3://tree/copy/a/b/c s3://tree/moved
s3 rm --recursive s3://tree --only-show-errors
s3 rb s3://tree

echo '== s3api'
api create-bucket --bucket api-bucket --create-bucket-configuration LocationConstraint=KR1
api head-bucket --bucket api-bucket
api get-bucket-location --bucket api-bucket
api list-buckets
for algorithm in CRC32 CRC32C CRC64NVME SHA1 SHA256; do
  [[ $algorithm == CRC64NVME || $algorithm == CRC32C ]] && ! "$AWS" s3api put-object help 2>/dev/null | grep -q "$algorithm" && continue
  echo "$algorithm" >body
  api put-object --bucket api-bucket --key "sum/$algorithm" --body body --checksum-algorithm "$algorithm" --metadata name=value || echo "  ($algorithm not offered by this client)"
done
echo hello >body
api put-object --bucket api-bucket --key hello --body body --content-type text/plain --cache-control no-store
api head-object --bucket api-bucket --key hello
api get-object --bucket api-bucket --key hello --range bytes=1-3 part && [ "$(cat part)" = ell ]
api copy-object --bucket api-bucket --key copied --copy-source api-bucket/hello
conditional=(api put-object --bucket api-bucket --key hello --body body --if-none-match '*')
if grep -qF 'Unknown options' <<<"$("${conditional[@]}" 2>&1 || true)"; then
  echo 'this aws knows no conditional writes'
else
  expect PreconditionFailed "${conditional[@]}"
fi
api list-objects --bucket api-bucket --delimiter /
api list-objects-v2 --bucket api-bucket --max-items 2
api list-object-versions --bucket api-bucket --prefix hello
upload=$(api create-multipart-upload --bucket api-bucket --key parts --query UploadId --output text)
head -c 5242880 /dev/zero >five
one=$(api upload-part --bucket api-bucket --key parts --upload-id "$upload" --part-number 1 --body five --query ETag --output text)
api list-multipart-uploads --bucket api-bucket
two=$(api upload-part-copy --bucket api-bucket --key parts --upload-id "$upload" --part-number 2 --copy-source api-bucket/hello --query CopyPartResult.ETag --output text)
api list-parts --bucket api-bucket --key parts --upload-id "$upload"
api complete-multipart-upload --bucket api-bucket --key parts --upload-id "$upload" \
  --multipart-upload "{\"Parts\":[{\"PartNumber\":1,\"ETag\":$one},{\"PartNumber\":2,\"ETag\":$two}]}"
upload=$(api create-multipart-upload --bucket api-bucket --key aborted --query UploadId --output text)
api abort-multipart-upload --bucket api-bucket --key aborted --upload-id "$upload"
expect BucketNotEmpty api delete-bucket --bucket api-bucket
api delete-object --bucket api-bucket --key hello
expect 'Not Found' api head-object --bucket api-bucket --key hello
keys=$(api list-objects-v2 --bucket api-bucket --query '{Objects: Contents[].{Key: Key}}')
api delete-objects --bucket api-bucket --delete "$keys"
api delete-bucket --bucket api-bucket

echo '== s3api: versions, access, tags'
api create-bucket --bucket kept --object-ownership ObjectWriter
api put-bucket-versioning --bucket kept --versioning-configuration Status=Enabled
expect Enabled api get-bucket-versioning --bucket kept
echo 1 >one && echo 2 >two
first=$(api put-object --bucket kept --key k --body one --query VersionId --output text)
second=$(api put-object --bucket kept --key k --body two --query VersionId --output text)
api get-object --bucket kept --key k --version-id "$first" part >/dev/null && [ "$(cat part)" = 1 ]
api get-object-attributes --bucket kept --key k --version-id "$second" --object-attributes ETag ObjectSize StorageClass
api copy-object --bucket kept --key restored --copy-source "kept/k?versionId=$first"
expect DeleteMarker api delete-object --bucket kept --key k
expect 'Not Found' api head-object --bucket kept --key k
api list-object-versions --bucket kept --prefix k --query '[length(Versions), length(DeleteMarkers)]' --output text
marker=$(api list-object-versions --bucket kept --prefix k --query 'DeleteMarkers[0].VersionId' --output text)
api delete-object --bucket kept --key k --version-id "$marker"
api head-object --bucket kept --key k --query VersionId

expect FULL_CONTROL api get-bucket-acl --bucket kept
api put-object-acl --bucket kept --key k --acl public-read
expect AllUsers api get-object-acl --bucket kept --key k
[ "$(curl -fsS "$ENDPOINT/kept/k")" = 2 ]
api put-bucket-acl --bucket kept --acl private
expect ObjectWriter api get-bucket-ownership-controls --bucket kept
api put-bucket-ownership-controls --bucket kept --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
expect AccessControlListNotSupported api put-object-acl --bucket kept --key k --acl public-read
expect 403 curl -sS -o /dev/null -w '%{http_code}' "$ENDPOINT/kept/k"
api delete-bucket-ownership-controls --bucket kept

policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::kept/restored"}]}'
api put-bucket-policy --bucket kept --policy "$policy"
expect arn:aws:s3:::kept/restored api get-bucket-policy --bucket kept
expect true api get-bucket-policy-status --bucket kept
[ "$(curl -fsS "$ENDPOINT/kept/restored")" = 1 ]
block=BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
api put-public-access-block --bucket kept --public-access-block-configuration "$block"
expect RestrictPublicBuckets api get-public-access-block --bucket kept
expect 403 curl -sS -o /dev/null -w '%{http_code}' "$ENDPOINT/kept/restored"
api delete-public-access-block --bucket kept
api delete-bucket-policy --bucket kept
expect NoSuchBucketPolicy api get-bucket-policy --bucket kept

api put-bucket-tagging --bucket kept --tagging 'TagSet=[{Key=team,Value=곳간}]'
expect team api get-bucket-tagging --bucket kept
api delete-bucket-tagging --bucket kept
api put-object-tagging --bucket kept --key k --tagging 'TagSet=[{Key=color,Value=blue},{Key=size,Value=s}]'
expect blue api get-object-tagging --bucket kept --key k
api delete-object-tagging --bucket kept --key k
expect '"TagSet": []' api get-object-tagging --bucket kept --key k
versions=$(api list-object-versions --bucket kept --query '{Objects: Versions[].{Key: Key, VersionId: VersionId}}')
api delete-objects --bucket kept --delete "$versions"
api delete-bucket --bucket kept

echo '== refusals read as they should'
expect SignatureDoesNotMatch env AWS_SECRET_ACCESS_KEY=wrong "$AWS" --endpoint-url="$ENDPOINT" s3 ls
expect InvalidAccessKeyId env AWS_ACCESS_KEY_ID=nobody "$AWS" --endpoint-url="$ENDPOINT" s3 ls
expect NoSuchBucket s3 ls s3://absent-bucket
echo 'aws-cli: all passed'
