"""The same sound under several names, which a comparison of names does not notice: copies, or another container without loss."""
import collections

from .archive import by_source, files_of, names_in
from .separation import listed, places
from .sound_file import Unreadable, digest, int16_of


def _digests(job):
    """(archive or folder, file names) -> the digest of each, None where it can not be read."""
    source, names = job
    found = files_of(source, names)
    for name in names:
        try:
            found[name] = digest(int16_of(found[name]))
        except Unreadable:
            found[name] = None
    return [found[name] for name in names]


def sounds_of_tests(rows, pool):
    """Those of the rows whose recordings are there, each with the digest of its `sound`: these are compared, and nothing else is made of them."""
    found = {}
    for source, of_source in by_source(rows).items():
        there = names_in(source, [row['file'] for row in of_source])
        found[source] = [row for row in of_source if row['file'] in there]
    jobs = [(source, [row['file'] for row in of_source]) for source, of_source in found.items()]
    return [dict(row, sound=sound) for of_source, sounds in zip(found.values(), pool.imap(_digests, jobs))
            for row, sound in zip(of_source, sounds)]


def _named(row):
    return f"{row['file']} ({row['split']}, line {row['line']} of {row['manifest']})"


def refuse_copies(rows):
    """Ends where one sound is in more than one of training, dev and test, under whatever names. `rows`: with their `manifest` and the digest of
    their `sound`."""
    shared = places([(row['manifest'], row) for row in rows], lambda _, row: row['sound'])
    if shared:
        told = [' is '.join(_named(row) for _, row in parts.values()) for parts in shared.values()]
        raise SystemExit(f'a recording is expected in one of training, dev and test, got {len(told)} that sound the same, sample for sample, under '
                         f'another name in several:\n{listed(told)}\nGive all of a sound one split, or take the copies out of the manifest.')


def print_copies(part, rows):
    """Counts the recordings of a part that sound as another of it, a line a data set, with the first of each; `rows`: as above."""
    first, copies = {}, collections.defaultdict(list)
    for row in rows:
        if row is not (original := first.setdefault(row['sound'], row)):
            copies[row['dataset']].append(f'{_named(row)} is {_named(original)}')
    for dataset, told in sorted(copies.items()):
        print(f'{len(told)} of {dataset} are kept in {part}, and sound as another recording there, sample for sample, the first: {told[0]}',
              flush=True)
