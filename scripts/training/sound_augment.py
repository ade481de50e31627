"""Augmentation by sound of whole batches, on any device: what microphones, rooms, telephones and bystanders do to speech.

Speed changes pitch and formants as well (Ko et al. 2015, "Audio augmentation for speech recognition"); rooms are exponential
decays of noise, or measured ones (rooms.py), after a direct sound (Ko et al. 2017, section 2); masks are SpecAugment's (Park et al. 2019, section 2).
"""
import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

RATE = 16000
FULL_SCALE = 32767.0
DIRECT_S = 0.002  # reverberation begins behind it


@dataclass(frozen=True)
class SoundAugmentConfig:
    speed: tuple = (0.86, 1.16)
    channel_db: float = 4.0  # standard deviation of a smooth gain over frequency
    room_share: float = 0.25
    room_decay_s: tuple = (0.1, 0.6)  # to -60 dB
    measured_room_share: float = 0.5  # of the rooms, where some are at hand
    room_direct_db: tuple = (-3.0, 15.0)  # direct sound over reverberation
    telephone_share: float = 0.15
    noise_share: float = 0.65
    noise_db: tuple = (2.0, 35.0)  # speech over noise
    other_speech_share: float = 0.08
    other_speech_db: tuple = (8.0, 30.0)
    level_rms: tuple = (50.0, 6000.0)
    clipped_share: float = 0.04
    lead_s: tuple = (0.0, 0.5)
    long_lead_share: float = 0.2  # of the batches, so that few rows are padded: what has a running mean must know silence before speech
    long_lead_s: tuple = (0.0, 2.5)
    tail_s: tuple = (0.1, 0.6)
    warp: float = 0.08  # of the mel axis: vocal tract length (Jaitly and Hinton 2013)
    time_masks: int = 2
    time_mask_frames: int = 30
    time_mask_share: float = 0.08  # of the clip, each, at most
    band_masks: int = 2
    band_mask_width: int = 8


def cubic_gather(samples, positions, first, last):
    """Samples [total] at fractional positions [B, N] by Catmull-Rom splines; 0 outside of [first, last), each [B, 1]."""
    low = positions.floor()
    t = (positions - low).float()
    low = low.long()

    def at(k):
        i = low + k
        return torch.where((i >= first) & (i < last), samples[i.clamp(0, len(samples) - 1)].float(), 0.0)

    a, b, c, d = at(-1), at(0), at(1), at(2)
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def mean_square(x, mask):
    return (x.square() * mask).sum(1, keepdim=True) / mask.sum(1, keepdim=True).clamp(min=1)


def decibels(db):
    """Factor of amplitude."""
    return 10 ** (db / 20)


def upload(array, device):
    """A numpy array as a tensor on `device`; through pinned memory, so that neither side waits for the other."""
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(device, non_blocking=True) if torch.device(device).type == 'cuda' else tensor.to(device)


class Draws:
    """Random numbers of the rows of a batch: drawn on the CPU, where the seed makes them the same anywhere."""

    def __init__(self, rows, generator, device):
        self._rows, self._generator, self._device = rows, generator, device

    def to_device(self, values):
        return upload(np.asarray(values, np.float32), self._device)[:, None]

    def uniform(self, low, high):
        return self.to_device(self._generator.uniform(low, high, self._rows))

    def normal(self, scale):
        return self.to_device(self._generator.normal(0, scale, self._rows))

    def pick(self, count):
        """One of `count` for each row."""
        return upload(self._generator.integers(count, size=self._rows), self._device)

    def chance(self, share, among):
        """1 in a share of the rows where `among` [B] is true."""
        return self.to_device((self._generator.random(self._rows) < share) & among)


def spectral_gain(bins, draws, c, changed, telephone):
    """Gain [B, bins] of a microphone and, in some rows, a telephone line."""
    hertz = torch.linspace(0, RATE / 2, bins, device=telephone.device)[None]
    x = torch.log1p(hertz / 700) / math.log1p(RATE / 2 / 700) * math.pi
    db = sum(draws.normal(c.channel_db / k) * torch.cos(k * x) for k in (1, 2, 3))
    low, high = draws.uniform(150, 350), draws.uniform(3200, 3700)
    line = torch.sigmoid((hertz - low) / 30) * torch.sigmoid((high - hertz) / 60) + 1e-4
    return torch.where(changed > 0, decibels(db), 1.0) * torch.where(telephone > 0, line, 1.0)


def room_spectra(rows, n, draws, c, measured):
    """Transfer functions [B, n / 2 + 1] of rooms, made up or `measured`, late parts [rooms, length] of which there may be none."""
    length = max(int(c.room_decay_s[1] * RATE), measured.shape[1])
    t = torch.arange(length, device=rows.device)[None] / RATE
    decay = draws.uniform(*c.room_decay_s)
    late = torch.randn(len(rows), length, device=rows.device) * torch.exp(-6.9 * t / decay) * (t > DIRECT_S)
    if len(measured) > 0:
        is_measured = draws.chance(c.measured_room_share, np.ones(len(rows), bool))
        late = torch.where(is_measured > 0, F.pad(measured, (0, length - measured.shape[1]))[draws.pick(len(measured))], late)
    late = late / late.square().sum(1, keepdim=True).sqrt() / decibels(draws.uniform(*c.room_direct_db))
    late[:, 0] += 1
    return torch.where(rows > 0, torch.fft.rfft(late / late.square().sum(1, keepdim=True).sqrt(), n), 1.0)


def coloured_noise(n, draws, device):
    """[B, n], from bright to dark."""
    bins = n // 2 + 1
    slope = draws.uniform(0, 2)
    f = torch.arange(1, bins + 1, device=device)[None] / bins
    rows = len(slope)
    spectrum = torch.complex(torch.randn(rows, bins, device=device), torch.randn(rows, bins, device=device))
    return torch.fft.irfft(spectrum * f.pow(-slope / 2), n)


def warp_bands(log_mel, factor):
    """Reads band b at b * factor [B, 1]."""
    bands = log_mel.shape[2]
    position = (torch.arange(bands, device=log_mel.device)[None] * factor).clamp(max=bands - 1)
    low = position.floor().long().clamp(max=bands - 2)
    share = (position - low)[:, None]
    low = low[:, None].expand(-1, log_mel.shape[1], -1)
    return log_mel.gather(2, low) * (1 - share) + log_mel.gather(2, low + 1) * share


def mask_frames_and_bands(log_mel, lengths, draws, c, changed):
    """SpecAugment; masked places get the mean of their row. `lengths` [B, 1] in frames."""
    frames, bands = log_mel.shape[1:]
    time, band = torch.arange(frames, device=log_mel.device)[None], torch.arange(bands, device=log_mel.device)[None]
    mask_time, mask_band = torch.zeros_like(time, dtype=torch.bool), torch.zeros_like(band, dtype=torch.bool)
    for _ in range(c.time_masks):
        width = draws.uniform(0, 1) * (lengths * c.time_mask_share).clamp(max=c.time_mask_frames) * changed
        start = draws.uniform(0, 1) * (lengths - width)
        mask_time = mask_time | ((time >= start) & (time < start + width))
    for _ in range(c.band_masks):
        width = draws.uniform(0, c.band_mask_width) * changed
        start = draws.uniform(0, 1) * (bands - width)
        mask_band = mask_band | ((band >= start) & (band < start + width))
    fill = log_mel.mean((1, 2), keepdim=True)
    return torch.where(mask_time[:, :, None] | mask_band[:, None], fill, log_mel)


def frames_to_samples(seconds):
    return (seconds * RATE).astype(np.int64)
