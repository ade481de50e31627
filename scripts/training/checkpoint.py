"""Checkpoints that are either whole or not there, also after a power cut."""
import os

import torch

from .files import whole_file

LAST, BEFORE = 'last.pt', 'before.pt'  # the state of a run, and that of the time before
NAMES = ('best.pt', LAST)  # of those in the folder of a run that begin another
WHAT_ALL_HAVE = {'config', 'mean', 'std', 'average'}


class Damaged(Exception):
    """Something that is no whole checkpoint."""


def save_checkpoint(path, state, before=None):
    """What was at `path` goes to the path `before`, if one is given."""
    with whole_file(path, 'wb', before) as f:
        torch.save(state, f)
        f.flush()
        os.fsync(f.fileno())


def keep_last(run, state):
    """Saves the state of a run. That of the time before stays beside it: a disk may lose what it was told to keep."""
    save_checkpoint(os.path.join(run, LAST), state, os.path.join(run, BEFORE))


def last_checkpoint(run):
    """(path, state) of the last whole checkpoint of a run, None where there is none. One that is damaged is put aside, and told."""
    last, before = os.path.join(run, LAST), os.path.join(run, BEFORE)
    if not os.path.exists(before):
        return (last, load_checkpoint(last)) if os.path.exists(last) else None
    try:
        return last, _read(last)
    except FileNotFoundError:  # a kill between its two names
        reason = 'is not there'
    except Damaged as damage:
        reason = str(damage)
    state = load_checkpoint(before)
    if os.path.exists(last):  # not to take the place of the whole one at the next time
        os.replace(last, f'{last}.damaged')
    print(f"{last} {reason}: the run goes on from {before}, of update {state['update']}, and does again what came after it", flush=True)
    return before, state


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
        return _read(path)
    except FileNotFoundError:
        raise SystemExit(f'{path} was expected to be a checkpoint of the trainer, and is not there: give one, such as RUN/best.pt, or the '
                         'folder of a bundle where that will do') from None
    except Damaged as damage:
        raise SystemExit(f'{path} {damage}. {_beside(path)}') from None


def _read(path):
    """Raises FileNotFoundError, or Damaged with what was expected and got."""
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
    except FileNotFoundError:
        raise
    except Exception as error:  # torch and pickle have no one kind for bytes that are something else
        raise Damaged('was expected to be a whole checkpoint of the trainer, and can not be read: it is cut off or something else '
                      f'({type(error).__name__})') from None
    if not (isinstance(state, dict) and state.keys() >= WHAT_ALL_HAVE):
        raise Damaged(f"was expected to be a checkpoint of the trainer, which has {', '.join(sorted(WHAT_ALL_HAVE))}, and is something else "
                      'that torch saved')
    return state
