"""A running mean off the features: what it computes, and that a stream in pieces is the whole, in torch and in every graph."""
import onnx
import pytest
import torch
from onnx import numpy_helper
from streams import graph_error, in_pieces, save_bundle, smaller_graph_error
from tiny_data import TINY, write_data

from training.bundle_files import open_session
from training.export import TOLERANCE
from training.fp16_graph import build_fp16_graph
from training.graph import build_graph
from training.model import CELLS, AcousticModel, ModelConfig
from training.running_mean import BLOCK, NODE, RunningMean, keep_of, milliseconds_of
from training.train import Trainer, arguments
from training.trained_model import open_trained
from training.warm_start import warm_start

SMALLER = {'fp16': 0.01, 'int8': 0.1}  # mean difference of log-probabilities


def make(cell='gru', milliseconds=200, seed=0, **more):
    torch.manual_seed(seed)
    config = ModelConfig(cell=cell, hidden=24, layers=2, running_mean_ms=milliseconds, **more)
    return AcousticModel(config, torch.randn(40), torch.rand(40) + 0.5).eval().requires_grad_(False)


def test_it_is_what_a_loop_over_the_frames_gives_over_any_number_of_blocks():
    layer, x = RunningMean(500), torch.randn(2, BLOCK + 70, 5)
    mean = before = torch.randn(1, 2, 5)
    got, last = layer(x, before)
    keep = keep_of(500)
    for t in range(x.shape[1]):
        mean = keep * mean + (1 - keep) * x[:, t]
        assert torch.allclose(got[:, t], x[:, t] - mean[0], atol=1e-5)
    assert torch.allclose(last, mean, atol=1e-5)


def test_a_time_constant_is_the_time_after_which_a_constant_is_all_but_a_third_gone():
    assert milliseconds_of(keep_of(3000)) == 3000
    got, _ = RunningMean(1000)(torch.ones(1, 100, 1), torch.zeros(1, 1, 1))
    assert got[0, -1].item() == pytest.approx(0.368, abs=0.002)


@pytest.mark.parametrize('cell', sorted(CELLS))
@pytest.mark.parametrize('more', [{}, {'attention_window': 4, 'look_ahead_steps': 2}])
def test_pieces_equal_the_whole_and_the_onnx_graph(cell, more, tmp_path):
    model, x = make(cell, **more), torch.randn(2, 30, 40)
    whole, _ = model(x, model.initial_states(2, x))
    assert torch.allclose(in_pieces(model, x), whole['characters'], atol=1e-5)
    assert graph_error(model, str(tmp_path / 'model.onnx')) < TOLERANCE


@pytest.mark.parametrize('precision', SMALLER)
def test_the_smaller_graphs_are_close_to_the_model_in_pieces_of_a_stream(precision, tmp_path):
    assert smaller_graph_error(make(), torch.randn(2, 30, 40), precision, str(tmp_path / 'model.onnx')) < SMALLER[precision]


def test_the_mean_stays_exact_in_fp16_over_half_a_minute(tmp_path):
    model, path = make(milliseconds=5000), str(tmp_path / 'model.onnx')
    onnx.save(build_fp16_graph(build_graph(model, 'test')), path)
    session, names = open_session(path), list(model.state_shapes)
    loud = (model.mean + model.std).expand(1, 3, 40).contiguous().numpy()  # each coefficient one deviation above its mean
    fed = {n: s.numpy() for n, s in zip(names, model.initial_states(1, model.mean))}
    for _ in range(1000):
        fed = dict(zip(names, session.run([f'{n}_out' for n in names], {'features': loud, **fed})))
    assert fed['average'] == pytest.approx(1 - keep_of(5000) ** 3000, abs=0.003)


def test_what_is_kept_and_what_is_added_stay_exact_in_fp16():
    model = make(milliseconds=5000)
    graph = build_fp16_graph(build_graph(model, 'test')).graph
    constants = {c.name: numpy_helper.to_array(c) for c in graph.initializer}
    node = next(n for n in graph.node if n.name == NODE)
    added, kept = (constants[name][0, 0, 0] for name in node.input[1:3])
    assert added.dtype == kept.dtype == 'float32' and (added, kept) == pytest.approx((1 - keep_of(5000), keep_of(5000)), rel=1e-5)


def test_a_bundle_is_opened_and_gone_on_from(tmp_path):
    model, x = make(), torch.randn(2, 30, 40)
    save_bundle(model, tmp_path)
    opened = open_trained(str(tmp_path)).eval()
    assert opened.config.running_mean_ms == 200
    assert torch.allclose(in_pieces(opened, x), in_pieces(model, x), atol=1e-5)
    with pytest.raises(SystemExit, match='running_mean.keep is .* there, None here'):
        warm_start(str(tmp_path), make(milliseconds=0))


def test_a_model_that_gets_one_starts_from_a_model_without(tmp_path):
    save_bundle(make(milliseconds=0), tmp_path)
    model = make(seed=1)
    warm_start(str(tmp_path), model)
    assert torch.equal(model.layers[0].weight_hh_l0, make(milliseconds=0).layers[0].weight_hh_l0)
    assert model.running_mean.keep.item() == pytest.approx(keep_of(200))


def test_a_model_with_another_time_constant_is_no_start(tmp_path):
    save_bundle(make(), tmp_path)
    with pytest.raises(SystemExit, match='running mean of 200 ms, expected 5000 ms'):
        warm_start(str(tmp_path), make(milliseconds=5000))


def test_the_trainer_trains_one(tmp_path):
    write_data(tmp_path / 'data')
    (tmp_path / 'run').mkdir()
    Trainer(arguments(['--data', str(tmp_path / 'data'), '--run', str(tmp_path / 'run'), *TINY, '--updates', '2', '--running-mean-ms', '300'])).run()
    assert torch.load(tmp_path / 'run' / 'best.pt', weights_only=True)['config']['running_mean_ms'] == 300
