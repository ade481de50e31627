"""Prepared features of a few made-up clips, and the options of a model that trains on them within a second; `train` does it."""
import json

import numpy as np
import torch

from training.kept_options import keep_options
from training.train import Trainer, arguments

WORDS = ['yes', 'no', 'stop', 'go on', 'the door', 'one two']
TINY = ['--hidden', '16', '--layers', '1', '--frames-per-batch', '400', '--report-every', '2', '--eval-every', '2',
        '--save-every', '2', '--hours', '1000']


def write_part(folder, clips, rng):
    folder.mkdir(parents=True)
    frontend = {'frontend': {'melBands': 40}, 'scale': 2000, 'cosineMatrix': np.eye(40).ravel().tolist()}
    (folder / 'frontend.json').write_text(json.dumps(frontend))
    frames = rng.integers(60, 120, clips)
    rng.integers(0, 40000, (int(frames.sum()), 40), dtype=np.uint16).tofile(folder / 'logmel.bin')
    rows = [f'set\ttrain\ts\tCC0\t{i}\t{n}\t{WORDS[i % len(WORDS)]}' for i, n in enumerate(frames)]
    (folder / 'clips.tsv').write_text('\n'.join(['dataset\tsplit\tspeaker\tlicence\tfile\tframes\ttext', *rows]) + '\n')


def write_data(folder, dev=24, language='en'):
    """Two dozen clips for training and of noise, `dev` to measure on."""
    rng = np.random.default_rng(0)
    for name, clips in (('train-1.00', 24), ('dev', dev), ('noise', 24)):
        write_part(folder / name, clips, rng)
    keep_options(folder, {'language': language})


def train(data, name, *options):
    """Trains on `data`/data into `data`/NAME: the trainer after its run, and the lines of its log."""
    run = data / name
    run.mkdir(exist_ok=True)
    torch.set_num_threads(1)
    trainer = Trainer(arguments(['--data', str(data / 'data'), '--run', str(run), *TINY, *options]))
    trainer.course.begin()
    trainer.run()
    return trainer, [json.loads(line) for line in (run / 'log.jsonl').read_text().splitlines()]
