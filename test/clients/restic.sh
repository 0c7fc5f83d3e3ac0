#!/usr/bin/env bash
# restic (Debian): init, backup, check, restore, forget. Run through with-server.ts.
set -euo pipefail
cd "$WORK"
command -v restic >/dev/null || apt-get install -y -qq restic
export RESTIC_PASSWORD=only-for-this-test RESTIC_REPOSITORY="s3:$ENDPOINT/restic-bucket/repository" RESTIC_CACHE_DIR="$WORK/cache"
restic version
mkdir source && for i in $(seq 100); do head -c $((i * 3000)) /dev/urandom >"source/$i"; done
restic init -o s3.region=KR1
restic backup source -o s3.region=KR1
restic check --read-data -o s3.region=KR1
restic restore latest --target restored -o s3.region=KR1
diff -r source "restored$WORK/source" 2>/dev/null || diff -r source restored/source
restic forget latest --prune --keep-last 1 -o s3.region=KR1
echo 'restic: all passed'
