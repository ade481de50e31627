"""A second language beside: its batches are mixed in, its heads learn, and nothing of it is in the model that is shipped."""
from types import SimpleNamespace

import pytest
import torch
from tiny_data import TINY, train, write_data

from training.beside import Turns, refuse_what_does_not_go
from training.graph import build_graph
from training.train import Trainer, arguments
from training.trained_model import open_trained
from training.warm_start import read_weights

UPDATES = ['--updates', '6']


@pytest.fixture
def data(tmp_path):
    for name, language in (('data', 'en'), ('french', 'fr')):
        write_data(tmp_path / name, language=language)
    return tmp_path


def beside(data, share='0.5'):
    return ['--beside', f'fr={data / "french"}', '--beside-share', share]


def test_batches_of_both_languages_take_turns_and_none_is_left_out(data):
    a = arguments(['--run', 'x', *TINY, *beside(data, '0.3')])
    turns = Turns(SimpleNamespace(plan=lambda index: f'en {index}'), a)
    second = turns._beside
    second.plan = lambda index: f'fr {index}'
    assert [turns.at(i)[1] for i in range(10)] == ['en 0', 'en 1', 'en 2', 'fr 0', 'en 3', 'en 4', 'fr 1', 'en 5', 'en 6', 'fr 2']
    assert turns.at(3)[0] is second


def test_both_languages_are_learned_and_the_log_is_about_the_first(data):
    plain, alone = train(data, 'plain', *UPDATES)
    start = {name: value.clone() for name, value in Trainer(arguments(
        ['--data', str(data / 'data'), '--run', str(data / 'plain'), *TINY, *beside(data)])).model.named_parameters()}
    trainer, log = train(data, 'both', *UPDATES, *beside(data))
    moved = {name for name, value in trainer.model.named_parameters() if not torch.equal(value, start[name])}
    assert {'beside_heads.characters.weight', 'heads.characters.weight', 'layers.0.weight_hh_l0'} <= moved
    assert len(trainer.model.beside_heads['characters'].bias) > len(plain.model.heads['characters'].bias)  # accents
    assert log[-1]['heard_hours'] == pytest.approx(alone[-1]['heard_hours'] / 2, abs=0.01)
    assert set(log[-1]['dev']['all']) == {'cer', 'wer', 'per'}


def test_what_is_shipped_has_the_first_language_alone(data):
    trainer, _ = train(data, 'both', *UPDATES, *beside(data))
    model = open_trained(str(data / 'both' / 'best.pt'))
    assert not any(name.startswith('beside') for name, _ in model.named_parameters())
    outputs = {output.name for output in build_graph(model.requires_grad_(False), 'test').graph.output}
    assert {name for name in outputs if name.startswith('log_probs')} == {'log_probs_characters', 'log_probs_phonemes'}
    assert 'beside_heads.phonemes.weight' in read_weights(str(data / 'both' / 'best.pt')).values
    going_on, _ = train(data, 'on', *UPDATES, '--warm-start', str(data / 'both' / 'best.pt'))
    assert not going_on.model.config.beside


def test_several_processes_give_what_one_gives(data):
    one, _ = train(data, 'one', *UPDATES, *beside(data))
    two, _ = train(data, 'two', *UPDATES, *beside(data), '--workers', '2')
    assert torch.equal(one.course.flat.values, two.course.flat.values)


@pytest.mark.parametrize('options, message', [
    (['--beside', 'fr=x', '--teacher', 'models/en-base'], '--beside does not go with --teacher'),
    (['--beside', 'fr=x', '--frame-weight', '0.3'], '--beside does not go with --frame-weight'),
    (['--beside', 'en=x'], 'expected another one'),
])
def test_what_does_not_go_with_it_is_refused(options, message):
    with pytest.raises(SystemExit, match=message):
        refuse_what_does_not_go(arguments(['--run', 'x', *options]))


@pytest.mark.parametrize('options', [['--beside', 'french'], ['--beside', 'de=x'], ['--beside', 'fr=x', '--beside-share', '1']])
def test_options_that_make_no_sense_are_refused(options, capsys):
    with pytest.raises(SystemExit):
        arguments(['--run', 'x', *options])
    assert 'expected' in capsys.readouterr().err


def test_recordings_that_were_prepared_as_another_language_are_no_second_one(data):
    with pytest.raises(SystemExit, match='data was prepared with --language en, expected fr'):
        Trainer(arguments(['--data', str(data / 'data'), '--run', 'x', *TINY, '--beside', f'fr={data / "data"}']))
