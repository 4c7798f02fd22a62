#!/usr/bin/env bash
# Runs inside the image build: image-jars.sh FOLDER puts the relay's and the demo's jar there. Jars that the host has
# built (make jars) are taken when no source is newer; otherwise Maven, fetched for that, builds them.
set -euo pipefail
jars=(outbox-relay/target/outbox-relay.jar demo-services/target/demo.jar)

fresh() {
  for jar in "${jars[@]}"; do
    [ -f "$jar" ] || return 1
    newer=$(find . \( -path '*/src/main/*' -o -name pom.xml \) -type f -newer "$jar" -print -quit)
    [ -z "$newer" ] || { echo "$jar is older than $newer"; return 1; }
  done
}

if fresh; then
  echo 'Taking the jars that the host has built.'
else
  echo 'Building the jars.'
  mkdir -p /var/cache/apt/archives/partial
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update && apt-get -qq install -y --no-install-recommends maven >/dev/null
  mvn -B -ntp -q -Dmaven.test.skip -Dmdep.skip -pl outbox-relay,demo-services -am package
fi
mkdir -p "$1"
cp "${jars[@]}" "$1"
