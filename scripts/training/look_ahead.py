"""A small look-ahead: what a step gives rests on the steps behind it too, and comes so much later.

A row convolution above the recurrent layers, for each unit by itself: Wang et al. 2016, "Lookahead convolution layer for
unidirectional recurrent neural networks". The outputs that it waits for are a state like any other.
"""
import numpy as np
import torch
from torch import nn

HOP_MS = 10


def steps_of(milliseconds, frames_per_step):
    """Steps of a look-ahead that is stated in milliseconds."""
    step_ms = frames_per_step * HOP_MS
    if milliseconds < 0 or milliseconds % step_ms:
        raise SystemExit(f'a look-ahead of {milliseconds} ms was asked for, expected a multiple of a step, {step_ms} ms')
    return milliseconds // step_ms


class RowConvolution(nn.Module):
    """x [T, B, H] and the `steps` outputs before, [steps, B, H] -> [T, B, H] and the outputs that follow: row t is that of
    the step `steps` before, a weighted sum of its output and of those behind it."""

    def __init__(self, hidden, steps):
        super().__init__()
        self.steps = steps
        self.weight = nn.Parameter(torch.zeros(steps + 1, hidden))
        with torch.no_grad():
            self.weight[0] = 1  # a model that gets a look-ahead begins as it was without

    def forward(self, x, before):
        x = torch.cat([before, x])
        count = len(x) - self.steps
        return sum(x[i:i + count] * weight for i, weight in enumerate(self.weight)), x[count:]


def look_ahead_nodes(b, layer, x):
    """Adds the ONNX nodes of a `RowConvolution` over `x` [T, B, H] and the state `ahead`; returns the name of what it gives."""
    steps, axis = layer.steps, b.constant('look_ahead_axis', [0], np.int64)
    weights = layer.weight.numpy()
    b.constant('look_ahead_w', weights)
    b.node('Split', ['look_ahead_w', b.constant('look_ahead_sizes', [1] * (steps + 1), np.int64)],
           [f'look_ahead_w_{i}' for i in range(steps + 1)], axis=0)
    b.node('Concat', ['ahead', x], 'look_ahead_all', axis=0)
    b.node('Slice', ['look_ahead_all', b.constant('look_ahead_kept', [-steps], np.int64), 'far', axis], 'ahead_out')
    total = ''
    for i in range(steps + 1):
        end = b.constant(f'look_ahead_end_{i}', [i - steps], np.int64) if i < steps else 'far'
        b.node('Slice', ['look_ahead_all', b.constant(f'look_ahead_start_{i}', [i], np.int64), end, axis], f'look_ahead_{i}')
        tap = b.node('Mul', [f'look_ahead_{i}', f'look_ahead_w_{i}'], f'look_ahead_tap_{i}')
        total = b.node('Add', [total, tap], f'look_ahead_sum_{i}') if i else tap
    return total
