"""Files that are either whole or not there, and their checksums."""
import contextlib
import hashlib
import os


@contextlib.contextmanager
def whole_file(path, mode='w', **more):
    """Opens a file that takes its place at `path` in the end, unless something is raised before."""
    with open(path + '.new', mode, **more) as f:
        yield f
    os.replace(path + '.new', path)


def sha256(path):
    with open(path, 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()


def remove_if_there(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
