#!/usr/bin/env bash
# Installs KenLM for the tests that hold the language model to it, into .cache/kenlm (ignored by git). Needs Python 3,
# cmake and a C++ compiler. Tests skip, and say so, without it.
set -euo pipefail
cd "$(dirname "$0")/../../.."
if [[ ! -x .cache/kenlm/bin/python ]]; then python3 -m venv .cache/kenlm; fi
.cache/kenlm/bin/python -m pip install --quiet -r scripts/language-model/reference/requirements.txt
.cache/kenlm/bin/python -c 'import kenlm; print("KenLM is there")'
