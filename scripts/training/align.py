"""Aligns the prepared training clips with their texts, by a model that is there already.

    python -m training.align --data runs/data --model models/en-base

Writes alignment.npz into every train-* folder of --data. The trainer uses it to leave out clips whose audio
contradicts their text, to cut off long silences before and after speech, and to teach the layer below the last what
is said at every step (see training.train --alignment). A model that has learned more aligns better: run it again
then. The clips that fit worst are printed, so that a threshold can be chosen by reading them. With `--once` it leaves out folders
that this model has aligned since they were prepared, and refuses those of another.
"""
import argparse
import os
import sys
import time

import numpy as np
import torch

from .alignment import FILE, MODEL, Alignment
from .augment import add_tail
from .dataset import Part, language_of, pad, prepared_folders
from .evaluate import TAIL_FRAMES
from .files import whole_file
from .interrupt import unless_interrupted
from .option_numbers import count_or_none
from .recording import hear
from .spelling import spelled
from .text import Lexicon
from .trained_model import digest_of, open_trained
from .viterbi import ctc_alignments

BATCH_FRAMES = 40000
REACH = 5  # steps around a phoneme's peak that count as that phoneme when no neighbour is nearer: 150 ms


def phoneme_of_steps(path, phonemes, reach=REACH):
    """Path of an alignment [T] -> phoneme id of every step, 0 where nothing is said: each step belongs to the nearest
    peak within `reach`."""
    out = np.zeros(len(path), np.uint8)
    peaks = np.flatnonzero(path >= 0)
    if len(peaks) == 0:
        return out
    at = np.arange(len(path))
    right = np.searchsorted(peaks, at).clip(max=len(peaks) - 1)
    left = (right - 1).clip(min=0)
    nearest = np.where(abs(peaks[left] - at) <= abs(peaks[right] - at), peaks[left], peaks[right])
    near = abs(nearest - at) <= reach
    out[near] = np.asarray(phonemes, np.uint8)[path[nearest[near]]]
    return out


@torch.no_grad()
def align(model, part, lexicon, report, limit=0):
    """The arrays of an `Alignment`, by name; of about `limit` clips unless that is 0, the others stay without."""
    model.train()  # the fast path of the layers; without dropout it computes the same
    per_step = model.config.frames_per_step
    count = len(part)
    misfit = np.full(count, np.inf, np.float32)
    span = np.zeros((count, 2), np.int32)
    labels = [np.zeros(0, np.uint8)] * count
    order = sorted(range(0, count, max(1, count // limit) if limit else 1), key=lambda i: part.frames[i])
    chosen = len(order)
    while order:
        batch = [order.pop()]
        while order and (len(batch) + 1) * part.frames[batch[0]] <= BATCH_FRAMES and len(batch) < 128:
            batch.append(order.pop())
        x, lengths = pad([add_tail(part.log_mel(i), TAIL_FRAMES) for i in batch])
        heads = hear(model, x @ part.cosine.t())
        steps = (lengths // per_step).tolist()
        texts = [part.clips[i]['text'] for i in batch]
        spellings = spelled(model.spelling, [(part.clips[i]['file'], part.clips[i]['text']) for i in batch])
        for b, found in enumerate(ctc_alignments(heads['characters'], steps, spellings)):
            if found is None or not texts[b]:
                continue
            heard = heads['characters'][b, :steps[b]].max(-1).values.sum().item()
            misfit[batch[b]] = (heard - found[0]) / len(texts[b])
            spoken = np.flatnonzero(found[1] >= 0) * per_step
            span[batch[b]] = spoken[0], min(spoken[-1] + per_step, part.frames[batch[b]])
        phones = [lexicon.phoneme_ids(t) or [] for t in texts]
        for b, found in enumerate(ctc_alignments(heads['phonemes'], steps, phones)):
            if found is not None and phones[b]:
                labels[batch[b]] = phoneme_of_steps(found[1], phones[b])
        report(chosen - len(order), chosen)
    return {'misfit': misfit, 'first': span[:, 0], 'last': span[:, 1], 'phonemes': np.concatenate(labels),
            'starts': np.concatenate([[0], np.cumsum([len(p) for p in labels])]), 'frames_per_step': per_step}


def progress(folder):
    began, told = time.monotonic(), [0.0]

    def report(done, count):
        now = time.monotonic()
        if now - told[0] > 30 or done == count:
            told[0] = now
            left = (now - began) / done * (count - done)
            print(f'{folder}: {done} of {count} clips, about {left / 60:.1f} min left', flush=True)
    return report


def print_misfits(misfit, clips, worst):
    shares = ', '.join(f'{100 * np.mean(misfit > limit):.1f} % over {limit}' for limit in (1, 1.5, 2, 2.5, 3, 4))
    print(f'misfit in nats a character: {shares}; {np.sum(~np.isfinite(misfit))} clips can not be aligned')
    for i in np.argsort(-misfit, kind='stable')[:worst]:
        print(f"  {misfit[i]:6.2f}  {clips[i]['file']}  {clips[i]['text']}")


def is_aligned(folder, model, path):
    """Whether this model, digest of `path`, has aligned the folder. What another made is refused, not replaced: trainings may go on with it."""
    made_by = Alignment.model_of(folder)
    if made_by not in (None, '', model):
        raise SystemExit(f'{os.path.join(folder, FILE)} was made by another model than {path}, expected that one: give it as --model (ALIGN_MODEL of '
                         'run-all.sh) where runs were trained with it, else remove the file and align again')
    return made_by is not None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--data', default='runs/data')
    p.add_argument('--model', default='models/en-base', help='a bundle or a checkpoint')
    p.add_argument('--limit', type=count_or_none, default=0, help='about this many clips only; 0: all')
    p.add_argument('--worst', type=count_or_none, default=20, help='how many of the clips that fit worst to print')
    p.add_argument('--once', action='store_true', help='leave out folders that the model has aligned, and refuse those that another has')
    a = p.parse_args()
    torch.set_num_threads(1)
    folders, model = prepared_folders(a.data), open_trained(a.model)
    if model.language.code != (prepared := language_of(a.data, None)):
        raise SystemExit(f'{a.model} hears {model.language.code}, and {a.data} was prepared with --language {prepared}, expected the same: align with a '
                         'model of that language')
    lexicon, digest = Lexicon(model.language), digest_of(model)
    for folder in folders:
        if a.once and is_aligned(folder, digest, a.model):
            continue
        part = Part(folder)
        result = align(model, part, lexicon, progress(folder), a.limit)
        with whole_file(os.path.join(folder, FILE), 'wb') as f:
            np.savez(f, **result, **{MODEL: digest})
        print_misfits(result['misfit'], part.clips, a.worst)


if __name__ == '__main__':
    sys.exit(unless_interrupted(main, 'the same command begins anew, with --once where it was'))
