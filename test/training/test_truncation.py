"""Truncated back-propagation changes gradients, never what is computed."""
import pytest
import torch

from training.model import AcousticModel, ModelConfig
from training.recording import hear


def gradients(model, mfcc, bptt_steps):
    model.zero_grad()
    heads = hear(model, mfcc, bptt_steps)
    heads['characters'][:, -1].sum().backward()  # the last step alone: what comes back from it is seen in full
    return heads, model.layers[0].weight_hh_l0.grad.clone()


@pytest.mark.parametrize('cell', ['gru', 'lstm', 'rnn'])
def test_outputs_are_the_same_and_gradients_end_at_the_borders(cell):
    torch.manual_seed(1)
    model = AcousticModel(ModelConfig(cell=cell, hidden=16, layers=2, dropout=0.0), torch.zeros(40), torch.ones(40)).train()
    mfcc = torch.randn(2, 47, 40)  # 15 steps and two frames that make none
    whole, full = gradients(model, mfcc, 0)
    longer, same = gradients(model, mfcc, 100)
    pieces, cut = gradients(model, mfcc, 4)
    assert whole['characters'].shape == pieces['characters'].shape == (2, 15, 29)
    for heads in (longer, pieces):
        assert torch.allclose(heads['characters'], whole['characters'], atol=2e-2 if cell == 'gru' else 1e-5)
    assert torch.allclose(same, full, rtol=1e-4, atol=1e-6)
    assert not torch.allclose(cut, full, rtol=1e-2)


@pytest.mark.parametrize('look_ahead_steps', [0, 2])
@pytest.mark.parametrize('frames', range(24, 37))  # all remainders of four steps of three frames
def test_frames_that_make_no_step_change_nothing(frames, look_ahead_steps):
    torch.manual_seed(3)
    config = ModelConfig(cell='lstm', hidden=8, layers=1, look_ahead_steps=look_ahead_steps)
    model, mfcc = AcousticModel(config, torch.zeros(40), torch.ones(40)).eval(), torch.randn(2, frames, 40)
    whole, pieces = hear(model, mfcc), hear(model, mfcc, 4)
    assert pieces['characters'].shape[1] == frames // 3
    assert torch.allclose(pieces['characters'], whole['characters'], atol=1e-5)


def test_a_step_before_the_border_gets_no_gradient():
    torch.manual_seed(2)
    model = AcousticModel(ModelConfig(cell='lstm', hidden=8, layers=1, dropout=0.0), torch.zeros(40), torch.ones(40)).train()
    mfcc = torch.randn(1, 24, 40, requires_grad=True)
    hear(model, mfcc, 4)['phonemes'][0, 7].sum().backward()
    assert mfcc.grad[0, :9].abs().sum() == 0  # but for the frames that the first step behind the border still sees
    assert mfcc.grad[0, 12:].abs().sum() > 0
