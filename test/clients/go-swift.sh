#!/usr/bin/env bash
# gophercloud and ncw/swift, newest of the module proxy. Run through with-server.ts with GOTGAN_ROOT_PASSWORD=... in its words, and
# ROOT_PASSWORD the same.
set -euo pipefail
: "${ROOT_PASSWORD:?of the root user}"
cp -r "$CLIENTS/go-swift" "$WORK/go-swift" && cd "$WORK/go-swift"
go mod init gotgan-client >/dev/null 2>&1
go get github.com/gophercloud/gophercloud/v2@latest github.com/ncw/swift/v2@latest >/dev/null 2>&1
go version
go list -m github.com/gophercloud/gophercloud/v2 github.com/ncw/swift/v2
go run .
