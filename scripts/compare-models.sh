#!/usr/bin/env bash
# The comparisons of models/README.md: what one core learns in minutes, from nothing and from en-small on. Runs that were
# interrupted go on.
#
#   VENV=.cache/training WORK=runs scripts/compare-models.sh from-nothing|later|longer|languages|going-on|own-labels|second-round|
#     augmentations
#
# Needs, in WORK (see README.md): data, of training.prepare with the machine-labelled clips; for from-nothing data-aligned, the
# same with what `training.align --limit 8000` found; for later data-speeds, of training.prepare with `--limit 9000`, and data-9000,
# its parts but for the other speeds; for languages french/data; for going-on data-synthetic, data with 3 h of training.synthesize
# beside; for own-labels data-own-07 and data-own-078, the same with texts of training.self_label from that confidence on; for
# second-round data-own-1, with what en-small makes of every third machine-labelled clip (from 0.7 on), bundle-1, a bundle made of
# en-small by 200 more updates of own-labels on data-own-1, and data-own-2, with what bundle-1 makes of these clips; for
# augmentations data-own-1.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/config.sh
export OMP_NUM_THREADS=1 PYTHONPATH="$PWD/scripts"
common=(--micro-batches 1 --frames-per-batch 8000 --dropout 0 --report-every 50 --save-every 50 --eval-every 1000000)

from_nothing=(--hidden 192 --layers 3 --learning-rate 4e-3 --warm-up 50 --augment-share 0)
from_en_small=(--warm-start models/en-small --hidden 288 --layers 4 --running-mean-ms 5000 --learning-rate 1e-3 --warm-up 20 --constant-share 0.3
               --augment-share 0.5 --augment-from 0 --augment-full 1)

case "${1:-}" in
  longer)
    common+=("${from_nothing[@]}")
    updates=1000 heading='Comparison from nothing, longer'
    candidates=(
      'GRU='
      'LSTM=--cell lstm'
      'RNN=--cell rnn'
    );;
  from-nothing)
    common+=("${from_nothing[@]}")
    updates=400 heading='Comparison from nothing'
    candidates=(
      'GRU='
      'GRU, another seed=--seed 2'
      'LSTM=--cell lstm'
      'RNN=--cell rnn'
      'hybrid=--attention-window 32'
      'GRU, larger=--hidden 288 --layers 4'
      'RNN, larger=--cell rnn --hidden 288 --layers 4'
      'GRU, smaller=--hidden 128 --layers 2'
      'looks 180 ms ahead=--look-ahead-ms 180'
      'word pieces=--tokens wordpieces:200'
      "teacher=--teacher models/en-base"
      "alignment=--data $WORK/data-aligned --alignment --most-misfit inf"
      "alignment, frame head=--data $WORK/data-aligned --alignment --most-misfit inf --frame-weight 0.5"
      'augmentation=--augment-share 0.5 --augment-from 0 --augment-full 1'
    );;
  later)
    common+=("${from_nothing[@]}")
    updates=400 heading='Comparison from nothing, what came later'
    candidates=(
      'GRU='
      'GRU, another seed=--seed 2'
      'running mean, 1 s=--running-mean-ms 1000'
      'running mean, 5 s=--running-mean-ms 5000'
      'two views of half as much=--frames-per-batch 4000 --consistency-weight 0.5'
      'masks=--augment-share 1 --augment-from 0 --augment-full 1 --augment-without tempo,warp,channel,telephone,noise,level'
      "9,000 clips=--data $WORK/data-9000"
      "9,000 clips at three speeds=--data $WORK/data-speeds"
      'GRU, larger=--hidden 288 --layers 4'
      'GRU, larger, from French=--hidden 288 --layers 4 --warm-start models/fr-small'
    );;
  going-on)
    common+=("${from_en_small[@]}")
    updates=150 heading='Comparison going on from en-small'
    candidates=(
      'control='
      'control, another seed=--seed 2'
      'teacher=--teacher models/en-base'
      'teacher, read 60 ms later=--teacher models/en-base --teacher-lag-ms 60'
      'no augmentation=--augment-share 0'
      'no machine labels=--repeat cv13_machine=0'
      'no machine labels, no weak split=--repeat cv13_machine=0,minds14_en=0'
      "synthetic speech=--data $WORK/data-synthetic"
      'looks 30 ms ahead=--look-ahead-ms 30'
      'looks 90 ms ahead=--look-ahead-ms 90'
      'looks 180 ms ahead=--look-ahead-ms 180'
      'no masks=--augment-without masks'
      'no noise=--augment-without noise'
      'no tempo, no warp=--augment-without tempo,warp'
      'no telephone, channel, level=--augment-without telephone,channel,level'
    );;
  languages)
    common+=("${from_nothing[@]}" --hidden 288 --layers 4)
    updates=400 heading='Comparison from nothing, French beside'
    candidates=(
      'English='
      "a third of the batches French=--beside fr=$WORK/french/data --beside-share 0.33"
      "a sixth of the batches French=--beside fr=$WORK/french/data --beside-share 0.167"
    );;
  own-labels)
    common+=("${from_en_small[@]}")
    updates=150 heading='Comparison going on from en-small, own labels'
    candidates=(
      'labels of Whisper base='
      'labels of Whisper base, another seed=--seed 2'
      'no machine labels=--repeat cv13_machine=0'
      "own labels, confidence of 0.7=--data $WORK/data-own-07"
      "own labels, confidence of 0.78=--data $WORK/data-own-078"
    );;
  second-round)
    common+=("${from_en_small[@]}" --warm-start "$WORK/bundle-1")
    updates=200 heading='Comparison going on from en-small, own labels twice'
    candidates=(
      "labels of the first round again=--data $WORK/data-own-1"
      "labels of the second round=--data $WORK/data-own-2"
      "labels of the second round, another seed=--data $WORK/data-own-2 --seed 2"
      "labels of the first round again, another seed=--data $WORK/data-own-1 --seed 2"
    );;
  augmentations)
    common+=("${from_en_small[@]}" --data "$WORK/data-own-1")
    updates=300 heading='Comparison going on from en-small, each augmentation'
    candidates=(
      'all='
      'all, another seed=--seed 2'
      'none=--augment-share 0'
      'no tempo=--augment-without tempo'
      'no warp=--augment-without warp'
      'no channel=--augment-without channel'
      'no telephone=--augment-without telephone'
      'no noise=--augment-without noise'
      'no level=--augment-without level'
      'no masks=--augment-without masks'
    );;
  *) sed -n '2,15s/^# \?//p' "$0"; exit 2;;
esac

"$VENV/bin/python" -m training.compare --data "$WORK/data" --out "$WORK/compare-$1" --updates "$updates" --heading "$heading" \
  --table models/README.md "${candidates[@]/#/--candidate=}" -- "${common[@]}"
