"""Checkpoints that are either whole or not there, also after a power cut."""
import os

import torch

from .files import whole_file


def save_checkpoint(path, state):
    with whole_file(path, 'wb') as f:
        torch.save(state, f)
        f.flush()
        os.fsync(f.fileno())


def load_checkpoint(path):
    return torch.load(path, map_location='cpu', weights_only=True)
