"""The fast GRU is held to torch.nn.GRU: states, gradients, carried state."""
import pytest
import torch

from training.fast_gru import available, fast_gru

pytestmark = pytest.mark.skipif(not available(), reason='the extension does not compile on this machine')
STEPS, BATCH, INPUT, HIDDEN = 40, 6, 48, 64


@pytest.fixture
def case():
    torch.manual_seed(0)
    x = torch.randn(STEPS, BATCH, INPUT, requires_grad=True)
    return torch.nn.GRU(INPUT, HIDDEN), x, torch.randn(BATCH, HIDDEN) * 0.5


def relative(a, b):
    return ((a - b).norm() / b.norm()).item()


def test_states_and_the_last_state_equal_those_of_torch(case):
    layer, x, h0 = case
    expected, last = layer(x, h0[None])
    states, final = fast_gru(x, layer, h0)
    assert (states.float() - expected).abs().max() < 1e-2
    assert (final - last[0]).abs().max() < 1e-2


def test_gradients_equal_those_of_torch(case):
    layer, x, h0 = case
    weight = torch.randn(STEPS, BATCH, HIDDEN)
    (layer(x, h0[None])[0] * weight).sum().backward()
    expected = [x.grad.clone(), *(p.grad.clone() for p in layer.parameters())]
    x.grad = None
    layer.zero_grad()
    (fast_gru(x, layer, h0)[0].float() * weight).sum().backward()
    for got, wanted in zip([x.grad, *(p.grad for p in layer.parameters())], expected):
        assert relative(got, wanted) < 1e-2


def test_two_halves_with_the_state_carried_equal_the_whole(case):
    layer, x, h0 = case
    whole, _ = fast_gru(x, layer, h0)
    first, middle = fast_gru(x[:20], layer, h0)
    second, _ = fast_gru(x[20:], layer, middle)
    assert torch.equal(torch.cat([first, second]), whole)
