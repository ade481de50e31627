#!/usr/bin/env bash
# Installs the clients of other systems, pinned, into .cache/clients: what test/clients runs unchanged against the daemon.
# Needs the npm registry and, for those in Python, PyPI. What can not be installed is named; its tests are skipped then.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

CACHE=.cache/clients
HERE=scripts/clients
mkdir -p "$CACHE/npm"

# $1: file that lists versions, $2: where it was noted that they are installed
is_current() {
  cmp --silent "$1" "$2"
}

install_npm() {
  is_current "$HERE/package.json" "$CACHE/npm/installed.json" && return
  cp "$HERE/package.json" "$CACHE/npm/package.json"
  npm install --prefix "$CACHE/npm" --no-package-lock --loglevel error --fetch-retries 1 --fetch-timeout 30000 &&
    cp "$HERE/package.json" "$CACHE/npm/installed.json"
}

install_python() {
  is_current "$HERE/requirements.txt" "$CACHE/python/installed.txt" && return
  python3 -m venv "$CACHE/python" &&
    "$CACHE/python/bin/pip" install --quiet --disable-pip-version-check --retries 1 -r "$HERE/requirements.txt" &&
    cp "$HERE/requirements.txt" "$CACHE/python/installed.txt"
}

install_npm || echo 'scripts/clients: the npm packages can not be installed; their tests are skipped' >&2
install_python || echo 'scripts/clients: the Python packages can not be installed; their tests are skipped' >&2
