"""The model computes a stream in pieces as it does in one go, for every cell, and its graph agrees."""
import onnx
import pytest
import torch

from training.export import TOLERANCE, check
from training.graph import build_graph
from training.model import CELLS, AcousticModel, ModelConfig

CELL_NAMES = sorted(CELLS)


def make(cell):
    torch.manual_seed(0)
    config = ModelConfig(cell=cell, hidden=24, layers=2)
    return AcousticModel(config, torch.zeros(40), torch.ones(40)).eval().requires_grad_(False)


@pytest.mark.parametrize('cell', CELL_NAMES)
def test_pieces_equal_the_whole(cell):
    model, x = make(cell), torch.randn(2, 30, 40)
    whole, _ = model(x, model.initial_states(2, x))
    states, pieces = model.initial_states(2, x), []
    for piece in x.split([3, 12, 6, 9], 1):
        heads, states = model(piece, states)
        pieces.append(heads['characters'])
    assert torch.allclose(torch.cat(pieces, 1), whole['characters'], atol=1e-5)


@pytest.mark.parametrize('cell', CELL_NAMES)
def test_the_onnx_graph_agrees(cell, tmp_path):
    model, path = make(cell), str(tmp_path / 'model.onnx')
    onnx.save(build_graph(model, 'test'), path)
    assert check(model, path) < TOLERANCE


def test_recurrent_dropout_changes_the_training_alone():
    torch.manual_seed(0)
    config = ModelConfig(hidden=24, layers=2, dropout=0.0, recurrent_dropout=0.5)
    model, x = AcousticModel(config, torch.zeros(40), torch.ones(40)), torch.randn(2, 30, 40)

    def heard():
        return model(x, model.initial_states(2, x))[0]['characters']

    first, second = heard(), heard()
    assert not torch.allclose(first, second)
    first.sum().backward()
    assert model.layers[1].weight_hh_l0.grad.abs().sum() > 0
    model.eval()
    assert torch.equal(heard(), heard())
