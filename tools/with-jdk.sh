#!/usr/bin/env bash
# Runs a command with a JDK of at least 21 in JAVA_HOME and at the front of the path: tools/with-jdk.sh COMMAND ARGS...
set -euo pipefail
oldest_maven=3.8.7

JAVA_HOME=$("$(dirname "$0")/find-jdk.sh")
export JAVA_HOME PATH="$JAVA_HOME/bin:$PATH"

if [ "$1" = mvn ]; then
  how="Install it (Debian, Ubuntu: apt install maven; macOS: brew install maven; anywhere: https://maven.apache.org)."
  if ! command -v mvn >/dev/null; then
    echo "Aftercommit is built with Maven $oldest_maven or newer, and there is no mvn on the path. $how" >&2
    exit 1
  fi
  maven=$(mvn --version 2>/dev/null | sed -n 's/^[^A]*Apache Maven \([0-9.]*[0-9]\).*/\1/p' || true)
  if [ "$(printf '%s\n' "$oldest_maven" "${maven:-0}" | sort -V | head -n 1)" != "$oldest_maven" ]; then
    echo "Aftercommit is built with Maven $oldest_maven or newer; $(command -v mvn) is ${maven:-of an unknown version}. $how" >&2
    exit 1
  fi
fi

exec "$@"
