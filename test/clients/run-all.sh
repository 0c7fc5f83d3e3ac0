#!/usr/bin/env bash
# Every client script in turn, each against a fresh server, with a summary line per script:
#   test/clients/run-all.sh              all of them
#   test/clients/run-all.sh rclone s3fs  those whose line in the list below has one of these words
# What each printed stands in LOGS (default: a new folder below the temporary one). The exit code is the number of failures.
set -uo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"
logs=${LOGS:-$(mktemp -d)}
mkdir -p "$logs"

runs='
aws-cli-v1        | aws-cli.sh
aws-cli-v2        | AWS=/usr/bin/aws aws-cli.sh
boto3-guide       | boto3-guide.sh
s3cmd-v4          | s3cmd.sh
s3cmd-v2          | s3cmd.sh --signature-v2
rclone            | rclone.sh
restic            | restic.sh
s3fs              | s3fs.sh
duckdb            | duckdb.sh
java-v1           | java.sh java-v1
java-v2           | java.sh java-v2
go                | go.sh
refused-upload    | refused-upload.sh
swift             | ROOT_PASSWORD=only-for-this-run GOTGAN_ROOT_PASSWORD=only-for-this-run swift.sh
rclone-swift      | ROOT_PASSWORD=only-for-this-run GOTGAN_ROOT_PASSWORD=only-for-this-run rclone-swift.sh
go-swift          | ROOT_PASSWORD=only-for-this-run GOTGAN_ROOT_PASSWORD=only-for-this-run go-swift.sh
keystone          | ROOT_PASSWORD=only-for-this-run GOTGAN_ROOT_PASSWORD=only-for-this-run keystone.sh
gophercloud       | ROOT_PASSWORD=only-for-this-run GOTGAN_ROOT_PASSWORD=only-for-this-run gophercloud.sh
nhn-guide         | PASSWORD=only-for-this-run GOTGAN_ROOT_PASSWORD=only-for-this-run nhn-guide.sh
explain-guide     | explain-guide.sh
ibm-cos-python    | API_KEY=only-for-this-run-0123456789abcdefghijklmno GOTGAN_ROOT_API_KEY=only-for-this-run-0123456789abcdefghijklmno GOTGAN_IAM_ACCESS_TOKEN_SECONDS=24 GOTGAN_REGIONS=KR1;ibm=us-south ibm-cos-python.sh
ibm-guide         | GOTGAN_REGIONS=KR1;ibm=us-south ibm-guide.sh
scp-guide         | scp-guide.sh
scp-go            | scp-go.sh
ibm-cos-java      | API_KEY=only-for-this-run-0123456789abcdefghijklmno GOTGAN_ROOT_API_KEY=only-for-this-run-0123456789abcdefghijklmno GOTGAN_REGIONS=KR1;ibm=us-south ibm-cos-sdk.sh ibm-cos-java
ibm-cos-go        | API_KEY=only-for-this-run-0123456789abcdefghijklmno GOTGAN_ROOT_API_KEY=only-for-this-run-0123456789abcdefghijklmno GOTGAN_REGIONS=KR1;ibm=us-south ibm-cos-sdk.sh ibm-cos-go
nginx             | GOTGAN_TRUSTED_PROXIES=127.0.0.1 GOTGAN_PUBLIC_ENDPOINTS=storage=https://localhost:18443/files nginx.sh
'

wanted() { # wanted <line>: one of the words of the command line stands in it, or there are none
  local line=$1 word
  [ "${#words[@]}" -eq 0 ] && return 0
  for word in "${words[@]}"; do [[ $line == *"$word"* ]] && return 0; done
  return 1
}

last_line() { # last_line <file>: without the colours that Maven leaves
  tail -n 1 "$1" | sed $'s/\\x1b\\[[0-9;]*m//g'
}

words=("$@")
failures=0
ran=0
while IFS='|' read -r name command; do
  name=${name//[[:space:]]/}
  [ -n "$name" ] && wanted "$name $command" || continue
  # `GOTGAN_NAME=value` is for the server, which with-server.ts sees to; any other `NAME=value` for the script.
  settings=() arguments=()
  for word in $command; do
    if [[ $word =~ ^[A-Z_]+= && $word != GOTGAN_* ]]; then settings+=("$word"); else arguments+=("$word"); fi
  done
  started=$SECONDS
  # A script may not read the list that this loop reads.
  if env "${settings[@]+"${settings[@]}"}" node test/clients/with-server.ts "${arguments[@]}" >"$logs/$name.log" 2>&1 </dev/null; then
    verdict=passed
  else
    verdict=FAILED
    failures=$((failures + 1))
  fi
  ran=$((ran + 1))
  printf '%-6s  %-15s %4d s  %s\n' "$verdict" "$name" $((SECONDS - started)) "$(last_line "$logs/$name.log")"
done <<<"$runs"
[ "$ran" -gt 0 ] || { echo "no script is called $*" >&2; exit 64; }
echo "$((ran - failures)) passed, $failures failed; logs in $logs"
exit "$failures"
