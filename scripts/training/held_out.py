"""Noises that no training hears: tests in noise are of noises never heard."""
import os


def is_held_out(file):
    """Fold 5 of ESC-10, and one of the other recordings. test/bench/noise-mix.ts reads just these."""
    name = os.path.basename(file)
    return '_5-' in name or name.startswith('gsc_running_tap')
