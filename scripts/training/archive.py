"""Where the recordings of a data set are: in a tar, whose files are called SET/NAME wherever they lie in it, or below a folder."""
import collections
import contextlib
import os
import tarfile


def source_of(folder, dataset):
    """The tar of a data set, or else the folder that its files' paths start from."""
    tar = os.path.join(folder, dataset + '.tar')
    return tar if os.path.exists(tar) else folder


def set_of(tar):
    """The data set that a tar has."""
    return os.path.basename(tar).removesuffix('.tar')


def members(tar):
    """(SET/NAME, member) of each file in a tar that is open."""
    dataset = set_of(tar.name)
    return ((f'{dataset}/{os.path.basename(member.name)}', member) for member in tar if not member.isdir())


def names_in(source, names):
    """Those of the names that are there."""
    if os.path.isdir(source):
        return {name for name in names if os.path.isfile(os.path.join(source, name))}
    with open_tar(source) as tar:
        return set(names) & {name for name, _ in members(tar)}


def by_source(rows):
    """{source: its rows}, of rows that have their `source`."""
    found = collections.defaultdict(list)
    for row in rows:
        found[row['source']].append(row)
    return found


def files_of(source, names):
    """{name: bytes} of the named files of a tar, or of a folder."""
    found = {}
    if os.path.isdir(source):
        for name in names:
            with open(os.path.join(source, name), 'rb') as f:
                found[name] = f.read()
        return found
    wanted = set(names)
    with tarfile.open(source) as tar:
        for name, member in members(tar):
            if name in wanted:
                found[name] = tar.extractfile(member).read()
    return found


@contextlib.contextmanager
def open_tar(path):
    """Ends where it is none, or is cut off. Not for a process of a pool, which would never be waited for to its end."""
    try:
        with tarfile.open(path) as tar:
            yield tar
    except (OSError, tarfile.TarError) as error:
        raise SystemExit(f'{path} was expected to be a tar of recordings, and can not be read: {error}') from None
