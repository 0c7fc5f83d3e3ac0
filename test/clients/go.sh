#!/usr/bin/env bash
# AWS SDK for Go v2, newest of the module proxy. Run through with-server.ts.
set -euo pipefail
cp -r "$CLIENTS/go-v2" "$WORK/go-v2" && cd "$WORK/go-v2"
go mod init gotgan-client >/dev/null 2>&1
go get github.com/aws/aws-sdk-go-v2/{config,credentials,service/s3,feature/s3/manager}@latest >/dev/null 2>&1
go version
go list -m github.com/aws/aws-sdk-go-v2/service/s3
go run .
