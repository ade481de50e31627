"""Files that are either whole or not there, and their checksums."""
import contextlib
import hashlib
import os


@contextlib.contextmanager
def whole_file(path, mode='w', before=None, **more):
    """Opens a file that takes its place at `path` in the end, unless something is raised before. What was there goes to the path `before`, if
    one is given."""
    with open(path + '.new', mode, **more) as f:
        yield f
    if before and os.path.exists(path):
        os.replace(path, before)
    os.replace(path + '.new', path)


def make_folder(path):
    """Ends where there can be none, such as where a file has the name."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise SystemExit(f'{path} was expected to be a folder to write into, and can not be made: {error.strerror}') from None


def sha256(path):
    with open(path, 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()


def remove_if_there(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
