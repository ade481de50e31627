"""The int8 graph stays close to the model, carries its states, and no stream of a batch changes another's result."""
import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from training.int8_graph import build_int8_graph, layer_ranges
from training.model import AcousticModel, ModelConfig


def make(cell='gru'):
    torch.manual_seed(0)
    config = ModelConfig(cell=cell, hidden=48, layers=3)
    return AcousticModel(config, torch.zeros(40), torch.ones(40)).eval().requires_grad_(False)


@pytest.fixture(scope='module')
def case(tmp_path_factory):
    model, x = make(), torch.randn(3, 36, 40)
    path = str(tmp_path_factory.mktemp('int8') / 'model.onnx')
    onnx.save(build_int8_graph(model, layer_ranges(model, [x]), 'test'), path)
    return model, x, onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])


def run(session, x, states):
    names = ['log_probs_characters', 'log_probs_phonemes', 'context_out', 'hidden_out']
    return session.run(names, {'features': x.numpy(), 'context': states[0], 'hidden': states[1]})


def start(model, x):
    return [s.numpy() for s in model.initial_states(len(x), x)]


def test_log_probs_are_close_to_those_of_the_model(case):
    model, x, session = case
    expected, _ = model(x, model.initial_states(3, x))
    got = run(session, x, start(model, x))
    for value, head in zip(got, ('characters', 'phonemes')):
        difference = np.abs(value - expected[head].numpy())
        assert difference.mean() < 0.02 and difference.max() < 0.2


def test_pieces_equal_the_whole(case):
    model, x, session = case
    whole = run(session, x, start(model, x))
    states, pieces = start(model, x), []
    for piece in x.split([3, 12, 21], 1):
        characters, _, *states = run(session, piece.contiguous(), states)
        pieces.append(characters)
    assert np.abs(np.concatenate(pieces, 1) - whole[0]).max() < 1e-5


def test_a_loud_stream_beside_it_changes_nothing(case):
    model, x, session = case
    alone = run(session, x[:1], start(model, x[:1]))
    batch = torch.cat([x[:1], 50 * x[1:]])
    together = run(session, batch, start(model, batch))
    assert np.abs(together[0][0] - alone[0][0]).max() < 1e-5


def test_other_cells_are_refused():
    with pytest.raises(ValueError, match='lstm'):
        build_int8_graph(make('lstm'), [1, 1, 1], 'test')
