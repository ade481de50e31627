"""What a folder was made with, kept in it: what was made with something else is not taken for it."""
import json
import os
import textwrap

from .files import whole_file

FILE = 'options.json'


def read_options(folder):
    """None where nothing is kept."""
    path = os.path.join(folder, FILE)
    if not os.path.exists(path):
        return None
    with open(path, encoding='utf8') as f:
        return json.load(f)


def keep_options(folder, options):
    """`options`: what JSON gives back as it is."""
    with whole_file(os.path.join(folder, FILE), encoding='utf8') as f:
        json.dump(options, f)


def differences(kept, wanted):
    """(what was kept, what is wanted) in words, as far as the two differ."""
    names = [name for name in sorted(kept | wanted) if kept.get(name) != wanted.get(name)]
    return tuple(', '.join(f"{name.replace('_', ' ')} {textwrap.shorten(str(table.get(name)), 60, placeholder=' …')}" for name in names)
                 for table in (kept, wanted))
