"""The mean of models' weights is a start for a training, where they are of one kind."""
import pytest
import torch
from streams import save_bundle

from training import average
from training.checkpoint import load_checkpoint, save_checkpoint
from training.model import AcousticModel, ModelConfig
from training.parallel import FlatParameters
from training.warm_start import warm_start


def make(seed, **more):
    torch.manual_seed(seed)
    config = ModelConfig(cell='rnn', hidden=8, layers=2, **more)
    return AcousticModel(config, torch.linspace(-1, 1, 40), torch.linspace(1, 2, 40)).requires_grad_(False)


def saved(path, model, heard=5.0):
    save_checkpoint(str(path), {'average': FlatParameters(model, 1).values, 'config': model.config.__dict__, 'mean': model.mean, 'std': model.std,
                                'heard': heard})
    return str(path)


def test_a_training_starts_from_the_weighted_mean_of_checkpoints_and_bundles(tmp_path):
    first, second, fresh = make(1, running_mean_ms=500, frame_head=True), make(2), make(3, running_mean_ms=500, frame_head=True)
    (tmp_path / 'bundle').mkdir()
    save_bundle(second, tmp_path / 'bundle')  # has heard 7 h, and has neither a running mean nor a head of frames
    out = str(tmp_path / 'mean.pt')
    average.main([saved(tmp_path / 'first.pt', first), str(tmp_path / 'bundle'), '--shares', '0.75,0.25', '--out', out])
    assert warm_start(out, fresh).heard == 7 * 3600
    got, one, two = (dict(model.named_parameters()) for model in (fresh, first, second))
    for name, values in got.items():
        expected = 0.75 * one[name] + 0.25 * two[name] if name in two else one[name]
        assert torch.allclose(values, expected, atol=1e-6), name
    assert load_checkpoint(out)['config']['running_mean_ms'] == 500


def test_all_count_the_same_unless_shares_are_given(tmp_path):
    paths = [saved(tmp_path / f'{seed}.pt', make(seed)) for seed in (1, 2)]
    average.main([*paths, '--out', str(tmp_path / 'mean.pt')])
    one, two = (FlatParameters(make(seed), 1).values for seed in (1, 2))
    assert torch.allclose(load_checkpoint(str(tmp_path / 'mean.pt'))['average'], (one + two) / 2)


@pytest.mark.parametrize('other, message', [
    ({'frames_per_step': 2}, 'has steps of 2 frames, expected 3'),
    ({'language': 'fr'}, 'has other tokens than the first model'),
    ({'look_ahead_steps': 2}, 'look_ahead.weight is'),
])
def test_models_of_different_kinds_have_no_mean(tmp_path, other, message):
    with pytest.raises(SystemExit, match=message):
        average.main([saved(tmp_path / '1.pt', make(1)), saved(tmp_path / '2.pt', make(2, **other)), '--out', str(tmp_path / 'mean.pt')])
    assert not (tmp_path / 'mean.pt').exists()


def test_models_with_other_constants_of_the_features_have_no_mean(tmp_path):
    other = make(2)
    other.std.mul_(2)
    with pytest.raises(SystemExit, match='by another std than the first model'):
        average.main([saved(tmp_path / '1.pt', make(1)), saved(tmp_path / '2.pt', other), '--out', str(tmp_path / 'mean.pt')])


def test_shares_are_one_a_model(tmp_path):
    with pytest.raises(SystemExit, match='one for each of the 1 models, got 2'):
        average.main([saved(tmp_path / '1.pt', make(1)), '--shares', '0.5,0.5', '--out', str(tmp_path / 'mean.pt')])
