"""Prepared features (see prepare.py) as batches of like length."""
import csv
import glob
import json
import os
import random

import numpy as np
import torch

from .kept_options import FILE as OPTIONS
from .kept_options import read_options

DEFAULT_LANGUAGE = 'en'  # of what does not say it, which no training takes


def prepared_folders(data):
    """Training folders whose preparation is complete, one at least; clips.tsv is written last in each, the options in the end."""
    folders = [os.path.dirname(path) for path in sorted(glob.glob(os.path.join(glob.escape(data), 'train-*', 'clips.tsv')))]
    if not folders:
        raise SystemExit(unprepared(os.path.join(data, 'train-1.00')))
    options_of(data)
    return folders


def unprepared(folder, file='clips.tsv'):
    return (f'{folder} was expected to have {file}, and has not: run python -m training.prepare, to its end, or give the folder that it '
            'wrote')


def options_of(data):
    """What was prepared there, all of it: speeds that are missing would be missed by nobody else."""
    options = read_options(data)
    if options is None:
        raise SystemExit(unprepared(data, OPTIONS))
    return options


def language_of(data, asked):
    """That of the recordings that were prepared in `data`; ends where another one is asked for."""
    kept = (read_options(data) or {}).get('language')
    if asked and kept and asked != kept:
        raise SystemExit(f'{data} was prepared with --language {kept}, expected {asked}: leave out --language, or prepare with that one')
    return asked or kept or DEFAULT_LANGUAGE


def refuse_other_features(parts):
    """Ends where the parts that a training reads have not the features of one front end."""
    first, *others = parts
    for other in others:
        if (other.frontend, other.scale) != (first.frontend, first.scale) or not torch.equal(other.cosine, first.cosine):
            raise SystemExit(f'{first.folder} and {other.folder} were expected to have the features of one front end, and have not: prepare both '
                             'again, with one run of python -m training.prepare')


class Part:
    """One prepared folder: clips and their log-mel frames, memory-mapped."""

    def __init__(self, folder):
        for file in ('clips.tsv', 'frontend.json', 'logmel.bin'):
            if not os.path.exists(os.path.join(folder, file)):
                raise SystemExit(unprepared(folder, file))
        self.folder = folder
        with open(os.path.join(folder, 'frontend.json')) as f:
            info = json.load(f)
        self.frontend, self.scale = info['frontend'], info['scale']
        bands = self.frontend['melBands']
        self.cosine = torch.tensor(info['cosineMatrix']).view(-1, bands)
        with open(os.path.join(folder, 'clips.tsv'), encoding='utf8', newline='') as f:
            self.clips = list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))
        self.frames = np.array([int(c['frames']) for c in self.clips])
        self.starts = np.concatenate([[0], np.cumsum(self.frames)])
        self._rows = self._log_mels(os.path.join(folder, 'logmel.bin'), bands)

    def _log_mels(self, path, bands):
        """[frames of all clips, bands]; a file that was cut off by a full disk or a copy is no such table."""
        expected, got = int(self.starts[-1]) * bands * 2, os.path.getsize(path)
        if expected != got or not got:
            raise SystemExit(f'{path} was expected to have {expected} bytes, those of the {len(self.clips)} clips of clips.tsv, and has {got}: prepare '
                             'again, with python -m training.prepare')
        return np.memmap(path, '<u2', 'r').reshape(-1, bands)

    def __len__(self):
        return len(self.clips)

    def log_mel(self, i):
        """[frames, bands] float32"""
        rows = self._rows[self.starts[i]:self.starts[i + 1]]
        return torch.from_numpy(rows.astype(np.float32) / self.scale)


def pad(clips, length=None):
    """List of [frames, bands] -> [B, F, bands] padded with digital silence (zeros), and the lengths."""
    lengths = torch.tensor([len(c) for c in clips])
    out = torch.zeros(len(clips), length or int(lengths.max()), clips[0].shape[1])
    for row, clip in zip(out, clips):
        row[: len(clip)] = clip
    return out, lengths


def plan_epoch(frames, epoch, a, uses):
    """Batches of clip indices of like length, in random order; a pure function of its arguments.

    `uses[i]` is how often an epoch has clip i.

    The micro-batches of an update are neighbours in length: they take the same time, and no process waits for another.
    """
    rng = random.Random(f'{a.seed}/{epoch}')
    order = sorted((i for i in range(len(frames)) for _ in range(uses[i])), key=lambda i: frames[i] * rng.uniform(0.9, 1.1))
    batches, batch = [], []
    for i in order:
        longest = max([frames[j] for j in batch] + [frames[i]])
        if batch and (longest * (len(batch) + 1) > a.frames_per_batch or len(batch) == a.max_clips):
            batches.append(batch)
            batch = []
        batch.append(i)
    batches.append(batch)
    batches += [batch] * (-len(batches) % a.micro_batches)
    updates = [batches[i:i + a.micro_batches] for i in range(0, len(batches), a.micro_batches)]
    rng.shuffle(updates)
    return [batch for update in updates for batch in update]
