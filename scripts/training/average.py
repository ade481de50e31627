"""The mean of the weights of models that come of one another, as the start of a training.

    python -m training.average runs/stage6/best.pt runs/stage5/best.pt --shares 0.6,0.4 --out runs/mean.pt
    python -m training.train --warm-start runs/mean.pt …

Each is a checkpoint or a bundle. The mean is a model like the first, which may have a running mean or heads for training that the
others lack; else they must be alike. Wortsman et al. 2022, "Model soups: averaging weights of multiple fine-tuned models improves
accuracy without increasing inference time".
"""
import argparse
import copy
import os

import torch

from .checkpoint import load_checkpoint, save_checkpoint
from .files import make_folder
from .option_numbers import positive
from .parallel import FlatParameters
from .stages import mean_of
from .trained_model import open_trained
from .warm_start import left_behind, model_of, warm_start


def opened(path):
    """The model at `path`, with its heads for training if it is a checkpoint."""
    return open_trained(path) if os.path.isdir(path) else model_of(load_checkpoint(path))


def refuse_another_kind(path, weights, first):
    """Tokens and constants of the normalisation give the weights their meaning; the rest is what a warm start looks at."""
    if left_behind(weights, first):
        raise SystemExit(f'{path} has other tokens than the first model: expected models that come of one another')
    for name in ('mean', 'std'):
        if not torch.allclose(weights.values[name], getattr(first, name), rtol=1e-4):
            raise SystemExit(f'{path} normalises the features by another {name} than the first model: expected models that come of one another')


def average(paths, shares):
    """The state of a checkpoint with the weighted mean, for --warm-start."""
    first = opened(paths[0])
    mean, read = torch.zeros_like(FlatParameters(first, 1).values), []
    for path, share in zip(paths, shares):
        model = copy.deepcopy(first)  # what another lacks stays as it is in the first
        read.append(warm_start(path, model))
        refuse_another_kind(path, read[-1], first)
        mean += share * FlatParameters(model, 1).values
    return {'average': mean, 'config': first.config.__dict__, 'mean': first.mean, 'std': first.std, 'heard': max(w.heard for w in read),
            'stages': mean_of(shares, [w.stages for w in read])}


def shares_argument(text):
    shares = [positive(share) for share in text.split(',')]
    if abs(sum(shares) - 1) > 1e-6:
        raise argparse.ArgumentTypeError(f'expected numbers above 0 that add up to 1, got {text}')
    return shares


def main(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('models', nargs='+', metavar='MODEL', help='a checkpoint or the folder of a bundle')
    p.add_argument('--shares', type=shares_argument, metavar='SHARE,…', help='one a model, in their order (default: all the same)')
    p.add_argument('--out', required=True, help='the checkpoint to write')
    a = p.parse_args(argv)
    shares = a.shares or [1 / len(a.models)] * len(a.models)
    if len(shares) != len(a.models):
        raise SystemExit(f'--shares: expected one for each of the {len(a.models)} models, got {len(shares)}')
    make_folder(os.path.dirname(os.path.abspath(a.out)))
    with torch.no_grad():
        save_checkpoint(a.out, average(a.models, shares))
    print(f'{a.out}: {", ".join(f"{share:g} of {path}" for path, share in zip(a.models, shares))}')


if __name__ == '__main__':
    main()
