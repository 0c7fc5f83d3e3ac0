#!/usr/bin/env bash
# The client of Samsung's own Terraform provider: catalogue, discovery, a signed call. Needs Go, and the folder of a clone of
# github.com/SamsungSDSCloud/terraform-sdk-samsungcloudplatformv2 in SCP_SDK, because not every module proxy carries it. Run through
# with-server.ts.
set -euo pipefail
[ -d "${SCP_SDK:-}" ] || { echo 'scp-go: skipped, SCP_SDK names no clone of the SDK'; exit 0; }
module=github.com/SamsungSDSCloud/terraform-sdk-samsungcloudplatformv2
cp -r "$CLIENTS/scp-go" "$WORK/scp-go" && cd "$WORK/scp-go"
go mod init gotgan-client >/dev/null 2>&1
go mod edit -require "$module@v1.0.0" -replace "$module=$SCP_SDK"
go version
go run .
