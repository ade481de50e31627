"""Augmentation of log-mel features [B, F, bands], in the energy domain E = exp(x) - 1.

Levels, noise, telephone band and channel act on energies as they do on sound, but for the cross term of speech and
noise, whose mean is zero. Speed is changed before (prepare.py). SpecAugment: Park et al. 2019, section 2.
"""
import math
from dataclasses import dataclass, replace

import torch


@dataclass(frozen=True)
class AugmentConfig:
    tempo: float = 0.06  # largest relative change of tempo
    warp: float = 0.08  # largest relative warp of the mel axis (vocal tract length, Jaitly and Hinton 2013)
    channel_db: float = 4.0  # standard deviation of a smooth gain over bands
    noise_share: float = 0.5
    noise_db: tuple = (5.0, 35.0)  # signal-to-noise ratio
    telephone_share: float = 0.12
    level_rms: tuple | None = (80.0, 5000.0)  # None: the level of the recording stays
    lead_frames: int = 50  # most frames of silence before
    tail_frames: tuple = (15, 60)
    time_masks: int = 2
    time_mask_share: float = 0.06  # of the clip, each
    band_masks: int = 2
    band_mask_width: int = 6

    def without(self, parts):
        """The same with the named parts of `PARTS` turned off."""
        return replace(self, **{field: value for part in parts for field, value in PARTS[part].items()})


# What can be left out, so that it can be measured what each brings.
PARTS = {
    'tempo': {'tempo': 0.0},
    'warp': {'warp': 0.0},
    'channel': {'channel_db': 0.0},
    'telephone': {'telephone_share': 0.0},
    'noise': {'noise_share': 0.0},
    'level': {'level_rms': None},
    'masks': {'time_masks': 0, 'band_masks': 0},
}


def _interpolate(x, positions):
    """Rows of x [N, D] at fractional positions [M], linearly."""
    low = positions.floor().long().clamp(0, len(x) - 1)
    high = (low + 1).clamp(max=len(x) - 1)
    share = (positions - low).clamp(0, 1)[:, None]
    return x[low] * (1 - share) + x[high] * share


def _uniform(g, low, high):
    return low + (high - low) * torch.rand((), generator=g).item()


def _reshape_time_and_pitch(clip, c, g):
    frames = max(2, round(len(clip) / _uniform(g, 1 - c.tempo, 1 + c.tempo)))
    clip = _interpolate(clip, torch.linspace(0, len(clip) - 1, frames))
    bands = clip.shape[1]
    return _interpolate(clip.t(), torch.arange(bands) * _uniform(g, 1 - c.warp, 1 + c.warp)).t()


def _channel(bands, c, g):
    """A smooth random gain a band, in nepers of energy."""
    x = torch.linspace(0, math.pi, bands)
    db = sum(torch.randn((), generator=g).item() * c.channel_db / k * torch.cos(k * x) for k in (1, 2, 3))
    return db * math.log(10) / 10


def _speech_energy(e):
    """Mean energy a band of the louder half of the frames."""
    level = e.mean(1)
    return e[level >= level.median()].mean()


def _noise(frames, bands, noises, g):
    """[frames, bands] energies of a recorded noise from a random place, or of a synthetic coloured one."""
    if noises and torch.rand((), generator=g) < 0.7:
        rows = noises[int(torch.randint(len(noises), (), generator=g))]
        start = int(torch.randint(len(rows), (), generator=g))
        return torch.expm1(rows[(start + torch.arange(frames)) % len(rows)])
    tilt = torch.linspace(0, _uniform(g, -5, 1), bands).exp() * torch.arange(1, bands + 1)
    # A band's energy is the sum of a few squared normal bins: a gamma variable, more regular where bands are wide.
    shape = torch.linspace(1, 6, bands).expand(frames, bands)
    return torch._standard_gamma(shape, generator=g) / shape * tilt


def _telephone(e, bands):
    low, high = round(bands * 0.09), round(bands * 0.72)  # 300 Hz and 3400 Hz on the mel axis up to 8 kHz
    e = e.clone()
    e[:, :low] *= 0.01
    e[:, high:] *= 1e-5
    return e


def _mask(x, c, g):
    fill = x.mean()
    frames, bands = x.shape
    for _ in range(c.time_masks):
        width = int(torch.randint(0, max(1, int(frames * c.time_mask_share)) + 1, (), generator=g))
        start = int(torch.randint(0, max(1, frames - width), (), generator=g))
        x[start:start + width] = fill
    for _ in range(c.band_masks):
        width = int(torch.randint(0, c.band_mask_width + 1, (), generator=g))
        start = int(torch.randint(0, bands - width, (), generator=g))
        x[:, start:start + width] = fill
    return x


def masked_views(x, c, g, views):
    """So many copies of `x`, each with masks of its own."""
    return [_mask(x.clone(), c, g) for _ in range(views)]


def augment(clip, noises, c, g, views=1):
    """One clip [frames, bands] -> so many views of it [other frames, bands], which differ in their masks; g is the torch.Generator
    that everything is drawn from."""
    e = torch.expm1(_reshape_time_and_pitch(clip, c, g))
    frames, bands = e.shape
    e = e * _channel(bands, c, g).exp()
    if torch.rand((), generator=g) < c.telephone_share:
        e = _telephone(e, bands)
    lead = int(torch.randint(0, c.lead_frames + 1, (), generator=g))
    tail = int(torch.randint(c.tail_frames[0], c.tail_frames[1] + 1, (), generator=g))
    loudness = _speech_energy(e).clamp(min=1e-3)
    e = torch.cat([torch.zeros(lead, bands), e, torch.zeros(tail, bands)])
    if torch.rand((), generator=g) < c.noise_share:
        noise = _noise(len(e), bands, noises, g)
        e = e + noise * (loudness / noise.mean().clamp(min=1e-3)) * 10 ** (-_uniform(g, *c.noise_db) / 10)
    if c.level_rms:
        # A window of white noise of rms r has about 96 r² in a bin and a few bins in a band.
        rms = math.exp(_uniform(g, math.log(c.level_rms[0]), math.log(c.level_rms[1])))
        e = e * (rms * rms * 800 / loudness)
    x = torch.log1p(e.clamp(max=1e13))
    return masked_views(x, c, g, views)


def add_tail(clip, frames):
    """Digital silence behind a clip, as the agent adds at the end of a stream."""
    return torch.cat([clip, torch.zeros(frames, clip.shape[1])])
