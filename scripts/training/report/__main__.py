"""Writes the report of a run, or of one that is still going on.

    python -m training.report runs/en-base
    python -m training.report runs/en-base --measure 200      the worst utterances by the last checkpoint

training.train writes it too, after each line of the log. Open RUN/report.html in a browser: it loads itself anew while the
run goes on.
"""
import argparse
import json
import os

import torch

from ..checkpoint import load_checkpoint
from ..dataset import Part
from ..evaluate import evaluate
from ..model import AcousticModel, ModelConfig
from ..option_numbers import count_or_none
from ..parallel import FlatParameters
from ..text import Lexicon
from .page import write_report
from .utterances import WORST_FILE, WorstUtterances


def measure(run, dev, clips):
    """The worst of so many clips spread over dev, by the averaged weights of the last checkpoint."""
    state = load_checkpoint(os.path.join(run, 'last.pt'))
    model = AcousticModel(ModelConfig(**state['config']), state['mean'], state['std'])
    FlatParameters(model, 1).load(state['average'])
    worst = WorstUtterances(dev)
    evaluate(model, dev, Lexicon(), range(0, len(dev), max(1, len(dev) // clips)), worst.add)
    return worst.all()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('run')
    p.add_argument('--data', default='runs/data', help='what training.prepare wrote')
    p.add_argument('--speech', default='../shared/speech', help='recordings, for the players; left out where there are none')
    p.add_argument('--out', help='the file to write; RUN/report.html unless given')
    p.add_argument('--measure', type=count_or_none, default=0, metavar='CLIPS', help='find the worst utterances now, of so many of dev')
    a = p.parse_args()
    if not os.path.isdir(a.run):
        raise SystemExit(f'{a.run} was expected to be the folder of a run, the --run of training.train, and is none')
    torch.set_num_threads(1)
    out = a.out or os.path.join(a.run, 'report.html')
    dev = Part(os.path.join(a.data, 'dev'))
    if a.measure:
        with open(os.path.join(os.path.dirname(out) or '.', WORST_FILE), 'w', encoding='utf8') as f:
            json.dump(measure(a.run, dev, a.measure), f)
    write_report(a.run, dev, a.speech, out)
    print(out)


if __name__ == '__main__':
    main()
