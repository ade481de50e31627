"""Compares models on equal budget: cells and sizes, or whatever options of the trainer --candidate names.

    python -m training.compare --data runs/data --out runs/compare --updates 3000 --table ../models/README.md -- --workers 2

Each candidate is trained for the same number of updates on the same batches (the seed decides them), with the options after
`--`; a comparison that was interrupted goes on. The table has the error rates on dev of the averaged weights that had the
lowest, and the processor time of a step of one stream through ONNX Runtime, one thread. Comparisons with different --heading
stand side by side in the document.
"""
import argparse
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
import time

import onnx
import onnxruntime
import torch

from . import kept_options
from .checkpoint import last_checkpoint
from .commit import present_commit
from .export import load_model
from .graph import build_graph
from .option_numbers import count
from .warm_start import FOR_TRAINING_ALONE

SIZES = {'small': '--hidden 256 --layers 3', 'base': '--hidden 512 --layers 4'}
KINDS = {'rnn': '--cell rnn', 'lstm': '--cell lstm', 'gru': '--cell gru', 'hybrid': '--cell gru --attention-window 32'}
CANDIDATES = {f'{kind}, {size}': f'{cell} {sizes}' for size, sizes in SIZES.items() for kind, cell in KINDS.items()}
HEADING = 'Comparison of models'
COLUMNS = ['model', 'parameters, M', 'hours heard', 'CER, %', 'PER, %', 'WER, %', 'µs a step', 'minutes', 'options']
ROUNDS, STEPS = 10, 100  # timed; the fastest round counts, since other work on the machine makes the others slower


def train(folder, options):
    """Runs the trainer in a process of its own: each candidate has its threads, its memory and its end."""
    command = [sys.executable, '-m', 'training.train', '--run', folder, *options]
    status = subprocess.run(command, check=False).returncode
    if status:
        raise SystemExit(f'the training in {folder} ended with {status}: {shlex.join(command)}')


def keep_options(folder, options):
    """Writes down what a run is made with; one that was made with something else is not gone on with, nor shown."""
    os.makedirs(folder, exist_ok=True)
    kept = kept_options.read_options(folder)
    if kept != options and os.path.exists(os.path.join(folder, 'last.pt')):
        got = shlex.join(kept) if kept else 'options that it does not say'
        raise SystemExit(f'{folder} has a run with {got}; expected {shlex.join(options)}: remove that folder, or choose another --out')
    kept_options.keep_options(folder, options)


def is_trained(folder, updates):
    """Whether the run there had so many updates."""
    found = last_checkpoint(folder)
    return found is not None and found[1]['update'] >= updates


def step_microseconds(model):
    """Processor time of a step of one stream, in fp32 on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, 'model.onnx')
        onnx.save(build_graph(model, 'earshot comparison'), path)
        session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
    x = torch.zeros(1, model.config.frames_per_step, model.config.coefficients)
    fed = {'features': x.numpy(), **dict(zip(model.state_shapes, (s.numpy() for s in model.initial_states(1, x))))}
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(STEPS):
            session.run(None, fed)
        rounds.append((time.process_time() - start) / STEPS * 1e6)
    return min(rounds)


def row(name, options, folder):
    """The line of a candidate that was trained in `folder`."""
    model, state = load_model(folder)
    parameters = sum(p.numel() for name, p in model.named_parameters() if not name.startswith(FOR_TRAINING_ALONE)) / 1e6
    line, dev = state['line'], state['line']['dev']['all']
    cells = [name, f'{parameters:.3f}', f'{line["heard_hours"]:.1f}', *(f'{dev[rate]:.2f}' if rate in dev else '–' for rate in ('cer', 'per', 'wer')),
             f'{step_microseconds(model):.0f}', f'{line["minutes"]:.1f}', f'`{options}`' if options else '']
    return f'| {" | ".join(cells)} |'


def where():
    """The processor and the commit."""
    processor = platform.processor() or platform.machine()
    if os.path.exists('/proc/cpuinfo'):
        with open('/proc/cpuinfo', encoding='utf8') as f:
            processor = next((line.split(': ')[1].strip() for line in f if line.startswith('model name')), processor)
    return f'{processor}, {os.cpu_count()} cores, commit {present_commit()}'


def section(a, options, rows):
    """Heading, what was done, table."""
    common = shlex.join(options) or 'none'
    text = (f'Each model had {a.updates} updates; common options of the trainer: `{common}`, its own are in its line. Error rates are '
            'greedy, on dev, without a language model. Hours heard and minutes are those of the training, a step is '
            'processor time through ONNX Runtime in fp32, one thread. Made by `python -m training.compare` on ' + f'{where()}.')
    lines = [f'| {" | ".join(cells)} |' for cells in (COLUMNS, ['---', *['--:'] * (len(COLUMNS) - 2), '---'])]
    return '\n'.join([f'## {a.heading}', '', *textwrap.wrap(text, 128), '', *lines, *rows, ''])


def insert(text, heading, new):
    """`text` with the section in place of the one of that heading, or at its end."""
    old = re.search(rf'^## {re.escape(heading)}\n.*?(?=^## |\Z)', text, re.DOTALL | re.MULTILINE)
    if old is None:
        return f'{text.rstrip()}\n\n{new}'
    rest = text[old.end():]
    return text[:old.start()] + new + (f'\n{rest}' if rest else '')


def candidate(text):
    name, equals, options = text.partition('=')
    if not (name and equals):
        raise argparse.ArgumentTypeError(f'expected NAME=OPTIONS, got {text!r}')
    return name, options


def arguments(argv=None):
    """The options, and those after `--`, which are the trainer's."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                usage='python -m training.compare [options] [-- options of training.train]')
    p.add_argument('--data', default='runs/data', help='what prepare.py wrote')
    p.add_argument('--out', default='runs/compare', help='folder of the runs, one a candidate')
    p.add_argument('--updates', type=count, required=True, help='of each candidate')
    p.add_argument('--candidate', type=candidate, action='append', metavar='NAME=OPTIONS', help='options of the trainer that make '
                   'this candidate, such as "no augmentation=--augment-share 0"; default: the four kinds of cells in two sizes')
    p.add_argument('--table', metavar='FILE.md', help='document that gets a section with the table')
    p.add_argument('--heading', default=HEADING, help='of that section; it replaces the one that has it')
    argv = sys.argv[1:] if argv is None else argv
    split = argv.index('--') if '--' in argv else len(argv)
    return p.parse_args(argv[:split]), argv[split + 1:]


def main(argv=None):
    a, common = arguments(argv)
    rows = []
    for name, options in (a.candidate or CANDIDATES.items()):
        folder = os.path.join(a.out, re.sub(r'\W+', '-', name))
        trained_with = ['--data', a.data, '--updates', str(a.updates), '--hours', '1e6', *common, *shlex.split(options)]
        keep_options(folder, trained_with)
        if not is_trained(folder, a.updates):
            train(folder, trained_with)
        rows.append(row(name, options, folder))
        print(rows[-1], flush=True)
    if a.table:
        with open(a.table, encoding='utf8') as f:
            text = f.read()
        text = insert(text, a.heading, section(a, common, rows))  # before the document changes: the commit is marked as dirty by it
        with open(a.table, 'w', encoding='utf8') as f:
            f.write(text)


if __name__ == '__main__':
    main()
