#!/usr/bin/env bash
# Breaks the relay in one way after the other, and says after how many schedules the simulation notices, or which test:
#   tools/mutants/run.sh [NAME...]        SCHEDULES=200000
# Each NAME.patch is applied, tried and taken back; the sources it touches must be committed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for patch in "$here"/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi

log=$(mktemp)
applied=
trap 'if [ -n "$applied" ]; then git apply -R "$applied"; fi; rm -f "$log"' EXIT
for name in "${names[@]}"; do
  patch="$here/$name.patch"
  git apply "$patch"
  applied=$patch
  if tools/with-jdk.sh mvn -B -ntp -q test -pl outbox-relay -am -Dspotless.check.skip \
    -Dtest=SimulationTest,HealingTest,DiagnosticianTest \
    -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.schedules="${SCHEDULES:-200000}" >"$log" 2>&1; then
    echo "$name: not noticed"
  else
    found=$(awk '!seed && match($0, /\[Seed [0-9]+/) { seed = substr($0, RSTART + 1, RLENGTH - 1) }
      !what && match($0, / ! .*/) { what = substr($0, RSTART + 3) }
      END { if (seed) print seed ": " what }' "$log")
    if [ -z "$found" ]; then
      found=$(grep -m 1 -o '\(Healing\|Diagnostician\)Test\.[A-Za-z]*' "$log" || echo "it does not compile")
    fi
    echo "$name: $found"
  fi
  git apply -R "$patch"
  applied=
done
