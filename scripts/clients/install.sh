#!/usr/bin/env bash
# Installs the clients of other systems, pinned, into .cache/clients: what test/clients runs unchanged against the daemon.
# Needs the npm registry, PyPI for those in Python, and GitHub for samples that are in no registry. What can not be
# installed is named; its tests are skipped then.
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

# Takes the files that tests need of a commit, unless the environment names a checkout (VOSK_SERVER_CHECKOUT).
# $1: owner/name on GitHub, $2: commit, the rest: folders of it
fetch_checkout() {
  local name="${1##*/}"
  local folder="$CACHE/$name" part="$CACHE/$name.part" variable
  variable="$(tr a-z- A-Z_ <<<"$name")_CHECKOUT"
  [ -n "${!variable:-}" ] && return
  [ "$(git --git-dir="$folder/.git" rev-parse --quiet --verify HEAD 2>/dev/null)" = "$2" ] && return
  rm -rf "$folder" "$part"
  git init --quiet "$part" &&
    git -C "$part" remote add origin "https://github.com/$1.git" &&
    git -C "$part" sparse-checkout set "${@:3}" &&
    GIT_TERMINAL_PROMPT=0 timeout 60 git -C "$part" fetch --quiet --depth 1 --filter=blob:none origin "$2" &&
    timeout 60 git -C "$part" -c advice.detachedHead=false checkout --quiet FETCH_HEAD &&
    mv "$part" "$folder"
}

install_npm || echo 'scripts/clients: the npm packages can not be installed; their tests are skipped' >&2
install_python || echo 'scripts/clients: the Python packages can not be installed; their tests are skipped' >&2
while read -r repository commit folders; do
  # shellcheck disable=SC2086 # the folders are words
  fetch_checkout "$repository" "$commit" $folders </dev/null ||
    echo "scripts/clients: github.com/$repository can not be fetched; the tests of its samples are skipped" >&2
done <"$HERE/checkouts.txt"
