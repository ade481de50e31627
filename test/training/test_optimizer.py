"""Muon equalises the singular values, fits a small problem, and its state survives a checkpoint."""
import pytest
import torch
from torch import nn

from training.optimizer import Optimizer, orthogonalise
from training.parallel import FlatParameters


def test_directions_have_nearly_equal_singular_values():
    torch.manual_seed(0)
    for rows, columns in ((48, 48), (48, 20), (20, 48)):
        # Singular values spread over a factor of 100.
        u, _, v = torch.linalg.svd(torch.randn(2, rows, columns), full_matrices=False)
        x = u * torch.logspace(0, -2, min(rows, columns)) @ v
        values = torch.linalg.svdvals(orthogonalise(x))
        assert values.max() < 1.35 and values.min() > 0.3
        # The directions stay: only the values change.
        assert torch.nn.functional.cosine_similarity(orthogonalise(x).flatten(), (u @ v).flatten(), dim=0) > 0.95


class Small(nn.Module):
    def __init__(self, tokens=3):
        super().__init__()
        torch.manual_seed(1)
        self.layers = nn.ModuleList([nn.GRU(6, 8)])
        self.heads = nn.ModuleDict({'characters': nn.Linear(8, tokens)})

    def forward(self, x):
        return self.heads['characters'](self.layers[0](x)[0])


def fit(kind, steps, interrupted_at=None):
    """Losses of a model that learns to copy three of its inputs."""
    model = Small()
    flat = FlatParameters(model, 1)
    optimizer = Optimizer(flat, kind, 8, 1e-3)
    x = torch.randn(12, 16, 6, generator=torch.Generator().manual_seed(2))
    losses = []
    for step in range(steps):
        if step == interrupted_at:
            state = optimizer.state_dict()
            optimizer = Optimizer(flat, kind, 8, 1e-3)
            optimizer.load_state_dict(state)
        flat.collect_into(0)
        loss = (model(x) - x[..., :3]).square().mean()
        loss.backward()
        optimizer.step(flat.gradients[0].clone(), 0.01)
        losses.append(loss.item())
    return losses


def test_both_optimizers_learn():
    for kind in ('adamw', 'muon'):
        losses = fit(kind, 150)
        assert losses[-1] < 0.25 * losses[0], kind


@pytest.mark.parametrize('tokens', [3, 16])  # a head of 16 tokens has the height of two gates
def test_muon_steps_the_recurrent_matrices_only_and_adamw_the_rest(tokens):
    model = Small(tokens)
    flat = FlatParameters(model, 1)
    before = [p.detach().clone() for p in flat.parameters]
    Optimizer(flat, 'muon', 8, 0.0).step(torch.ones_like(flat.values), 0.01)
    for old, new in zip(before, flat.parameters):
        change = (new.detach() - old).abs()
        if new.dim() == 2 and new.shape[0] == 24:
            # A gradient of ones has rank 1 a gate: the step is spread evenly, and far from AdamW's rate an element.
            assert 0 < change.max() < 0.009
        else:
            assert torch.allclose(change, torch.full_like(change, 0.01), rtol=1e-3)


def test_a_checkpoint_keeps_the_momenta():
    assert fit('muon', 20) == fit('muon', 20, interrupted_at=10)
