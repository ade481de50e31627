"""Training does not depend on the number of processes, and a killed run goes on as if it had not been killed."""
import json

import numpy as np
import pytest
import torch

from training.checkpoint import load_checkpoint
from training.train import Trainer, arguments

WORDS = ['yes', 'no', 'stop', 'go on', 'the door', 'one two']


def write_part(folder, clips, rng):
    folder.mkdir(parents=True)
    frontend = {'frontend': {'melBands': 40}, 'scale': 2000, 'cosineMatrix': np.eye(40).ravel().tolist()}
    (folder / 'frontend.json').write_text(json.dumps(frontend))
    frames = rng.integers(60, 120, clips)
    rng.integers(0, 40000, (int(frames.sum()), 40), dtype=np.uint16).tofile(folder / 'logmel.bin')
    rows = [f'set\ttrain\ts\tCC0\t{i}\t{n}\t{WORDS[i % len(WORDS)]}' for i, n in enumerate(frames)]
    (folder / 'clips.tsv').write_text('\n'.join(['dataset\tsplit\tspeaker\tlicence\tfile\tframes\ttext', *rows]) + '\n')


@pytest.fixture
def data(tmp_path):
    rng = np.random.default_rng(0)
    for name in ('train-1.00', 'dev', 'noise'):
        write_part(tmp_path / 'data' / name, 24, rng)
    return tmp_path


def trained(data, name, updates, workers=1):
    """Weights after so many updates of a run, continued from its checkpoint when it has one."""
    run = data / name
    run.mkdir(exist_ok=True)
    a = arguments(['--data', str(data / 'data'), '--run', str(run), '--hidden', '16', '--layers', '1', '--frames-per-batch',
                   '400', '--workers', str(workers), '--report-every', '2', '--eval-every', '2', '--save-every', '2',
                   '--updates', str(updates), '--hours', '1000'])
    torch.set_num_threads(1)
    trainer = Trainer(a)
    if (run / 'last.pt').exists():
        trainer.resume(load_checkpoint(str(run / 'last.pt')))
    trainer.run()
    return trainer.flat.values.clone()


def test_two_processes_give_what_one_gives(data):
    assert torch.equal(trained(data, 'one', 6), trained(data, 'two', 6, workers=2))


def test_a_run_in_three_pieces_gives_what_one_run_gives(data):
    for updates in (2, 4, 6):
        pieces = trained(data, 'pieces', updates)
    assert torch.equal(pieces, trained(data, 'whole', 6))
