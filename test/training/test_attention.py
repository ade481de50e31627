"""Recurrent layers with attention over a bounded window: a stream in pieces is the whole, in torch and in every graph."""
import numpy as np
import pytest
import torch
from streams import graph_error, in_pieces, save_bundle, smaller_graph_error
from tiny_data import TINY, write_data

from training.attention import WindowAttention
from training.export import TOLERANCE
from training.model import CELLS, AcousticModel, ModelConfig
from training.train import Trainer, arguments
from training.warm_start import warm_start

WINDOW = 4
# Mean difference of log-probabilities. Without the attention it is 3.6, with the distances the wrong way round 0.25.
SMALLER = {'fp16': 0.01, 'int8': 0.1}


def make(cell='gru', window=WINDOW, seed=0):
    """A model whose attention matters: fresh ones add nothing."""
    torch.manual_seed(seed)
    config = ModelConfig(cell=cell, hidden=24, layers=3, attention_window=window, attention_size=12, attention_heads=3)
    model = AcousticModel(config, torch.zeros(40), torch.ones(40)).eval().requires_grad_(False)
    for parameter in model.attention.parameters() if window else ():
        parameter.normal_(0, 0.7)
    return model


def attend_step_by_step(attention, x):
    """The same with a list of the keys and values in sight, and sums over them: what the class says in one sentence."""
    shape = (attention.heads, attention.size // attention.heads)
    memory = [(torch.zeros(shape), torch.zeros(shape))] * (attention.window - 1)
    rows = []
    for step in x:
        query, key, value = (part.view(shape) for part in attention.query_key_value(attention.norm(step)).chunk(3))
        memory = [*memory[1 - attention.window:], (key, value)]
        mixed = []
        for h in range(attention.heads):
            scores = [float(query[h] @ k[h]) / shape[1] ** 0.5 + float(attention.distance_bias[h, len(memory) - 1 - j])
                      for j, (k, _) in enumerate(memory)]
            weights = np.exp(scores) / np.exp(scores).sum()
            mixed.append(sum(w * v[h] for w, (_, v) in zip(weights.tolist(), memory)))
        rows.append(attention.out(torch.cat(mixed)))
    return torch.stack(rows)


def test_attention_is_what_a_loop_over_the_steps_in_sight_gives():
    attention, x = make().attention, torch.randn(11, 2, 24)
    states = [torch.zeros(2, WINDOW - 1, 12)] * 2
    got, _ = attention(x, states)
    for b in range(2):
        assert torch.allclose(got[:, b], attend_step_by_step(attention, x[:, b]), atol=1e-5)


@pytest.mark.parametrize('cell', sorted(CELLS))
def test_pieces_equal_the_whole(cell):
    model, x = make(cell), torch.randn(2, 30, 40)
    whole, _ = model(x, model.initial_states(2, x))
    assert torch.allclose(in_pieces(model, x), whole['characters'], atol=1e-5)


@pytest.mark.parametrize('cell', sorted(CELLS))
def test_the_onnx_graph_agrees(cell, tmp_path):
    assert graph_error(make(cell), str(tmp_path / 'model.onnx')) < TOLERANCE


@pytest.mark.parametrize('precision', SMALLER)
def test_the_smaller_graphs_are_close_to_the_model_in_pieces_of_a_stream(precision, tmp_path):
    model, x = make(), torch.randn(2, 30, 40)
    assert smaller_graph_error(model, x, precision, str(tmp_path / 'model.onnx')) < SMALLER[precision]


def test_a_window_of_one_step_and_a_size_that_heads_do_not_divide_are_refused():
    with pytest.raises(ValueError, match='expected a window of at least 2 steps'):
        WindowAttention(24, 1, 12, 3)
    with pytest.raises(ValueError, match='a multiple of the heads, got 4, 10 and 3'):
        WindowAttention(24, 4, 10, 3)


def test_a_model_that_gets_attention_begins_as_the_one_without_that_it_starts_from(tmp_path):
    shipped, x = make(window=0), torch.randn(1, 30, 40)
    save_bundle(shipped, tmp_path)
    config = ModelConfig(hidden=24, layers=3, attention_window=WINDOW)
    fresh = AcousticModel(config, torch.zeros(40), torch.ones(40)).eval().requires_grad_(False)
    warm_start(str(tmp_path), fresh)
    assert torch.allclose(in_pieces(fresh, x), in_pieces(shipped, x), atol=1e-5)


def test_a_bundle_with_attention_starts_a_model_with_the_same_and_no_other(tmp_path):
    shipped, fresh, x = make(seed=1), make(seed=2), torch.randn(1, 30, 40)
    save_bundle(shipped, tmp_path)
    warm_start(str(tmp_path), fresh)
    assert torch.allclose(in_pieces(fresh, x), in_pieces(shipped, x), atol=1e-5)
    with pytest.raises(SystemExit, match='attention.distance_bias is .3, 4. there, .3, 6. here'):
        warm_start(str(tmp_path), make(window=6))
    with pytest.raises(SystemExit, match='attention.distance_bias is .3, 4. there, None here'):
        warm_start(str(tmp_path), make(window=0))


def test_the_trainer_teaches_the_attention_layer_with_states_carried_on(tmp_path):
    write_data(tmp_path / 'data')
    (tmp_path / 'run').mkdir()
    options = ['--cell', 'lstm', '--attention-window', '6', '--updates', '6', '--bptt-steps', '9', '--layers', '2']
    trainer = Trainer(arguments(['--data', str(tmp_path / 'data'), '--run', str(tmp_path / 'run'), *TINY, *options]))
    trainer.run()
    assert trainer.model.attention.out.weight.abs().min() > 0  # zeros before
    assert torch.isfinite(trainer.course.flat.values).all()
