"""Files of a model bundle, for what writes one: the trainer's export and the import from Keras."""
import contextlib
import os
import tempfile

import onnxruntime

from .files import make_folder
from .folder_lock import only_writer


@contextlib.contextmanager
def replaced_bundle(folder):
    """An empty folder, whose files become those of the bundle in the end, unless something is raised before: one that is there already
    is changed only by what is known to be good, and by one command at a time."""
    make_folder(folder)
    with only_writer(folder), tempfile.TemporaryDirectory(prefix='.bundle-', dir=os.path.dirname(os.path.abspath(folder))) as scratch:
        yield scratch
        for name in sorted(os.listdir(scratch), key=lambda name: name == 'model.json'):  # last, since it has the checksums of the others
            os.replace(os.path.join(scratch, name), os.path.join(folder, name))


def write_text(path, text):
    with open(path, 'w', encoding='utf8') as f:
        f.write(text)


def open_session(path):
    return onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
