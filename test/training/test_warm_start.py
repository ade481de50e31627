"""What export writes, a training can start from."""
import pytest
import torch
from streams import save_bundle

from training.model import CELLS, AcousticModel, ModelConfig
from training.checkpoint import save_checkpoint
from training.parallel import FlatParameters
from training.warm_start import warm_start


def make(cell, seed, hidden=24, language='en'):
    torch.manual_seed(seed)
    mean, std = torch.randn(40), torch.rand(40) + 0.5
    return AcousticModel(ModelConfig(cell=cell, hidden=hidden, layers=2, language=language), mean, std).eval().requires_grad_(False)


@pytest.mark.parametrize('cell', sorted(CELLS))
def test_a_model_started_from_a_bundle_computes_what_the_bundle_does(cell, tmp_path):
    shipped, fresh, x = make(cell, 1), make(cell, 2), torch.randn(2, 30, 40)
    save_bundle(shipped, tmp_path)
    assert warm_start(str(tmp_path), fresh).heard == 7 * 3600
    expected, _ = shipped(x, shipped.initial_states(2, x))
    got, _ = fresh(x, fresh.initial_states(2, x))
    for name, value in expected.items():
        assert torch.allclose(got[name], value, atol=1e-5)


def test_a_bundle_of_another_size_is_refused_by_the_name_of_what_differs(tmp_path):
    save_bundle(make('gru', 1), tmp_path)
    fresh = make('gru', 2, hidden=32)
    with pytest.raises(SystemExit, match='heads.characters.weight'):
        warm_start(str(tmp_path), fresh)


def test_a_model_of_another_step_is_no_start_though_its_weights_are_of_the_same_shape(tmp_path):
    save_bundle(make('gru', 1), tmp_path)
    fresh = AcousticModel(ModelConfig(hidden=24, layers=2, frames_per_step=2), torch.zeros(40), torch.ones(40))
    with pytest.raises(SystemExit, match='has steps of 3 frames, expected 2 as --frames-per-step says'):
        warm_start(str(tmp_path), fresh)


def test_a_checkpoint_with_a_head_for_training_alone_starts_a_model_without_it_and_the_other_way_round(tmp_path):
    for seed, (has, wants) in enumerate([(True, False), (False, True)]):
        torch.manual_seed(seed)
        models = [AcousticModel(ModelConfig(hidden=24, layers=2, frame_head=head), torch.randn(40), torch.rand(40) + 0.5)
                  for head in (has, wants)]
        flat, path = FlatParameters(models[0], 1), str(tmp_path / 'last.pt')
        save_checkpoint(path, {'average': flat.values, 'config': models[0].config.__dict__, 'mean': models[0].mean,
                               'std': models[0].std, 'heard': 5.0})
        assert warm_start(path, models[1]).heard == 5
        x = torch.randn(2, 30, 40)
        with torch.no_grad():
            expected, got = ([m.eval()(x, m.initial_states(2, x))[0]['characters'] for m in models])
        assert torch.equal(expected, got)


def test_a_model_of_another_language_takes_over_all_but_the_heads(tmp_path):
    english, french = make('gru', 1), make('gru', 2, language='fr')
    save_bundle(english, tmp_path)
    heads = {name: value.clone() for name, value in french.state_dict().items() if name.startswith('heads.')}
    assert warm_start(str(tmp_path), french).heard == 0
    for name, value in french.state_dict().items():
        assert torch.allclose(value, heads[name] if name in heads else english.state_dict()[name], atol=1e-5), name
