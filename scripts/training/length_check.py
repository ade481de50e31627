"""Recordings that are much longer or shorter than their manifest says: its column, or the recording, may be another's."""
import collections

from .sound_file import RATE

FACTOR, SLACK_SECONDS = 1.5, 0.5


def _difference(told, got):
    if got > FACTOR * told + SLACK_SECONDS:
        return 'longer'
    return 'shorter' if told > FACTOR * got + SLACK_SECONDS else None


def print_other_lengths(rows, lengths):
    """Counts them, a line a data set, with the first of each. `lengths`: samples of the recording of each row."""
    found = collections.defaultdict(list)
    for row, length in zip(rows, lengths):
        told, got = float(row['seconds']), length / RATE
        if kind := _difference(told, got):
            found[row['dataset'], kind].append(f"{row['file']}, line {row['line']}: {told:g} s expected, got {got:.1f} s")
    for (dataset, kind), those in sorted(found.items()):
        print(f'{len(those)} of {dataset} are kept, and much {kind} than the manifest says, the first is {those[0]}', flush=True)
