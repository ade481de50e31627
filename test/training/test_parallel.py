"""Processes that share the work of an update: what happens when one of them, or all of them, are ended."""
import multiprocessing
import os
import signal
import sys
import types

import pytest
from tiny_data import TINY, write_data

import training.corpus
import training.train
from training.parallel import Team

ENDED = 'a process of the training ended before its time'
fork = multiprocessing.get_context('fork')


@pytest.mark.parametrize('end', [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: 1 / 0])
def test_a_process_that_ends_at_its_work_ends_the_training(end):
    first, at_work = os.getpid(), fork.Event()

    def compute(update, k):
        if os.getpid() == first:
            at_work.wait(60)  # so that the other one has taken a micro-batch, too
        else:
            at_work.set()
            end()
        return [0.0]

    team = Team(2, 2, compute)
    with pytest.raises(SystemExit, match=ENDED):
        team.run(0)
    team.close()


def test_processes_end_where_they_wait_for_work():
    team = Team(3, 2, lambda update, k: [float(k)])
    assert team.run(0)[:, 0].tolist() == [0, 1]
    team.close()
    assert not any(process.is_alive() for process in team._processes)


@pytest.fixture
def running(tmp_path, monkeypatch):
    """A training of three processes that is under way, the numbers of the two that help, and where its errors go."""
    write_data(tmp_path / 'data', dev=2)
    monkeypatch.setattr(training.corpus, 'Lexicon', lambda language: types.SimpleNamespace(phoneme_ids=lambda text: [1, 2]))
    said = tmp_path / 'said'

    def body():
        os.setsid()  # a group of its own, as a terminal gives a command
        sys.stderr = open(said, 'w', buffering=1, encoding='utf8')
        sys.argv = ['train', '--data', str(tmp_path / 'data'), '--run', str(tmp_path / 'run'), *TINY, '--cell', 'rnn', '--workers', '3',
                    '--micro-batches', '3']
        sys.exit(training.train.main())

    process = fork.Process(target=body)
    process.start()
    while not (tmp_path / 'run' / 'last.pt').exists() and process.is_alive():
        process.join(0.05)
    with open(f'/proc/{process.pid}/task/{process.pid}/children', encoding='ascii') as f:
        helpers = [int(pid) for pid in f.read().split()]
    yield process, helpers, said
    process.kill()
    process.join()


def test_a_training_whose_process_is_killed_ends_and_says_so(running):
    process, helpers, said = running
    assert len(helpers) == 2
    os.kill(helpers[0], signal.SIGKILL)
    process.join(60)
    assert process.exitcode == 1
    assert said.read_text().startswith(ENDED)


def test_ctrl_c_ends_all_processes_with_a_sentence(running):
    process, _, said = running
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    process.join(60)
    assert process.exitcode == 130
    assert said.read_text() == 'Interrupted: the same command goes on from the last checkpoint.\n'
