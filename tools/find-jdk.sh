#!/usr/bin/env bash
# Prints the home of a JDK of at least 21: $JAVA_HOME, else that of the java on the path, else the newest
# of the places where JDKs are usually installed. Without one it says how to get one and fails.
set -euo pipefail
oldest=21

major_of() { # major_of HOME: the JDK's feature version, nothing where HOME is no JDK
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
  local version
  version=$(sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$1/release" 2>/dev/null || true)
  [ -n "$version" ] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac //p')
  version=${version#1.}
  version=${version%%[!0-9]*}
  echo "$version"
}

is_new_enough() {
  local major
  major=$(major_of "$1")
  [ -n "$major" ] && [ "$major" -ge "$oldest" ]
}

if [ -n "${JAVA_HOME:-}" ] && is_new_enough "$JAVA_HOME"; then
  echo "$JAVA_HOME"
  exit
fi

if command -v java >/dev/null; then
  on_path=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p' || true)
  if [ -n "$on_path" ] && is_new_enough "$on_path"; then
    echo "$on_path"
    exit
  fi
fi

newest=
newest_major=0
for home in /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
  if is_new_enough "$home" && [ "$(major_of "$home")" -gt "$newest_major" ]; then
    newest=$home
    newest_major=$(major_of "$home")
  fi
done
if [ -n "$newest" ]; then
  echo "$newest"
  exit
fi

{
  echo "Aftercommit needs a JDK of at least $oldest, and none was found."
  echo "  looked at: JAVA_HOME (${JAVA_HOME:-not set}), java on the path ($(command -v java || echo none)),"
  echo "             /usr/lib/jvm, ~/.sdkman/candidates/java, /Library/Java/JavaVirtualMachines"
  echo "Install one (Debian 13, Ubuntu: apt install openjdk-21-jdk; macOS: brew install --cask temurin;"
  echo "anywhere: https://adoptium.net) or set JAVA_HOME to one that is elsewhere."
} >&2
exit 1
