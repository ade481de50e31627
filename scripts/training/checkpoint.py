"""Checkpoints that are either whole or not there, also after a power cut."""
import os

import torch


def save_checkpoint(path, state):
    with open(path + '.new', 'wb') as f:
        torch.save(state, f)
        f.flush()
        os.fsync(f.fileno())
    os.replace(path + '.new', path)


def load_checkpoint(path):
    return torch.load(path, map_location='cpu', weights_only=True)
