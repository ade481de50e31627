"""Batches for training.train_gpu: clips of like length, augmented by sound, with the targets of all heads."""
import random
from dataclasses import dataclass

import numpy as np
import torch

from .sound_augment import (FULL_SCALE, RATE, Draws, coloured_noise, cubic_gather, decibels, frames_to_samples, mask_frames_and_bands,
                            mean_square, room_spectra, spectral_gain, warp_bands)
from .sound_frontend import SoundFrontend

BEFORE, AFTER = RATE // 2, RATE * 2 // 5  # samples kept around what training.align found spoken
PADDING = RATE  # about what is added around a clip
NOISE_SECONDS = (1.0, 8.0)
SILENT_SHARE = 0.1  # of the rows without speech: digital silence


@dataclass(frozen=True)
class Batch:
    mfcc: torch.Tensor  # [B, F, D]
    steps: torch.Tensor  # [B], on the CPU
    clips: np.ndarray  # rows of the store's clips; the last rows of the batch have noise alone
    labels: torch.Tensor  # [speech rows, T] phoneme of each step
    labelled: torch.Tensor  # [speech rows, T] whether it is known


class SoundBatches:
    """`uses`: {dataset: how often an epoch has its clips}; fractions are drawn anew each epoch."""

    def __init__(self, store, config, frames_per_step, seconds_per_batch, uses, noise_rows=0.03, held_out=lambda file: False, seed=1):
        self.store, self.config, self.frames_per_step = store, config, frames_per_step
        self._seconds, self._noise_rows, self._seed = seconds_per_batch, noise_rows, seed
        self.device = store.samples.device
        self.frontend = SoundFrontend(store.frontend, self.device)
        self.cosine = store.cosine.to(self.device)
        clips, rows = store.clips, store.indices['train']
        hop = store.frontend['hop']
        first, last = (clips['train_span'][rows, k] * hop for k in (0, 1))
        self._begin = np.maximum(0, first - BEFORE)
        self._length = np.minimum(store.lengths['train'], last + AFTER) - self._begin
        self._start = store.starts['train'] + self._begin
        self._uses = np.array([uses.get(name, 1.0) for name in clips['train_dataset'][rows]])
        self._labels = torch.from_numpy(clips['train_labels'].astype(np.int64)).to(self.device)
        self._label_start = clips['train_labels_start'][rows]
        self._label_count = clips['train_labels_start'][rows + 1] - self._label_start
        self.rows = rows
        noise = store.indices['noise']
        kept = np.array([not held_out(clips['noise_file'][i]) for i in noise])
        self._noise_start, self._noise_length = store.starts['noise'][kept], store.lengths['noise'][kept]

    def epoch(self, number):
        """Arrays of clips (positions in `rows`)."""
        rng = random.Random(f'{self._seed}/{number}')
        uses = [int(u) + (rng.random() < u % 1) for u in self._uses]
        order = sorted((i for i, n in enumerate(uses) for _ in range(n)), key=lambda i: self._length[i] * rng.uniform(0.9, 1.1))
        batches, batch, longest = [], [], 0
        for i in order:
            longest = max(longest, self._length[i] + PADDING)
            if batch and longest * (len(batch) + 1) > self._seconds * RATE:
                batches.append(np.array(batch))
                batch, longest = [], self._length[i] + PADDING
            batch.append(i)
        batches.append(np.array(batch))
        rng.shuffle(batches)
        return batches

    def _sound(self, clips, share, g):
        """Samples [B, N], samples of each row, first sample of speech and speed of each row, and whether it was changed."""
        c, noise_rows = self.config, max(1, round(len(clips) * self._noise_rows)) if self._noise_rows else 0
        rows = len(clips) + noise_rows
        speech = np.arange(rows) < len(clips)
        changed = (g.random(rows) < share) | ~speech
        speed = np.where(changed & speech, g.uniform(*c.speed, rows), 1.0)
        length = np.concatenate([self._length[clips], frames_to_samples(g.uniform(*NOISE_SECONDS, noise_rows))])
        longest = int(self._length[clips].max())
        length = np.minimum(np.ceil(length / speed), max(longest, RATE)).astype(np.int64)
        lead = np.where(changed & speech, frames_to_samples(g.uniform(*c.lead_s, rows)), 0)
        tail = frames_to_samples(np.where(changed, g.uniform(*c.tail_s, rows), 0.32))
        total = lead + length + tail
        n = int(-(-total.max() // 3200) * 3200)
        draws, device = Draws(rows, g, self.device), self.device

        def column(values, dtype=torch.int64):
            return torch.as_tensor(values, dtype=dtype).to(device, non_blocking=True)[:, None]

        start = column(np.concatenate([self._start[clips], np.zeros(noise_rows, np.int64)]))
        end = start + column(np.concatenate([self._length[clips], np.zeros(noise_rows, np.int64)]))
        t = torch.arange(n, device=device)[None]
        valid = t < column(total)
        x = cubic_gather(self.store.samples, start + (t - column(lead)) * column(speed, torch.float64), start, end)
        spoken = ((t >= column(lead)) & (t < column(lead + length))).float()
        change = draws.to_device(changed)
        telephone = draws.chance(c.telephone_share, changed & speech)
        spectrum = torch.fft.rfft(x) * spectral_gain(n // 2 + 1, draws, c, change, telephone)
        x = torch.fft.irfft(spectrum * room_spectra(draws.chance(c.room_share, changed & speech), n, draws, c), n)
        power = mean_square(x, spoken).clamp(min=1.0)
        # A few ten of the noises are recorded, the others are coloured; other speakers come from the rows next to each.
        pick = g.integers(len(self._noise_start), size=rows)
        offset = g.integers(1 << 30, size=rows) % self._noise_length[pick]
        noise = self.store.samples[column(self._noise_start[pick]) + (column(offset) + t) % column(self._noise_length[pick])].float()
        noise = torch.where(draws.chance(0.7, np.ones(rows, bool)) > 0, noise, coloured_noise(n, draws, device))
        noise = noise / mean_square(noise, valid.float()).clamp(min=1e-3).sqrt()
        audible = draws.chance(c.noise_share, changed) * draws.to_device(speech)
        silent = draws.chance(SILENT_SHARE, ~speech)
        audible = audible + draws.to_device(~speech) * (1 - silent)
        other = torch.roll(x[: len(clips)], 1, 0) / torch.roll(power[: len(clips)], 1, 0).sqrt()
        other = torch.cat([other, torch.zeros_like(x[len(clips):])])
        heard = draws.chance(c.other_speech_share, changed & speech)
        x = x + power.sqrt() * (noise * audible / decibels(draws.uniform(*c.noise_db))
                                + other * heard / decibels(draws.uniform(*c.other_speech_db)))
        rms = torch.exp(draws.uniform(*np.log(c.level_rms)))
        rms = torch.where(draws.chance(c.clipped_share, changed & speech) > 0, rms.clamp(min=1000) * 8, rms)
        now = mean_square(x, torch.where(draws.to_device(speech) > 0, spoken, valid.float())).clamp(min=1e-3).sqrt()
        x = torch.where(change > 0, x * rms / now * (1 - silent), x) * valid
        return x.clamp(-FULL_SCALE, FULL_SCALE).round(), total, lead, speed, changed, draws

    def _step_labels(self, clips, steps, lead, speed):
        """Phoneme of each step [speech rows, T] where it is known: from where in the clip the step's last frames are."""
        count = len(clips)
        hop, per = self.store.frontend['hop'], self.frames_per_step
        t = np.arange(int(steps.max())) * (hop * per)
        source = (self._begin[clips][:, None] + (t[None] - lead[:count, None]) * speed[:count, None]) / (hop * per)
        step = np.floor(source + 0.5).astype(np.int64)
        known = (self._label_count[clips][:, None] > 0) & (np.arange(len(t))[None] < steps[:count, None])
        inside = (step >= 0) & (step < self._label_count[clips][:, None])
        place = torch.from_numpy(np.where(inside, self._label_start[clips][:, None] + step, 0)).to(self.device)
        inside = torch.from_numpy(inside).to(self.device)
        return torch.where(inside, self._labels[place.clamp(max=len(self._labels) - 1)], 0), torch.from_numpy(known).to(self.device)

    def batch(self, clips, share, seed):
        """`share` of the rows are changed; the others are as they were recorded."""
        g = np.random.default_rng([self._seed, seed])
        torch.manual_seed(int(g.integers(1 << 31)))  # rooms, coloured noise, and dropout after it
        x, total, lead, speed, changed, draws = self._sound(clips, share, g)
        frames = self.frontend.frames(total)
        steps = frames // self.frames_per_step
        log_mel = self.frontend.log_mel(x)[:, : int(steps.max()) * self.frames_per_step]
        c = self.config
        change = draws.to_device(changed)
        log_mel = warp_bands(log_mel, torch.where(change > 0, draws.uniform(1 - c.warp, 1 + c.warp), 1.0))
        log_mel = mask_frames_and_bands(log_mel, draws.to_device(frames.astype(np.float32)), draws, c, change)
        labels, known = self._step_labels(clips, steps, lead, speed)
        return Batch(log_mel @ self.cosine.t(), torch.from_numpy(steps), clips, labels, known)
