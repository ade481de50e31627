"""How a model came about goes with its weights, from run to run, through means and bundles, onto the card."""
import json

import torch
from streams import save_bundle
from tiny_data import train, write_data

from training import average
from training.checkpoint import load_checkpoint
from training.model import AcousticModel, ModelConfig
from training.stages import mean_of, stages_in_words
from training.train import arguments
from training.warm_start import read_weights


def stages_of(path):
    return load_checkpoint(str(path))['stages']


def test_options_that_say_what_is_learned_are_kept_and_the_seed_always():
    a = arguments(['--run', 'elsewhere', '--data', 'there', '--learning-rate', '1e-3', '--repeat', 'an4=2', '--workers', '2', '--hours', '2'])
    assert a.stage == {'trainer': 'training.train', 'options': {'learning_rate': 1e-3, 'repeat': {'an4': 2}, 'seed': 1}}


def test_a_run_knows_its_own_stage_and_those_of_what_it_started_from(tmp_path):
    write_data(tmp_path / 'data')
    train(tmp_path, 'first', '--updates', '2', '--seed', '5')
    train(tmp_path, 'second', '--updates', '4', '--dropout', '0', '--warm-start', str(tmp_path / 'first' / 'best.pt'))
    first, second = stages_of(tmp_path / 'second' / 'last.pt')
    assert first == stages_of(tmp_path / 'first' / 'best.pt')[0]
    assert (first['options']['seed'], first['options']['hidden'], second['options']['dropout']) == (5, 16, 0.0)
    heard = load_checkpoint(str(tmp_path / 'second' / 'last.pt'))['heard']
    assert abs(first['hours'] + second['hours'] - heard / 3600) < 0.02


def test_a_run_that_goes_on_has_one_stage(tmp_path):
    write_data(tmp_path / 'data')
    train(tmp_path, 'run', '--updates', '2')
    train(tmp_path, 'run', '--updates', '4')
    (stage,) = stages_of(tmp_path / 'run' / 'last.pt')
    assert stage['options']['updates'] == 4


def test_a_mean_has_what_its_models_have_in_common_once(tmp_path):
    write_data(tmp_path / 'data')
    train(tmp_path, 'first', '--updates', '2')
    train(tmp_path, 'second', '--updates', '4', '--warm-start', str(tmp_path / 'first' / 'best.pt'))
    average.main([str(tmp_path / run / 'best.pt') for run in ('second', 'first')] + ['--shares', '0.75,0.25', '--out', str(tmp_path / 'mean.pt')])
    first, mean = stages_of(tmp_path / 'mean.pt')
    assert [first] == stages_of(tmp_path / 'first' / 'best.pt')
    assert mean == {'mean': [{'share': 0.75, 'stages': stages_of(tmp_path / 'second' / 'best.pt')[1:]}, {'share': 0.25, 'stages': []}]}


def test_a_bundle_without_stages_is_one(tmp_path):
    save_bundle(AcousticModel(ModelConfig(hidden=8, layers=1), torch.zeros(40), torch.ones(40)).requires_grad_(False), tmp_path)
    assert read_weights(str(tmp_path)).stages == [{'bundle': 'tiny 1.0.0'}]
    description = json.loads((tmp_path / 'model.json').read_text())
    description['training']['stages'] = [{'bundle': 'an older one'}]
    (tmp_path / 'model.json').write_text(json.dumps(description))
    assert read_weights(str(tmp_path)).stages == [{'bundle': 'an older one'}]


def test_stages_are_told_as_commands():
    run = {'trainer': 'training.train_gpu', 'options': {'frame_weight': 0.3, 'alignment': True, 'uses': {'an4': 2.0, 'wuw2': 0.5}, 'tokens': 200,
                                                        'beside': ('fr', 'runs/french')}, 'hours': 1234.5, 'minutes': 12, 'commit': 'abc'}
    on_top = {'trainer': 'training.train', 'options': {'seed': 1}, 'hours': 7, 'minutes': 20, 'commit': ''}
    assert stages_in_words(mean_of([0.6, 0.4], [[{'bundle': 'en 1'}, run], [{'bundle': 'en 1'}]]) + [on_top]) == """- en 1
- the mean of the weights of:
  - 0.6 of what came after that
    - `training.train_gpu --frame-weight 0.3 --alignment --uses an4=2.0,wuw2=0.5 --tokens wordpieces:200 --beside fr=runs/french`: \
1,234.5 h of audio heard in 12.0 minutes at commit abc
  - 0.4 of the model so far
- `training.train --seed 1`: 7.0 h of audio heard in 20.0 minutes"""
