"""A look-ahead: the rows of whole recordings are in line with the sound, and a stream in pieces gives the same ones later."""
import pytest
import torch
from streams import graph_error, in_pieces, save_bundle, smaller_graph_error
from tiny_data import TINY, write_data

from training.export import TOLERANCE
from training.look_ahead import RowConvolution, steps_of
from training.model import CELLS, AcousticModel, ModelConfig
from training.recording import hear
from training.train import Trainer, arguments
from training.warm_start import warm_start

STEPS = 3
SMALLER = {'fp16': 0.01, 'int8': 0.1}  # mean difference of log-probabilities


def make(cell='gru', steps=STEPS, seed=0, **more):
    """A model whose look-ahead matters: fresh ones only wait."""
    torch.manual_seed(seed)
    config = ModelConfig(cell=cell, hidden=24, layers=2, look_ahead_steps=steps, **more)
    model = AcousticModel(config, torch.zeros(40), torch.ones(40)).eval().requires_grad_(False)
    if steps:
        model.look_ahead.weight.normal_(0, 0.7)
    return model


def padded(x):
    """With the silence that a look-ahead needs behind it."""
    return torch.cat([x, torch.zeros(len(x), 3 * STEPS, 40)], 1)


def test_milliseconds_are_whole_steps():
    assert [steps_of(ms, 3) for ms in (0, 30, 90, 180)] == [0, 1, 3, 6]
    for ms in (40, -30):
        with pytest.raises(SystemExit, match=f'{ms} ms was asked for, expected a multiple of a step, 30 ms'):
            steps_of(ms, 3)


def test_a_row_is_the_weighted_sum_of_a_step_and_of_those_behind_it():
    layer, x = RowConvolution(5, 2), torch.randn(9, 2, 5)
    torch.nn.init.normal_(layer.weight)
    got, following = layer(x, torch.zeros(2, 2, 5))
    for t in range(7):
        assert torch.allclose(got[t + 2], sum(x[t + i] * layer.weight[i] for i in range(3)), atol=1e-6)
    assert torch.equal(following, x[-2:])


def test_a_fresh_layer_only_waits():
    x = torch.randn(9, 2, 5)
    got, _ = RowConvolution(5, 2)(x, torch.zeros(2, 2, 5))
    assert torch.equal(got[2:], x[:-2])


@pytest.mark.parametrize('cell', sorted(CELLS))
@pytest.mark.parametrize('window', [0, 4])
def test_a_stream_in_pieces_gives_the_rows_of_the_whole_recording_later(cell, window):
    model, x = make(cell, attention_window=window), torch.randn(2, 30, 40)
    whole = hear(model, x)['characters']
    assert whole.shape[1] == 10
    stream = in_pieces(model, padded(x), (3, 12, 3, 12, 9))
    assert torch.allclose(stream[:, STEPS:], whole, atol=1e-5)


def test_the_last_rows_rest_on_the_silence_behind_the_recording():
    model, x = make(), torch.randn(1, 30, 40)
    changed = x.clone()
    changed[:, 27:] = 0  # the last step
    rows, others = hear(model, x)['characters'][0], hear(model, changed)['characters'][0]
    same = [torch.allclose(row, other) for row, other in zip(rows, others)]
    assert same == [True] * 6 + [False] * 4  # the step itself and the three that look at it


def test_the_head_of_frames_is_not_delayed():
    model, x = make(frame_head=True, dropout=0.0), torch.randn(1, 30, 40)
    model.train()
    plain, _ = model(x, model.initial_states(1, x))
    assert torch.allclose(hear(model, x)['frames'], plain['frames'], atol=1e-2)


@pytest.mark.parametrize('cell', sorted(CELLS))
def test_the_onnx_graph_agrees(cell, tmp_path):
    assert graph_error(make(cell), str(tmp_path / 'model.onnx')) < TOLERANCE


@pytest.mark.parametrize('precision', SMALLER)
def test_the_smaller_graphs_are_close_to_the_model_in_pieces_of_a_stream(precision, tmp_path):
    model, x = make(), torch.randn(2, 30, 40)
    assert smaller_graph_error(model, x, precision, str(tmp_path / 'model.onnx')) < SMALLER[precision]


def test_a_model_that_gets_a_look_ahead_begins_as_the_one_without_that_it_starts_from(tmp_path):
    shipped, x = make(steps=0), torch.randn(1, 30, 40)
    save_bundle(shipped, tmp_path)
    config = ModelConfig(hidden=24, layers=2, look_ahead_steps=STEPS)
    fresh = AcousticModel(config, torch.zeros(40), torch.ones(40)).eval().requires_grad_(False)
    warm_start(str(tmp_path), fresh)
    assert torch.allclose(hear(fresh, x)['characters'], hear(shipped, x)['characters'], atol=1e-5)


def test_a_bundle_with_a_look_ahead_starts_a_model_with_the_same(tmp_path):
    shipped, fresh, x = make(seed=1), make(seed=2), torch.randn(1, 30, 40)
    save_bundle(shipped, tmp_path)
    warm_start(str(tmp_path), fresh)
    assert torch.allclose(hear(fresh, x)['characters'], hear(shipped, x)['characters'], atol=1e-5)


@pytest.mark.parametrize('bptt', ['0', '9'])
def test_the_trainer_teaches_the_look_ahead(bptt, tmp_path):
    write_data(tmp_path / 'data')
    (tmp_path / 'run').mkdir()
    options = ['--look-ahead-ms', '90', '--updates', '6', '--bptt-steps', bptt]
    trainer = Trainer(arguments(['--data', str(tmp_path / 'data'), '--run', str(tmp_path / 'run'), *TINY, *options]))
    trainer.run()
    assert trainer.model.look_ahead.weight[1:].abs().min() > 0  # zeros before
    assert torch.isfinite(trainer.course.flat.values).all()
