"""Checkpoints that are either whole or not there, also after a power cut."""
import os

import torch

from .files import whole_file

NAMES = ('best.pt', 'last.pt')  # of those in the folder of a run
WHAT_ALL_HAVE = {'config', 'mean', 'std', 'average'}


def save_checkpoint(path, state):
    with whole_file(path, 'wb') as f:
        torch.save(state, f)
        f.flush()
        os.fsync(f.fileno())


def _beside(path):
    """What to do without the checkpoint at `path`: what the run has beside it may serve."""
    folder = os.path.dirname(path)
    for name in NAMES:
        other = os.path.join(folder, name)
        if other != path and os.path.exists(other):
            return f'Give another one: {other}, if that is whole, begins a new run with --warm-start {other} --run ANOTHER'
    return 'Give another one, or remove it, with which the run begins anew'


def load_checkpoint(path):
    """Ends where there is none, or one that is no whole checkpoint of a trainer."""
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
    except FileNotFoundError:
        raise SystemExit(f'{path} was expected to be a checkpoint of the trainer, and is not there: give one, such as RUN/best.pt, or the '
                         'folder of a bundle where that will do') from None
    except Exception as error:  # torch and pickle have no one kind for bytes that are something else
        raise SystemExit(f'{path} was expected to be a whole checkpoint of the trainer, and can not be read: it is cut off or something else '
                         f'({type(error).__name__}). {_beside(path)}') from None
    if not (isinstance(state, dict) and state.keys() >= WHAT_ALL_HAVE):
        raise SystemExit(f"{path} was expected to be a checkpoint of the trainer, which has {', '.join(sorted(WHAT_ALL_HAVE))}, and is "
                         f'something else that torch saved. {_beside(path)}')
    return state
