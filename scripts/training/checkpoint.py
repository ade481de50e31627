"""Checkpoints that are either whole or not there."""
import os

import torch


def save_checkpoint(path, state):
    torch.save(state, path + '.new')
    os.replace(path + '.new', path)


def load_checkpoint(path):
    return torch.load(path, map_location='cpu', weights_only=True)
