"""A run that is killed at any moment, and started again, gives the weights and the curve of one that was not."""
import json
import multiprocessing
import os
import random
import select
import signal
import sys

import pytest
import torch
from tiny_data import TINY, write_data

import training.corpus
import training.train
from training.checkpoint import load_checkpoint
from training.fast_gru import available
from training.text import Lexicon

UPDATES, KILLS = 40, 10
available()  # compiled once, here
lexicon = Lexicon()
fork = multiprocessing.get_context('fork')


@pytest.fixture(autouse=True)
def one_lexicon(monkeypatch):
    """The same for all runs here, for it is slow to read; of English, so that no other test may get it."""
    monkeypatch.setattr(training.corpus, 'Lexicon', lambda language: lexicon)


def run_until(line, run):
    """Runs `run`, and ends this process by SIGKILL when Python is about to execute its line-th line, be it of the trainer or
    of torch; returns the number of lines that there were."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if event == 'line':
            count += 1
            if count == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    run()
    sys.settrace(None)
    return count


def start(data, name, line, lines=None):
    """The training as a process of its own; `line` of its loop: where to kill it, 0 is nowhere. Puts the number of lines into
    `lines`."""
    def body():
        sys.argv = ['train', '--data', str(data / 'data'), '--run', str(data / name), *TINY, '--report-every', '1',
                    '--save-every', '2', '--eval-every', '10', '--updates', str(UPDATES), '--seed', '5',
                    '--augment-from', '4', '--augment-full', '20']
        train = training.train.Trainer.run

        def counted(trainer):
            count = run_until(line, lambda: train(trainer))
            if lines is not None:
                lines.value = count

        training.train.Trainer.run = counted
        training.train.main()

    process = fork.Process(target=body)
    process.start()
    process.join()
    return process.exitcode


def result(data, name):
    """All that a run leaves, without what the clock says."""
    log = [json.loads(line) for line in (data / name / 'log.jsonl').read_text().splitlines()]
    states = [load_checkpoint(str(data / name / file)) for file in ('last.pt', 'best.pt')]
    for table in [*log, states[1]['line'], *(stage for state in states for stage in state['stages'])]:
        del table['minutes']
    del states[0]['elapsed']
    return log, states


def flatten(value):
    if isinstance(value, dict):
        return [leaf for key in sorted(value, key=str) for leaf in flatten(value[key])]
    return [leaf for v in value for leaf in flatten(v)] if isinstance(value, (list, tuple)) else [value]


def same(a, b):
    pairs = list(zip(flatten(a), flatten(b), strict=True))
    return all(torch.equal(x, y) if isinstance(x, torch.Tensor) else x == y for x, y in pairs)


def test_a_run_killed_ten_times_gives_the_curve_and_the_weights_of_one_that_was_not(tmp_path):
    write_data(tmp_path / 'data', dev=2)
    lines = fork.Value('l', 0)
    assert start(tmp_path, 'whole', 0, lines) == 0
    rng, reached = random.Random(7), []
    for _ in range(KILLS):  # together they come before the end
        assert start(tmp_path, 'killed', rng.randrange(1, lines.value // KILLS)) == -signal.SIGKILL
        reached.append(load_checkpoint(str(last))['update'] if (last := tmp_path / 'killed' / 'last.pt').exists() else 0)
    assert len(set(reached)) > 3, f'some were to go on from a checkpoint: {reached}'
    assert start(tmp_path, 'killed', 0) == 0
    expected, got = result(tmp_path, 'whole'), result(tmp_path, 'killed')
    assert got[0] == expected[0]
    assert [line['update'] for line in got[0]] == list(range(1, UPDATES + 1))
    assert same(got[1], expected[1])


def test_processes_that_help_end_with_the_one_that_is_killed(tmp_path):
    write_data(tmp_path / 'data', dev=2)
    ours, theirs = os.pipe()

    def body():
        os.close(ours)
        sys.argv = ['train', '--data', str(tmp_path / 'data'), '--run', str(tmp_path / 'run'), *TINY, '--workers', '2']
        training.train.main()

    process = fork.Process(target=body)
    process.start()
    os.close(theirs)
    while not (tmp_path / 'run' / 'last.pt').exists() and process.is_alive():
        process.join(0.05)
    process.kill()
    ended, _, _ = select.select([ours], [], [], 30)  # readable when nobody holds the other end any more
    os.close(ours)
    assert ended
