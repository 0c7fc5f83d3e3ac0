#!/usr/bin/env bash
# gophercloud and ncw/swift, newest of the module proxy: logging in and EC2 credentials. Run through with-server.ts with
# GOTGAN_ROOT_PASSWORD=... in its words and ROOT_PASSWORD in the environment.
set -euo pipefail
cp -r "$CLIENTS/gophercloud" "$WORK/gophercloud" && cd "$WORK/gophercloud"
: "${ROOT_PASSWORD:=password of root}"
export ROOT_PASSWORD
go mod init gotgan-client >/dev/null 2>&1
go get github.com/gophercloud/gophercloud/v2@latest github.com/ncw/swift/v2@latest >/dev/null 2>&1
go version
go list -m github.com/gophercloud/gophercloud/v2 github.com/ncw/swift/v2
go run .
