#!/usr/bin/env bash
# Installs the programs that some tests need: recorders, a sound server with a null sink, decoders of
# audio files, a browser, an MQTT broker. Tests skip, and say so, where one is missing. Debian and Ubuntu, as root;
# elsewhere it only says what to install.
set -euo pipefail

# package:program that shows that it is there ("-": no program of its own, a library)
TOOLS=(
  ffmpeg:ffmpeg
  sox:sox
  libsox-fmt-pulse:-
  alsa-utils:arecord
  libasound2-plugins:-
  pulseaudio:pulseaudio
  pulseaudio-utils:pactl
  opus-tools:opusenc
  chromium:chromium
  haproxy:haproxy
  mosquitto:mosquitto
  python3-websockets:-
)

is_installed() { # package program
  if [ "$2" != - ]; then
    command -v "$2" >/dev/null
  elif command -v dpkg-query >/dev/null; then
    dpkg-query --show --showformat='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'
  else
    false
  fi
}

missing_packages() {
  local tool
  for tool in "${TOOLS[@]}"; do
    is_installed "${tool%%:*}" "${tool##*:}" || echo "${tool%%:*}"
  done
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" -eq 0 ]; then
  echo 'install-test-tools: everything is there'
elif command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  echo "install-test-tools: installing ${missing[*]}"
  install_packages "${missing[@]}" ||
    echo 'install-test-tools: apt-get failed; tests that need a missing program are skipped' >&2
else
  echo "install-test-tools: please install ${missing[*]} (Debian names); tests that need them are skipped"
fi
