#!/usr/bin/env bash
# Makes the Python environment of the trainer: packages of requirements.txt, 5.5 GB with PyTorch, and Keras (requirements-keras.txt), for
# models that are brought from there.
#
#   scripts/training/install.sh [FOLDER]     .cache/training unless given
#
# Needs python3 with venv, and PyPI. Does nothing where the same packages were installed before.
set -euo pipefail
UV=0.13.9 # installs in half the time of pip
folder=${1:-.cache/training}
here="$(dirname "${BASH_SOURCE[0]}")"
requirements=("$here/requirements.txt" "$here/requirements-keras.txt")

if cat "${requirements[@]}" | cmp --silent - "$folder/installed.txt"; then exit; fi
mkdir -p "$folder"
if [[ ! -x "$folder/bin/python" ]]; then python3 -m venv "$folder"; fi
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 "uv==$UV"
"$folder/bin/uv" pip install --quiet --python "$folder/bin/python" "${requirements[@]/#/--requirements=}"
cat "${requirements[@]}" > "$folder/installed.txt" # last: an installation that was cut off is done again
