"""Training does not depend on the number of processes, and what ends it is logged once."""
import json

import numpy as np
import pytest
import torch
from tiny_data import TINY, train, write_data, write_part

from training import course
from training.alignment import FILE
from training.checkpoint import load_checkpoint
from training.course import Course
from training.kept_options import keep_options
from training.train import Trainer, arguments, clips_in_words, refuse_options
from training.train import train as run_trainer


@pytest.fixture
def data(tmp_path):
    write_data(tmp_path / 'data')
    return tmp_path


def test_two_processes_give_what_one_gives(data):
    one, _ = train(data, 'one', '--updates', '6')
    two, _ = train(data, 'two', '--updates', '6', '--workers', '2')
    assert torch.equal(one.course.flat.values, two.course.flat.values)


def test_the_last_update_is_reported_once_and_measured_though_no_report_is_due(data):
    _, log = train(data, 'odd', '--updates', '5', '--eval-every', '100')
    assert [(line['update'], 'dev' in line) for line in log] == [(2, False), (4, False), (5, True)]
    assert all(line['characters'] > 0 for line in log)


def test_the_rate_falls_to_the_end_of_the_updates_as_it_does_to_that_of_the_hours(data):
    _, log = train(data, 'rate', '--updates', '8', '--warm-up', '1', '--learning-rate', '0.01')
    rates = [line['learning_rate'] for line in log]
    assert rates[:2] == [0.01, 0.01] and 0.01 > rates[2] > rates[3] == pytest.approx(0.0002)


def test_a_measurement_that_is_no_save_keeps_the_best_weights_at_once(data, monkeypatch):
    kept = []
    monkeypatch.setattr(Course, 'keep', lambda self, line, frontend: kept.append((self.update, 'dev' in line)))
    train(data, 'run', '--updates', '9', '--eval-every', '4', '--save-every', '6')
    assert kept == [(4, True), (6, False), (8, True), (9, True)]


@pytest.mark.parametrize('options, message', [
    (['--report-every', '50', '--eval-every', '120'], '--eval-every 120: expected a multiple of --report-every, which is 50'),
    (['--report-every', '50', '--save-every', '20'], '--save-every 20: expected a multiple'),
    (['--frame-weight', '0.3'], '--frame-weight needs --alignment'),
])
def test_options_that_would_do_nothing_in_silence_are_refused(options, message):
    with pytest.raises(SystemExit, match=message):
        refuse_options(arguments(['--run', 'x', *options]))


@pytest.mark.parametrize('option, value, expected', [
    ('--hours', '0', 'expected a number above 0, got 0'), ('--hours', '-1', 'expected a number above 0, got -1'),
    ('--hours', 'two', 'expected a number above 0, got two'), ('--updates', '0', 'expected a whole number of 1 or more, got 0'),
    ('--report-every', '0', 'expected a whole number of 1 or more, got 0'), ('--hidden', '1.5', 'expected a whole number of 1 or more, got 1.5'),
    ('--bptt-steps', '-1', 'expected a whole number of 0 or more, got -1'), ('--dropout', '1', 'expected a number from 0 to less than 1, got 1'),
    ('--augment-share', '1.1', 'expected a number from 0 to 1, got 1.1'), ('--tokens', 'words', 'expected characters or wordpieces:N, got words'),
    ('--repeat', 'set', 'expected SET=N, with commas between several, got set'), ('--repeat', 'set=2.5', 'expected a whole number of 0 or more, got 2.5'),
])
def test_numbers_that_nothing_can_be_done_with_are_refused(option, value, expected, capsys):
    with pytest.raises(SystemExit):
        arguments(['--run', 'x', f'{option}={value}'])
    assert f'argument {option}: {expected}\n' in capsys.readouterr().err


def test_a_clip_of_an_older_preparation_that_can_not_be_spelled_is_named(data):
    path = data / 'data' / 'train-1.00' / 'clips.tsv'
    path.write_text(path.read_text().replace('stop', 'stôp', 1))
    with pytest.raises(SystemExit, match="the text of 2 has 'ô'.* prepare again"):
        train(data, 'run')


@pytest.mark.parametrize('options, message', [
    (['--stack', '7'], '--stack 7: expected a multiple of --frames-per-step, which is 3'),
    (['--repeat', 'sett=2'], '--repeat names sett, expected data sets of the training: set'),
])
def test_options_that_do_not_fit_are_refused(data, options, message):
    with pytest.raises(SystemExit, match=message):
        train(data, 'run', *options)


def test_a_course_without_warm_up_and_without_an_end_has_one_rate(data):
    _, log = train(data, 'rate', '--updates', '6', '--warm-up', '0', '--constant-share', '1', '--learning-rate', '0.01')
    assert [line['learning_rate'] for line in log] == [0.01, 0.01, 0.01]


def resumed(data, *options):
    trainer = Trainer(arguments(['--data', str(data / 'data'), '--run', str(data / 'run'), *TINY, '--updates', '4', *options]))
    trainer.course.begin()
    return trainer.course


@pytest.mark.parametrize('options, message', [
    (['--frames-per-step', '2'], 'of a model with frames per step 3, expected frames per step 2'),
    (['--running-mean-ms', '900'], 'of a model with running mean ms 500, expected running mean ms 900'),
    (['--hidden', '24'], 'of a model with hidden 16, expected hidden 24'),
])
def test_a_run_does_not_go_on_as_another_model(data, options, message):
    train(data, 'run', '--updates', '2', '--running-mean-ms', '500')
    assert resumed(data, '--running-mean-ms', '500', '--workers', '2').update == 2
    with pytest.raises(SystemExit, match=message):
        resumed(data, '--running-mean-ms', '500', *options)


@pytest.mark.parametrize('options, got, expected', [
    (['--learning-rate', '1e-3'], 'the default of --learning-rate', '--learning-rate 0.001'),
    (['--optimizer', 'adamw'], 'the default of --optimizer', '--optimizer adamw'),
    (['--seed', '2'], '--seed 1', '--seed 2'),
])
def test_a_run_does_not_go_on_with_other_options(data, options, got, expected):
    train(data, 'run', '--updates', '2')
    with pytest.raises(SystemExit, match=f'last.pt is of a run with {got}, expected {expected} as the options say: give those that'):
        resumed(data, *options)


def test_a_run_does_not_go_on_with_other_tokens(data):
    train(data, 'run', '--updates', '2', '--tokens', 'wordpieces:40')
    with pytest.raises(SystemExit, match='is of a run with --tokens wordpieces:40, expected --tokens wordpieces:50'):
        resumed(data, '--tokens', 'wordpieces:50')


def test_a_report_that_fails_ends_no_training_and_comes_after_the_checkpoint(data, monkeypatch, capsys):
    def failing(run, *_):
        assert (data / 'run' / 'best.pt').exists()
        raise IndexError('of no frames')

    monkeypatch.setattr('training.train.write_report', failing)
    _, log = train(data, 'run', '--updates', '4')
    assert [line['update'] for line in log] == [2, 4]
    assert 'the report could not be written, the training goes on: IndexError: of no frames' in capsys.readouterr().err


def test_the_time_left_is_that_of_the_updates_too(data, capsys):
    train(data, 'run', '--updates', '4')
    assert capsys.readouterr().out.strip().splitlines()[-1].split('|')[0].endswith('    0.0 left ')


def test_checkpoints_keep_the_commit_that_the_run_was_begun_at(data, monkeypatch):
    for commit, updates in (('first', '2'), ('second', '4')):
        monkeypatch.setattr(course, 'present_commit', lambda: commit)
        run_trainer(arguments(['--data', str(data / 'data'), '--run', str(data / 'run'), *TINY, '--updates', updates]))
    states = [load_checkpoint(str(data / 'run' / name)) for name in ('last.pt', 'best.pt')]
    assert states[0]['update'] == 4 and [state['commit'] for state in states] == ['first', 'first']


def write_alignment(folder, misfit):
    """Of 24 clips that are all speech."""
    frames, none = np.full(24, 40, np.int32), np.zeros(24, np.int32)
    np.savez(folder / FILE, misfit=misfit, first=none, last=frames, phonemes=np.zeros(0, np.uint8), starts=np.zeros(25, int), frames_per_step=3)


def test_clips_that_an_alignment_leaves_out_are_counted(data):
    misfit = np.ones(24, np.float32)
    misfit[3:8] = 2.6
    misfit[9] = np.inf
    write_alignment(data / 'data' / 'train-1.00', misfit)
    (data / 'run').mkdir()
    a = ['--data', str(data / 'data'), '--run', str(data / 'run'), *TINY]
    aligned, told = Trainer(arguments([*a, '--alignment'])).corpus, clips_in_words(Trainer(arguments(a)).corpus)
    assert clips_in_words(aligned) == f'{told}, 6 left out because their sound contradicts their text (--most-misfit 2.5)'
    assert told.startswith('24 clips, ') and {i for update in aligned._plan(0) for i in update} == {0, 1, 2, 8, *range(10, 24)}
    with pytest.raises(SystemExit, match='no clip of .*train-1.00 fits its text: expected some with a misfit of 0.5 or less'):
        Trainer(arguments([*a, '--alignment', '--most-misfit', '0.5']))


def test_speeds_of_other_clips_are_refused(data):
    write_part(data / 'data' / 'train-1.10', 25, np.random.default_rng(0))
    with pytest.raises(SystemExit, match=r'train-1.00 and .*train-1.10 .* prepare all speeds again'):
        train(data, 'run')


@pytest.mark.parametrize('missing', ['train-1.00', 'dev', 'noise'])
def test_data_that_is_not_prepared_is_refused(data, missing):
    (data / 'data' / missing / 'clips.tsv').unlink()
    with pytest.raises(SystemExit, match=f'{missing} was expected to have clips.tsv.* run python -m training.prepare'):
        train(data, 'run')


def test_data_whose_preparation_did_not_end_is_refused(data):
    (data / 'data' / 'options.json').unlink()  # written last, after all speeds
    with pytest.raises(SystemExit, match='data was expected to have options.json, and has not: run python -m training.prepare, to its end'):
        train(data, 'run', '--updates', '2')


@pytest.mark.parametrize('size', [0, 80 * 7])
def test_features_that_were_cut_off_are_refused(data, size):
    path = data / 'data' / 'train-1.00' / 'logmel.bin'
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(SystemExit, match=f'logmel.bin was expected to have [0-9]+ bytes, those of the 24 clips of clips.tsv, and has {size}: prepare'):
        train(data, 'run', '--updates', '2')


def test_parts_of_several_front_ends_are_refused(data):
    path = data / 'data' / 'noise' / 'frontend.json'
    path.write_text(json.dumps(json.loads(path.read_text()) | {'scale': 1000}))
    with pytest.raises(SystemExit, match='train-1.00 and .*noise were expected to have the features of one front end, and have not'):
        train(data, 'run', '--updates', '2')


def test_speakers_that_an_earlier_preparation_let_into_training_and_dev_are_refused(data):
    folder = data / 'data'
    path = folder / 'dev' / 'clips.tsv'
    path.write_text(path.read_text().replace('\ttrain\ts\t', '\tdev\ts\t').replace('\tdev\ts\t', '\tdev\tt\t', 1))
    with pytest.raises(SystemExit) as ended:
        train(data, 'run', '--updates', '2')
    assert (f's of set: train (line 2 of {folder}/train-1.00/clips.tsv), dev (line 3 of {path})' in str(ended.value)
            and str(ended.value).endswith('--known-speakers of training.prepare. Then run python -m training.prepare again.'))
    keep_options(folder, {'language': 'en', 'known_speakers': ['s']})
    train(data, 'run', '--updates', '2')
