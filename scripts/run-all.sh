#!/usr/bin/env bash
# From a folder of speech to a model bundle with its measured error rates.
#
#   scripts/run-all.sh [--smoke-test]
#
# Settings are in config.sh and can be overridden from the environment:  HOURS=6 scripts/run-all.sh
# Run again after an interruption, the training goes on where it was. --smoke-test runs every stage on a few
# clips with a minute of training, to see that everything works; where there are no recordings, on synthetic ones.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ "${1:-}" == --smoke-test ]]; then
  : "${NAME:=smoke}" "${LIMIT:=60}" "${HOURS:=0.0167}" "${SPEEDS:=1.0}" "${WORK:=runs/smoke}"
  : "${TRAIN_OPTIONS:=--report-every 20 --eval-every 100 --save-every 100 --warm-up 20 --hidden 64 --layers 2}"
elif [[ $# -gt 0 ]]; then
  sed -n '2,8s/^# \?//p' "$0"
  exit 2
fi
source scripts/config.sh
python="$WORK/venv/bin/python"
export OMP_NUM_THREADS=1 PYTHONPATH="$PWD/scripts"

stage() { printf '\n== %s\n' "$*"; }

stage "1/5 Python packages (1.5 minutes, 5.5 GB)"
if [[ ! -x "$python" ]]; then python3 -m venv "$WORK/venv"; fi
"$python" -m pip install --quiet -r scripts/training/requirements.txt

if [[ "$NAME" == smoke && ! -f "$SPEECH/manifest.tsv" ]]; then
  SPEECH="$WORK/speech"
  "$python" -m training.smoke_speech --out "$SPEECH"
fi

stage "2/5 Features of the speech in $SPEECH"
if [[ ! -f "$WORK/data/noise/clips.tsv" ]]; then
  "$python" -m training.prepare --language "$SPEECH_LANGUAGE" --speech "$SPEECH" ${EXTRA:+--extra "$EXTRA"} ${NOISE:+--noise "$NOISE"} \
    --out "$WORK/data" --speeds "$SPEEDS" --limit "$LIMIT"
fi

stage "3/5 Training for $HOURS hours"
# shellcheck disable=SC2086 # TRAIN_OPTIONS are several words
"$python" -m training.train --language "$SPEECH_LANGUAGE" --data "$WORK/data" --run "$WORK/$NAME" --speech "$SPEECH" --hours "$HOURS" \
  --workers "$WORKERS" $TRAIN_OPTIONS

stage "4/5 Bundle"
bundle="models/$NAME"
if [[ "$NAME" == smoke ]]; then bundle="$WORK/bundle"; fi
"$python" -m training.export --run "$WORK/$NAME" --data-folder "$WORK/data" --out "$bundle" --name "$NAME" --version "$VERSION"

if [[ "$NAME" == smoke ]]; then
  "$python" -m training.golden --run "$WORK/$NAME" --out "$WORK/golden.json"
  node --import tsx scripts/golden/check-bundle.ts "$bundle" "$WORK/golden.json"
fi

stage "5/5 Error rates and model card"
npm run --silent build
limit=()
if [[ "$LIMIT" != 0 ]]; then limit=(--limit "$LIMIT"); fi
for search in greedy beam; do
  node dist/agent/main.js eval "$SPEECH/manifest.tsv" --audio "$SPEECH" --split test --model "$bundle" --decoder "$search" \
    --markdown --json "$WORK/$NAME/test-$search.json" ${limit[@]+"${limit[@]}"} | tee "$WORK/$NAME/test-$search.md"
done
"$python" -m training.card --bundle "$bundle" --log "$WORK/$NAME/log.jsonl" \
  --table "test, greedy search=$WORK/$NAME/test-greedy.md" --table "test, beam search=$WORK/$NAME/test-beam.md"
