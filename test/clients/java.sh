#!/usr/bin/env bash
# AWS SDK for Java: `java.sh java-v1` (exactly as the guide configures it) or `java.sh java-v2`. Run through with-server.ts.
set -euo pipefail
cp -r "$CLIENTS/$1" "$WORK/java" && cd "$WORK/java"
java -version 2>&1 | sed -n 1p
grep -oE '<artifactId>(aws-java-sdk-)?s3</artifactId><version>[^<]+' pom.xml | sed 's/<[^>]*>/ /g'
mvn -q -B compile exec:java
echo "$1: all passed"
