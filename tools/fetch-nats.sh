#!/usr/bin/env bash
# Makes sure that this machine has a nats-server of at least 2.10.27 for tests, demo and benchmarks:
#
#   tools/fetch-nats.sh [VERSION]    VERSION: the beginning of the wanted one, such as 2.10
#                                    (default: $AFTERCOMMIT_NATS_VERSION, or else any)
#
# One that is installed or was fetched before is left as it is, without a look at the network. Otherwise the newest
# that Debian packages is unpacked into ${AFTERCOMMIT_CACHE:-${XDG_CACHE_HOME:-~/.cache}/aftercommit}/nats.
# Nothing is installed and no root is needed; the system's own package lists are not touched.
set -euo pipefail
oldest=2.10.27
wanted=${1:-${AFTERCOMMIT_NATS_VERSION:-}}
versions=${AFTERCOMMIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/aftercommit}/nats
suites="sid testing stable trixie" # Debian's, the newest first
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT

fits() { # fits VERSION: new enough, and of the wanted line
  [ "$(printf '%s\n' "$oldest" "$1" | sort -V | head -n 1)" = "$oldest" ] || return 1
  case "$1." in "$wanted".* | "${wanted:-$1}".*) ;; *) return 1 ;; esac
}

version_of() { # version_of PROGRAM
  "$1" --version 2>/dev/null | sed -n 's/^nats-server: v\([0-9]*\.[0-9]*\.[0-9]*\).*/\1/p' || true
}

give_up() {
  {
    echo "There is no nats-server of version ${wanted:-$oldest or newer} here, and it could not be fetched: $1."
    echo "Three ways to go on:"
    echo "  - install nats-server ${wanted:-$oldest or newer} on the path (macOS: brew install nats-server; others: https://nats.io)"
    echo "  - have the program elsewhere and set NATS_SERVER=/path/to/nats-server"
    echo "  - with Docker, run the system without building it here: docker compose up --build --wait"
  } >&2
  exit 1
}

debian_mirror() { # the archive that this machine's own apt sources name
  {
    # shellcheck disable=SC2016 # apt fills in the name
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null || true
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
      grep -v '^ *#' | tr '[:blank:]' '\n' || true
  } | grep -E -m 1 '^[a-z+]+:/.*/debian/?$' || true
}

apt_of() { # apt_of SUITE COMMAND ARGS: apt-get or apt-cache on a suite, with folders of its own
  local suite=$1 command=$2
  shift 2
  local own=$work/apt-$suite
  mkdir -p "$own/lists/partial" "$own/cache/archives/partial"
  echo "deb [signed-by=$keyring] $mirror $suite main" >"$own/sources.list"
  "$command" -qq -o Dir::Etc::sourcelist="$own/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::Lists="$own/lists" -o Dir::Cache="$own/cache" -o APT::Sandbox::User=root \
    -o Acquire::Languages=none "$@"
}

fetch_from() { # fetch_from SUITE: unpacks a version that fits and that runs here into the cache
  local suite=$1 packaged version program
  apt_of "$suite" apt-get update >&2 || return 1
  packaged=$(apt_of "$suite" apt-cache madison nats-server | awk -F'|' '{ gsub(/ /, "", $2); print $2; exit }')
  fits "${packaged%%[-+~]*}" || return 1
  mkdir -p "$work/$suite/root"
  (cd "$work/$suite" && apt_of "$suite" apt-get download "nats-server=$packaged" >&2) || return 1
  dpkg-deb -x "$work/$suite"/nats-server_*.deb "$work/$suite/root" || return 1
  program=$(find "$work/$suite/root" -type f -name nats-server -perm -u+x | head -n 1)
  version=$(version_of "$program")
  [ -n "$version" ] && fits "$version" || return 1
  mkdir "$work/$version"
  mv "$program" "$work/$version/nats-server"
  # In one step, as another fetch may run at the same time; the first one there wins.
  mv -T "$work/$version" "$versions/$version" 2>/dev/null || [ -x "$versions/$version/nats-server" ] || return 1
  echo "nats-server $version: fetched into $versions/$version"
}

if [ -n "${NATS_SERVER:-}" ]; then
  [ -x "$NATS_SERVER" ] || give_up "NATS_SERVER=$NATS_SERVER is no program that can be run"
  echo "nats-server $(version_of "$NATS_SERVER"): $NATS_SERVER (NATS_SERVER)"
  exit
fi
if command -v nats-server >/dev/null; then
  version=$(version_of nats-server)
  if fits "${version:-0}"; then
    echo "nats-server $version: $(command -v nats-server)"
    exit
  fi
fi
for folder in $(find "$versions" -mindepth 1 -maxdepth 1 -name '[0-9]*' 2>/dev/null | sort -rV); do
  if [ -x "$folder/nats-server" ] && fits "$(basename "$folder")"; then
    echo "nats-server $(basename "$folder"): $folder/nats-server"
    exit
  fi
done

for program in apt-get apt-cache dpkg-deb; do
  command -v "$program" >/dev/null || give_up "this machine has no $program"
done
mirror=$(debian_mirror)
[ -n "$mirror" ] || give_up "this machine's apt sources name no Debian archive"
keyring=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' 2>/dev/null | head -n 1 || true)
[ -n "$keyring" ] || give_up "Debian's archive keys are not installed (debian-archive-keyring)"
mkdir -p "$versions"
work=$(mktemp -d "$versions/.fetch-XXXXXX")
for suite in $suites; do
  echo "nats-server ${wanted:-$oldest or newer}: looking in Debian $suite" >&2
  if fetch_from "$suite"; then
    exit
  fi
done
give_up "none of Debian's suites ($suites) gave one"
