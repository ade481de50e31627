"""Prepared features (see prepare.py) as batches of like length."""
import csv
import json
import os
import random

import numpy as np
import torch


class Part:
    """One prepared folder: clips and their log-mel frames, memory-mapped."""

    def __init__(self, folder):
        with open(os.path.join(folder, 'frontend.json')) as f:
            info = json.load(f)
        self.frontend, self.scale = info['frontend'], info['scale']
        bands = self.frontend['melBands']
        self.cosine = torch.tensor(info['cosineMatrix']).view(-1, bands)
        with open(os.path.join(folder, 'clips.tsv'), encoding='utf8', newline='') as f:
            self.clips = list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))
        self.frames = np.array([int(c['frames']) for c in self.clips])
        self.starts = np.concatenate([[0], np.cumsum(self.frames)])
        self._rows = np.memmap(os.path.join(folder, 'logmel.bin'), '<u2', 'r').reshape(-1, bands)

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


def plan_epoch(frames, epoch, seed, frames_per_batch, max_clips, usable):
    """Batches of clip indices of like length, in the order of an epoch; a pure function of its arguments.

    The first epoch goes from short to long, later ones are shuffled.
    """
    rng = random.Random(f'{seed}/{epoch}')
    order = sorted((i for i in range(len(frames)) if usable[i]), key=lambda i: frames[i] * rng.uniform(0.9, 1.1))
    batches, batch = [], []
    for i in order:
        longest = max([frames[j] for j in batch] + [frames[i]])
        if batch and (longest * (len(batch) + 1) > frames_per_batch or len(batch) == max_clips):
            batches.append(batch)
            batch = []
        batch.append(i)
    batches.append(batch)
    if epoch > 0:
        rng.shuffle(batches)
    return batches
