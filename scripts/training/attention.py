"""Causal attention over a bounded window of steps, whose memory is two tensors like a cell's.

Vaswani et al. 2017, "Attention is all you need", section 3.2, with a learnt bias a distance as in Shaw et al. 2018,
"Self-attention with relative position representations". A step sees itself and the `window - 1` steps before; keys and
values of these are states. Steps before the first are zeros, keys and values alike: the softmax counts them, in training
as in a stream, so that nothing has to say how much of the window is filled.
"""
import torch
from torch import nn


class WindowAttention(nn.Module):
    """x [T, B, H] -> what is added to it [T, B, H]; states: keys and values of the last `window - 1` steps, [B, window - 1, A]."""

    def __init__(self, hidden, window, size, heads):
        super().__init__()
        if window < 2 or size % heads:
            raise ValueError(f'expected a window of at least 2 steps and a size that is a multiple of the heads, got {window}, '
                             f'{size} and {heads}')
        self.window, self.size, self.heads = window, size, heads
        self.out = nn.Linear(size, hidden)  # AdamW steps it, as all matrices here; the order is that of the checkpoints
        self.query_key_value = nn.Linear(hidden, 3 * size)
        self.distance_bias = nn.Parameter(torch.zeros(heads, window))  # [h, d]: to the step d before
        self.norm = nn.LayerNorm(hidden)
        for parameter in self.out.parameters():  # a model that gets attention begins as it was without
            nn.init.zeros_(parameter)

    def _bias(self, steps):
        """[heads, T, window - 1 + T]: of each distance; -inf for steps to come and steps that are out of the window."""
        d = self.distance_bias.device
        back = torch.arange(steps, device=d)[:, None] + self.window - 1 - torch.arange(self.window - 1 + steps, device=d)
        visible = (back >= 0) & (back < self.window)
        return self.distance_bias[:, back.clamp(0, self.window - 1)].masked_fill(~visible, float('-inf'))

    def _split(self, x):
        """[B, N, A] -> [B, heads, N, A / heads]"""
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)

    def forward(self, x, states):
        q, k, v = self.query_key_value(self.norm(x)).transpose(0, 1).chunk(3, 2)
        keys, values = (torch.cat([before, now], 1) for before, now in zip(states, (k, v)))
        kept = slice(keys.shape[1] - self.window + 1, None)
        scores = self._split(q) @ self._split(keys).transpose(2, 3) * (self.size // self.heads) ** -0.5
        mixed = (scores + self._bias(len(x))).softmax(-1) @ self._split(values)
        return self.out(mixed.permute(2, 0, 1, 3).flatten(2)), [keys[:, kept], values[:, kept]]
