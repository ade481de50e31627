"""AdamW for all parameters, or Muon for the recurrent matrices and AdamW for the rest.

Muon steps along the momentum with all its singular values made equal:
Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; the scale that lets it share AdamW's
learning rate is from Liu et al. 2025, "Muon is scalable for LLM training", section 2.2.
"""
import itertools

import torch

from .fast_gru import product_type

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
RECURRENT = 'layers.'  # before the names of the parameters of recurrent layers
UPDATE_RMS = 0.2  # of an AdamW step at the same learning rate


def orthogonalise(x, steps=5):
    """Nearest (semi-)orthogonal matrices of x [N, R, C], R >= C, by a quintic Newton-Schulz iteration, in bf16 where
    that is fast."""
    a, b, c = NEWTON_SCHULZ
    y = x.transpose(1, 2)
    y = (y / (y.norm(dim=(1, 2), keepdim=True) + 1e-7)).to(product_type())
    for _ in range(steps):
        gram = torch.bmm(y, y.transpose(1, 2))
        y = torch.baddbmm(y, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), y, beta=a)
    return y.float().transpose(1, 2)


class Muon:
    """Steps the recurrent layers' matrices; each gate's [H, I] block counts as a matrix of its own."""

    def __init__(self, matrices, height, iterations, momentum=0.95):
        self._height, self._iterations, self._decay = height, iterations, momentum
        self.momenta = [torch.zeros_like(m) for m in matrices]
        self._matrices = matrices

    @torch.no_grad()
    def step(self, gradients, learning_rate, weight_decay):
        for width in {m.shape[1] for m in self._matrices}:
            chosen = [i for i, m in enumerate(self._matrices) if m.shape[1] == width]
            pushes = []
            for i in chosen:
                self.momenta[i].lerp_(gradients[i], 1 - self._decay)
                pushes.append(gradients[i].lerp(self.momenta[i], self._decay).view(-1, self._height, width))
            directions = orthogonalise(torch.cat(pushes), self._iterations).reshape(len(chosen), -1, width)
            size = learning_rate * UPDATE_RMS * max(self._height, width) ** 0.5
            for i, direction in zip(chosen, directions):
                self._matrices[i].mul_(1 - learning_rate * weight_decay).sub_(direction, alpha=size)


class Optimizer:
    """Steps the values of `flat` (see parallel.FlatParameters), whose first parameters are the recurrent matrices."""

    def __init__(self, flat, kind, height, weight_decay, muon_iterations=5):
        self._flat, self._weight_decay = flat, weight_decay
        recurrent = []
        if kind == 'muon':
            named = itertools.takewhile(lambda item: item[0].startswith(RECURRENT) and item[1].dim() == 2, zip(flat.names, flat.parameters))
            recurrent = [p for _, p in named]
        self._shapes = [p.shape for p in recurrent]
        self._muon = Muon([p.data for p in recurrent], height, muon_iterations)
        self._start = sum(p.numel() for p in recurrent)
        matrices, rest = flat.values[self._start: flat.decayed], flat.values[flat.decayed:]
        self._adamw = torch.optim.AdamW(
            [{'params': [matrices], 'weight_decay': weight_decay}, {'params': [rest], 'weight_decay': 0.0}],
            lr=0.0, betas=(0.9, 0.98), fused=True)

    def step(self, gradient, learning_rate):
        """`gradient`: flat, of all parameters."""
        parts = gradient[: self._start].split([s.numel() for s in self._shapes])
        self._muon.step([g.view(s) for g, s in zip(parts, self._shapes)], learning_rate, self._weight_decay)
        for group in self._adamw.param_groups:
            group['lr'] = learning_rate
        matrices, rest = (group['params'][0] for group in self._adamw.param_groups)
        matrices.grad, rest.grad = gradient[self._start: self._flat.decayed], gradient[self._flat.decayed:]
        self._adamw.step()

    def state_dict(self):
        return {'adamw': self._adamw.state_dict(), 'momenta': self._muon.momenta}

    def load_state_dict(self, state):
        self._adamw.load_state_dict(state['adamw'])
        for momentum, kept in zip(self._muon.momenta, state['momenta'], strict=True):
            momentum.copy_(kept)
