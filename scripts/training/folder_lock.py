"""One command at a time in a folder: two would replace each other's files."""
import contextlib
import fcntl
import os

FILE = 'lock'


@contextlib.contextmanager
def only_writer(folder):
    """Nobody else writes into `folder` in this way meanwhile; ends where somebody does. Unlike `only_one` it leaves no file, for folders that
    are shipped."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f'{folder} is being written by another command, expected none: wait until that has ended, or choose another '
                             'folder') from None
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def only_one(folder):
    """Nobody else is in here with the same folder meanwhile; ends where somebody is.

    The lock is the kernel's and goes with the process, however that ends: nothing is stale after a kill. It is one of `lockf`, which
    helpers that were forked do not inherit: with `flock` they would hold it until they notice that they are orphans. The file stays,
    with the number of who was last here."""
    with open(os.path.join(folder, FILE), 'a+', encoding='utf8') as f:
        try:
            fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            f.seek(0)
            raise SystemExit(f'{folder} is in use by process {f.read().strip()}, expected no other command in it: wait until that has ended, '
                             'end it, or choose another folder') from None
        f.truncate(0)
        f.write(f'{os.getpid()}\n')
        f.flush()
        yield
