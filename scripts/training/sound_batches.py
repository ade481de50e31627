"""Batches for training.train_gpu: clips of like length, augmented by sound, with the targets of all heads."""
import random
from dataclasses import dataclass

import numpy as np
import torch

from .sound_augment import (FULL_SCALE, RATE, Draws, coloured_noise, cubic_gather, decibels, frames_to_samples, mask_frames_and_bands,
                            mean_square, room_spectra, spectral_gain, upload, warp_bands)
from .sound_frontend import SoundFrontend

BEFORE, AFTER = RATE // 2, RATE * 2 // 5  # samples kept around what training.align found spoken
PADDING = RATE  # about what is added around a clip
NOISE_SECONDS = (1.0, 8.0)
SILENT_SHARE = 0.1  # of the rows without speech: digital silence
RECORDED_SHARE = 0.7  # of the noises
TAIL_S = 0.32  # of silence behind clips that are not changed, as the agent adds
WHOLE = 3200  # lengths of rows are multiples of it: fast Fourier transforms


@dataclass(frozen=True)
class Batch:
    mfcc: torch.Tensor  # [views * B, F, D], the views one after the other
    steps: torch.Tensor  # [B], on the CPU
    clips: np.ndarray  # rows of the store's clips; the last rows of the batch have noise alone
    labels: torch.Tensor  # [speech rows, T] phoneme of each step
    labelled: torch.Tensor  # [speech rows, T] whether it is known


@dataclass(frozen=True)
class Layout:
    """The rows of a batch, each an array [B]; places and lengths in samples. `start` and `source_length` are of the store,
    `lead` and `length` of the row at its speed, `total` with silence around."""
    speech: np.ndarray
    changed: np.ndarray
    speed: np.ndarray
    start: np.ndarray
    source_length: np.ndarray
    lead: np.ndarray
    length: np.ndarray
    total: np.ndarray


class SoundBatches:
    """`uses`: {dataset: how often an epoch has its clips}; fractions are drawn anew each epoch."""

    def __init__(self, store, config, frames_per_step, seconds_per_batch, uses, noise_rows=0.03, held_out=lambda file: False, seed=1):
        self.store, self.config, self.frames_per_step = store, config, frames_per_step
        self._seconds, self._noise_rows, self._seed = seconds_per_batch, noise_rows, seed
        self.device = store.samples.device
        self.frontend = SoundFrontend(store.frontend, self.device)
        self.cosine = store.cosine.to(self.device)
        self._rooms = store.rooms.to(self.device)
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

    def _column(self, values, dtype=np.int64):
        return upload(np.asarray(values, dtype), self.device)[:, None]

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

    def _layout(self, clips, share, g):
        """Draws where the speech of each row lies; rows without speech are long enough for noise."""
        c, noise_rows = self.config, max(1, round(len(clips) * self._noise_rows)) if self._noise_rows else 0
        rows = len(clips) + noise_rows
        speech = np.arange(rows) < len(clips)
        changed = (g.random(rows) < share) | ~speech
        speed = np.where(changed & speech, g.uniform(*c.speed, rows), 1.0)
        noise = np.minimum(frames_to_samples(g.uniform(*NOISE_SECONDS, noise_rows)), max(int(self._length[clips].max()), RATE))
        length = np.ceil(np.concatenate([self._length[clips], noise]) / speed).astype(np.int64)
        lead_s = c.long_lead_s if g.random() < c.long_lead_share else c.lead_s
        lead = np.where(changed & speech, frames_to_samples(g.uniform(*lead_s, rows)), 0)
        tail = frames_to_samples(np.where(changed, g.uniform(*c.tail_s, rows), TAIL_S))
        nothing = np.zeros(noise_rows, np.int64)
        return Layout(speech, changed, speed, np.concatenate([self._start[clips], nothing]),
                      np.concatenate([self._length[clips], nothing]), lead, length, lead + length + tail)

    def _speech(self, rows, t):
        """Each row's speech at its speed and place [B, N], zeros around it."""
        start = self._column(rows.start)
        positions = start + (t - self._column(rows.lead)) * self._column(rows.speed, np.float64)
        return cubic_gather(self.store.samples, positions, start, start + self._column(rows.source_length))

    def _noise(self, draws, g, valid):
        """Noise [B, N] of power 1: most of it recorded, from a random place on, the rest coloured."""
        rows, n = valid.shape
        pick = g.integers(len(self._noise_start), size=rows)
        length = self._noise_length[pick]
        t = self._column(g.integers(1 << 30, size=rows) % length) + torch.arange(n, device=self.device)[None]
        recorded = self.store.samples[self._column(self._noise_start[pick]) + t % self._column(length)].float()
        noise = torch.where(draws.chance(RECORDED_SHARE, np.ones(rows, bool)) > 0, recorded, coloured_noise(n, draws, self.device))
        return noise / mean_square(noise, valid).clamp(min=1e-3).sqrt()

    def _around(self, x, rows, draws, g, spoken, valid):
        """`x` with what sounds beside the speech: noise, or the speech of the row before. Rows without speech are noise, or
        digital silence."""
        c, speech = self.config, draws.to_device(rows.speech)
        power = mean_square(x, spoken).clamp(min=1.0).sqrt()
        noisy = draws.chance(c.noise_share, rows.changed & rows.speech) + draws.chance(1 - SILENT_SHARE, ~rows.speech)
        noise = self._noise(draws, g, valid) * noisy / decibels(draws.uniform(*c.noise_db))
        count = int(rows.speech.sum())
        other = torch.cat([torch.roll(x[:count] / power[:count], 1, 0), torch.zeros_like(x[count:])])
        other = other * draws.chance(c.other_speech_share, rows.changed & rows.speech) / decibels(draws.uniform(*c.other_speech_db))
        return x + torch.where(speech > 0, power, 1000.0) * (noise + other)

    def _levelled(self, x, rows, draws, spoken, valid):
        """Changed rows at another level, a few so loud that they are clipped; int16 values."""
        c = self.config
        rms = torch.exp(draws.uniform(*np.log(c.level_rms)))
        rms = torch.where(draws.chance(c.clipped_share, rows.changed & rows.speech) > 0, rms.clamp(min=1000) * 8, rms)
        now = mean_square(x, torch.where(draws.to_device(rows.speech) > 0, spoken, valid)).clamp(min=1e-3).sqrt()
        x = torch.where(draws.to_device(rows.changed) > 0, x * rms / now, x) * valid
        return x.clamp(-FULL_SCALE, FULL_SCALE).round()

    def _sound(self, rows, draws, g):
        """Samples [B, N]."""
        c, n = self.config, -(-int(rows.total.max()) // WHOLE) * WHOLE
        t, lead = torch.arange(n, device=self.device)[None], self._column(rows.lead)
        valid = (t < self._column(rows.total)).float()
        spoken = ((t >= lead) & (t < lead + self._column(rows.length))).float()
        telephone = draws.chance(c.telephone_share, rows.changed & rows.speech)
        gain = spectral_gain(n // 2 + 1, draws, c, draws.to_device(rows.changed), telephone)
        room = room_spectra(draws.chance(c.room_share, rows.changed & rows.speech), n, draws, c, self._rooms)
        x = torch.fft.irfft(torch.fft.rfft(self._speech(rows, t)) * gain * room, n)
        return self._levelled(self._around(x, rows, draws, g, spoken, valid), rows, draws, spoken, valid)

    def _step_labels(self, clips, steps, rows):
        """Phoneme of each step [speech rows, T] where it is known: from where in the clip the step's last frames are."""
        count = len(clips)
        hop, per = self.store.frontend['hop'], self.frames_per_step
        t = np.arange(int(steps.max())) * (hop * per)
        source = (self._begin[clips][:, None] + (t[None] - rows.lead[:count, None]) * rows.speed[:count, None]) / (hop * per)
        step = np.floor(source + 0.5).astype(np.int64)
        known = (self._label_count[clips][:, None] > 0) & (np.arange(len(t))[None] < steps[:count, None])
        inside = (step >= 0) & (step < self._label_count[clips][:, None])
        place = upload(np.where(inside, self._label_start[clips][:, None] + step, 0), self.device)
        inside = upload(inside, self.device)
        return torch.where(inside, self._labels[place.clamp(max=len(self._labels) - 1)], 0), upload(known, self.device)

    def batch(self, clips, share, seed, views=1):
        """`share` of the rows are changed; the others are as they were recorded. Several views differ in their masks, and all rows
        are masked."""
        g = np.random.default_rng([self._seed, seed])
        torch.manual_seed(int(g.integers(1 << 31)))  # rooms, coloured noise, and dropout after it
        rows = self._layout(clips, share, g)
        draws = Draws(len(rows.speech), g, self.device)
        x = self._sound(rows, draws, g)
        frames = self.frontend.frames(rows.total)
        steps = frames // self.frames_per_step
        log_mel = self.frontend.log_mel(x)[:, : int(steps.max()) * self.frames_per_step]
        c, changed = self.config, draws.to_device(rows.changed)
        log_mel = warp_bands(log_mel, torch.where(changed > 0, draws.uniform(1 - c.warp, 1 + c.warp), 1.0))
        masked = changed if views == 1 else torch.ones_like(changed)
        log_mel = torch.cat([mask_frames_and_bands(log_mel, draws.to_device(frames), draws, c, masked) for _ in range(views)])
        labels, known = self._step_labels(clips, steps, rows)
        return Batch(log_mel @ self.cosine.t(), torch.from_numpy(steps), clips, labels, known)
