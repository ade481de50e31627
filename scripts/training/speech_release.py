"""What all corpora have in common on their way to a folder of speech: lengths, what must stay out, and the manifest.

A corpus is read by a module of its own (common_voice.py, librispeech.py), which gives its rows."""
import argparse
import collections
import os

import soundfile

from .prepare import normalize
from .selection import print_dropped
from .speech_folder import link_recordings, read_manifest, write_manifest


def release_options(description):
    p = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--release', action='append', required=True, metavar='NAME=FOLDER', help='the data set NAME is what FOLDER has; repeatable')
    p.add_argument('--beside', help='manifest.tsv of recordings whose speakers and sentences of dev and test stay out')
    p.add_argument('--out', required=True, help='the folder of speech')
    p.add_argument('--language', default='en')
    p.add_argument('--repository', default='.', help='root of this repository')
    return p.parse_args()


def seconds_of(path):
    """Length of a recording, or None if there is none there that libsndfile reads."""
    try:
        return soundfile.info(path).duration
    except soundfile.LibsndfileError:
        return None


def release_rows(name, licence, recordings, listed, dropped):
    """Rows of the split `train` of those `listed`, (path below the folder `recordings`, speaker, text), that are there."""
    rows = []
    for file, speaker, text in listed:
        seconds = seconds_of(os.path.join(recordings, file))
        if seconds is None:
            dropped[(name, 'no recording')] += 1
            continue
        rows.append(dict(file=f'{name}/{file}', dataset=name, split='train', speaker=speaker, seconds=f'{seconds:.2f}', licence=licence,
                         text=' '.join(text.split())))
    return rows


def without_held_out(rows, held_out, repository, language, dropped):
    """The rows whose speaker and whose sentence, both normalised, are not among `held_out`."""
    speakers = {r['speaker'] for r in held_out if r['speaker']}
    texts = normalize([r['text'] for r in held_out + rows], repository, language)
    sentences, kept = set(texts[: len(held_out)]), []
    for row, text in zip(rows, texts[len(held_out):]):
        reason = 'speaker of dev or test' if row['speaker'] in speakers else 'sentence of dev or test' if text in sentences else None
        if reason:
            dropped[(row['dataset'], reason)] += 1
        else:
            kept.append(row)
    return kept


def bring_releases(description, read, licence):
    """The program of a corpus: makes a folder of speech of the releases that the command line names. `description` is its help, `read(folder)`
    gives the folder of the recordings and what is listed there, as release_rows wants it."""
    a = release_options(description)
    rows, dropped = [], collections.Counter()
    for name, folder in (release.split('=', 1) for release in a.release):
        recordings, listed = read(folder)
        link_recordings(a.out, name, recordings)
        rows += release_rows(name, licence, recordings, listed, dropped)
    if a.beside:
        held_out = [r for r in read_manifest(a.beside) if r['split'] in ('dev', 'test')]
        rows = without_held_out(rows, held_out, a.repository, a.language, dropped)
    if not rows:
        raise SystemExit(f'no recording is left: {dict(dropped)}')
    write_manifest(os.path.join(a.out, 'manifest.tsv'), rows)
    print_dropped(dropped)
    print(f"{len(rows)} clips, {sum(float(r['seconds']) for r in rows) / 3600:.2f} h, {len({r['speaker'] for r in rows if r['speaker']})} speakers known")
