"""What training.align found out about the clips of a prepared folder, as the trainer uses it."""
import os
from dataclasses import dataclass

import numpy as np
import torch

FILE, MODEL = 'alignment.npz', 'model'  # the model is in the file, for who aligns again
DEFAULT_FRAMES_PER_STEP = 3  # where a file does not say
BEFORE_FRAMES = (30, 60)  # kept before the first character; a recurrent model spells late, so that speech begins before
AFTER_FRAMES = (20, 45)


@dataclass(frozen=True)
class Alignment:
    """`misfit` [clips]: nats a character by which the text is less likely than what the model hears, infinite where the
    two can not be aligned. `first`, `last` [clips]: frame of the first character and frame behind the last one.
    `phonemes`: of all clips' steps, one clip after the other, 0 where nothing is said; `starts` [clips + 1]: where each
    clip's begin, empty without pronunciation."""
    misfit: np.ndarray
    first: np.ndarray
    last: np.ndarray
    phonemes: np.ndarray
    starts: np.ndarray
    frames_per_step: int

    @staticmethod
    def model_of(folder):
        """`trained_model.digest_of` the model that aligned a prepared folder; None where nothing is aligned, empty where the file does not say."""
        path = os.path.join(folder, FILE)
        if not os.path.exists(path):
            return None
        with np.load(path) as arrays:
            return str(arrays[MODEL]) if MODEL in arrays else ''

    @staticmethod
    def read(folder, frames_per_step=None):
        """Of a prepared folder; an alignment of steps of another length than `frames_per_step` is refused, unless that is None."""
        path = os.path.join(folder, FILE)
        if not os.path.exists(path):
            raise SystemExit(f'{path} is missing: run python -m training.align first')
        with np.load(path) as arrays:
            found = dict(arrays)
        found.pop(MODEL, None)
        step = int(found.pop('frames_per_step', DEFAULT_FRAMES_PER_STEP))
        if frames_per_step not in (None, step):
            raise SystemExit(f'{path} is of steps of {step} frames, expected {frames_per_step} as --frames-per-step says: run '
                             f'python -m training.align again with a model of such steps')
        return Alignment(**found, frames_per_step=step)

    def trimmed_frames(self, frames):
        """Largest length of each clip after `trim`."""
        kept = self.last - self.first + BEFORE_FRAMES[1] + AFTER_FRAMES[1]
        return np.where(np.isfinite(self.misfit), np.minimum(frames, kept), frames)

    def trim(self, i, clip, g):
        """Clip i [frames, bands] without most of its silence, and the phoneme of its steps or None; g draws how much
        stays."""
        before, after = (int(torch.randint(low, high, (), generator=g)) for low, high in (BEFORE_FRAMES, AFTER_FRAMES))
        labels = self.phonemes[self.starts[i]:self.starts[i + 1]]
        if not np.isfinite(self.misfit[i]):
            return clip, None
        step = max(0, int(self.first[i]) - before) // self.frames_per_step
        clip = clip[step * self.frames_per_step: int(self.last[i]) + after]
        return clip, labels[step:] if len(labels) > 0 else None
