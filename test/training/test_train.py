"""Training does not depend on the number of processes, and what ends it is logged once."""
import json

import pytest
import torch
from tiny_data import TINY, write_data

from training.train import Trainer, arguments


@pytest.fixture
def data(tmp_path):
    write_data(tmp_path / 'data')
    return tmp_path


def train(data, name, *options):
    """The trainer after its run, and the lines of its log."""
    run = data / name
    run.mkdir()
    torch.set_num_threads(1)
    trainer = Trainer(arguments(['--data', str(data / 'data'), '--run', str(run), *TINY, *options]))
    trainer.run()
    return trainer, [json.loads(line) for line in (run / 'log.jsonl').read_text().splitlines()]


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
