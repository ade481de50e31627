#!/usr/bin/env bash
# From a folder of speech to a model bundle with its measured error rates.
#
#   scripts/run-all.sh [--smoke-test]
#
# Settings are in config.sh and can be overridden from the environment:  HOURS=6 scripts/run-all.sh
# Run again after an interruption, the training goes on where it was. --smoke-test runs every stage on a few synthetic
# clips, which a small model learns by heart in a minute, to see that everything works.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ "${1:-}" == --smoke-test ]]; then
  : "${NAME:=smoke}" "${HOURS:=0.2}" "${SPEEDS:=1.0}" "${WORK:=runs/smoke}" "${WORKERS:=1}"
  : "${SPEECH:=$WORK/speech}" "${EXPORT_OPTIONS:=--most-lost 0.3}"
  TRAIN_OPTIONS="--updates 260 --hidden 128 --layers 2 --dropout 0 --augment-share 0 --micro-batches 1 --frames-per-batch 3000 \
    --learning-rate 4e-3 --warm-up 20 --average-decay 0.95 --report-every 65 --eval-every 130 --save-every 130 ${TRAIN_OPTIONS:-}"
elif [[ $# -gt 0 ]]; then
  sed -n '2,8s/^# \?//p' "$0"
  exit 2
fi
source scripts/config.sh
python="$VENV/bin/python"
export OMP_NUM_THREADS=1 PYTHONPATH="$PWD/scripts"

stage() { printf '\n== %s\n' "$*"; }

stage "1/5 Python packages (1.5 minutes, 5.5 GB)"
bash scripts/training/install.sh "$VENV"

if [[ "$NAME" == smoke && ! -f "$SPEECH/manifest.tsv" ]]; then
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
# shellcheck disable=SC2086 # EXPORT_OPTIONS are several words
"$python" -m training.export --run "$WORK/$NAME" --data-folder "$WORK/data" --out "$bundle" --name "$NAME" --version "$VERSION" \
  $EXPORT_OPTIONS

if [[ "$NAME" == smoke ]]; then
  "$python" -m training.golden --run "$WORK/$NAME" --out "$WORK/golden.json"
  node --import tsx scripts/golden/check-bundle.ts "$bundle" "$WORK/golden.json"
fi

stage "5/5 Error rates and model card"
limit=()
if [[ "$LIMIT" != 0 ]]; then limit=(--limit "$LIMIT"); fi
for search in greedy beam; do
  node --import tsx agent/main.ts eval "$SPEECH/manifest.tsv" --audio "$SPEECH" --split test --model "$bundle" --decoder "$search" \
    --markdown --json "$WORK/$NAME/test-$search.json" ${limit[@]+"${limit[@]}"} | tee "$WORK/$NAME/test-$search.md"
done
"$python" -m training.card --bundle "$bundle" --log "$WORK/$NAME/log.jsonl" \
  --table "test, greedy search=$WORK/$NAME/test-greedy.md" --table "test, beam search=$WORK/$NAME/test-beam.md"
