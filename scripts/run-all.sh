#!/usr/bin/env bash
# From a folder of speech to a model bundle with its measured error rates.
#
#   scripts/run-all.sh [--smoke-test]
#
# Settings are in config.sh and can be overridden from the environment:  NAME=my-model HOURS=6 scripts/run-all.sh
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

bundle="models/$NAME"
if [[ "$NAME" == smoke ]]; then bundle="$WORK/bundle"; fi

stage() { printf '\n== %s\n' "$*"; }

refuse() {
  printf '%s\n' "$*" >&2
  exit 2
}

if [[ "$NAME" != smoke && ! -f "$SPEECH/manifest.tsv" ]]; then
  refuse "$SPEECH/manifest.tsv was expected, and is not there: give the folder of your recordings, as in SPEECH=FOLDER scripts/run-all.sh." \
    "scripts/README.md (Training a model, More speech) tells what is in it and where recordings come from."
fi
# Export keeps what was fitted to the model before: for a run that goes on that is right.
if [[ -f "$bundle/model.json" && ! -d "$WORK/$NAME" && "$OVERWRITE" != 1 ]]; then
  refuse "$bundle is there already, and no run in $WORK/$NAME made it: expected a name of your own, as in NAME=my-model-2 scripts/run-all.sh." \
    "OVERWRITE=1 replaces that model, but not its advice for the decoder, confidence and notes, which will not be those of the new one."
fi

stage "1/5 Python packages (1.5 minutes, 5.5 GB)"
bash scripts/training/install.sh "$VENV"

if [[ "$NAME" == smoke && ! -f "$SPEECH/manifest.tsv" ]]; then
  "$python" -m training.smoke_speech --out "$SPEECH"
fi

stage "2/5 Features of the speech in $SPEECH"
# shellcheck disable=SC2086 # PREPARE_OPTIONS are several words
"$python" -m training.prepare --once --language "$SPEECH_LANGUAGE" --speech "$SPEECH" ${EXTRA:+--extra "$EXTRA"} ${NOISE:+--noise "$NOISE"} \
  --out "$WORK/data" --speeds "$SPEEDS" --limit "$LIMIT" $PREPARE_OPTIONS

alignment=()
if [[ -n "$ALIGN_MODEL" ]]; then
  # A run that has begun goes on with the alignment that it has, though its bundle may have replaced the model since.
  if [[ ! -f "$WORK/$NAME/last.pt" ]]; then
    stage "(alignment) Which texts the sound contradicts, by $ALIGN_MODEL"
    "$python" -m training.align --once --data "$WORK/data" --model "$ALIGN_MODEL"
  fi
  alignment=(--alignment)
fi

stage "3/5 Training for $HOURS hours"
# shellcheck disable=SC2086 # TRAIN_OPTIONS are several words
"$python" -m training.train --language "$SPEECH_LANGUAGE" --data "$WORK/data" --run "$WORK/$NAME" --speech "$SPEECH" --hours "$HOURS" \
  --workers "$WORKERS" ${alignment[@]+"${alignment[@]}"} $TRAIN_OPTIONS

stage "4/5 Bundle"
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
  --manifest "$SPEECH/manifest.tsv" ${EXTRA:+--manifest "$EXTRA/manifest.tsv"} \
  --table "test, greedy search=$WORK/$NAME/test-greedy.md" --table "test, beam search=$WORK/$NAME/test-beam.md"
