#!/bin/sh
# Makes a fresh checkout ready: packages by the lockfile, then (for `test`) a browser and the tools that tests compare with.
# Does nothing where everything is there. Usage: setup.sh run|test
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "bpfnet: $*" >&2; }

node -e 'const [a,b]=process.versions.node.split(".").map(Number); process.exit(a>20||(a===20&&b>=18)?0:1)' || {
  say "Node $(node --version) is too old; version 20.18 or later is needed."
  exit 1
}

# npm writes node_modules/.package-lock.json last: older than our lockfile means missing or stale.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say 'installing packages (about a minute) …'
  npm ci --prefer-offline --no-audit --no-fund --loglevel=error --progress=true >&2
  touch node_modules/.package-lock.json
fi

# Debian packages, each with the command that shows that it is there. Only root can install them; others are told.
missing=''
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need ip iproute2
need nft nftables
if [ "$1" = test ]; then
  need tcpdump tcpdump
  [ -n "${CHROMIUM:-}" ] || need chromium chromium
fi
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing$missing …"
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing) >/dev/null 2>&1 ||
      say "could not install$missing; what needs them is skipped or replaced by a recording."
  else
    say "not found:$missing. As root: apt-get install$missing. What needs them is skipped or replaced by a recording."
  fi
fi
