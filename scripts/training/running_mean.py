"""Normalisation by a running mean: what a microphone or a voice adds to every frame goes, as far as it has been heard.

A first-order recurrence over the frames, mean(t) = keep · mean(t - 1) + (1 - keep) · x(t), as for cepstra in Viikki and Laurila
1998, "Cepstral domain segmental feature vector normalization for noise robust speech recognition". Its state is one more tensor
of the model; zeros, the mean of the training data, are its start.
"""
import math

import numpy as np
import torch
from torch import nn

HOP_MS = 10
NODE, STATE = 'running_mean_recurrence', 'average'  # names in the ONNX graph
BLOCK = 256  # frames that are averaged in one product


def keep_of(milliseconds):
    """What is left of the mean from frame to frame, for a time constant: after it 1 / e of what was before is left."""
    return math.exp(-HOP_MS / milliseconds)


def milliseconds_of(keep):
    """The time constant of `keep_of`."""
    return round(-HOP_MS / math.log(keep))


class RunningMean(nn.Module):
    """x [B, F, D] and the mean before, [1, B, D] -> x less the mean at each frame, itself included, and the mean that follows."""

    def __init__(self, milliseconds):
        super().__init__()
        self.register_buffer('keep', torch.tensor(keep_of(milliseconds)))

    def forward(self, x, before):
        last, parts = before[0], []
        for block in x.split(BLOCK, 1):
            t = torch.arange(block.shape[1], device=x.device)
            ages = t[:, None] - t[None]
            weights = torch.where(ages >= 0, self.keep ** ages.clamp(min=0), 0.0) * (1 - self.keep)
            mean = weights @ block + (self.keep ** (t + 1))[:, None] * last[:, None]
            last = mean[:, -1]
            parts.append(block - mean)
        return torch.cat(parts, 1), last[None]


def running_mean_nodes(b, layer, x, coefficients):
    """Adds the ONNX nodes of a `RunningMean` over `x` [B, F, D] and the state `average`; returns the name of what it gives. The
    recurrence is a plain RNN without its tanh."""
    keep = float(layer.keep)
    one = np.eye(coefficients, dtype=np.float32)[None]
    weights = [b.constant('running_mean_w', (1 - keep) * one), b.constant('running_mean_r', keep * one)]
    b.node('Transpose', [x], 'running_mean_frames', perm=[1, 0, 2])
    b.node('RNN', ['running_mean_frames', *weights, '', '', STATE], ['running_mean_all', f'{STATE}_out'], name=NODE, hidden_size=coefficients,
           activations=['Affine'], activation_alpha=[1.0], activation_beta=[0.0])
    b.node('Squeeze', ['running_mean_all', 'axis_1'], 'running_mean_rows')
    b.node('Transpose', ['running_mean_rows'], 'running_mean', perm=[1, 0, 2])
    return b.node('Sub', [x, 'running_mean'], 'normalised')
