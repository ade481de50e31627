"""Packs folders of speech whose texts are trusted, such as training.synthesize, training.common_voice and training.teacher_label
write, for training.train_gpu: neither prepared nor aligned, only training clips (splits `train` and `weak`), used from
their first sample to their last.

    python -m training.pack_trusted --speech runs/synthetic --out runs/pack-synthetic
    python -m training.sound_store runs/pack-synthetic
    python -m training.train_gpu --pack runs/pack --pack runs/pack-synthetic …
"""
import argparse
import collections
import multiprocessing
import sys

import numpy as np

from .archive import files_of, source_of
from .files import make_folder
from .interrupt import leave_to_parent, unless_interrupted
from .languages import LANGUAGES
from .length_check import print_other_lengths
from .manifest import read_checked, refuse_missing
from .option_numbers import count
from .pack import Shards, as_ogg, described, samples_of, save_clips
from .prepare import frames_of, normalize
from .selection import LONGEST_DECODED, print_dropped, select
from .separation import add_known_speakers_option, refuse_shared
from .sound_file import MIN_SECONDS, RATE, why_dropped
from .speech_folder import TRAINING_SPLITS
from .text import Lexicon

NO_SOUND = f'unreadable, or shorter than {MIN_SECONDS} s'


def trusted_rows(folders, repository, language, dropped):
    """The rows of the manifests of `folders` that are packed, each with its `folder` and with `text` normalised; `dropped` counts the
    others by data set and reason."""
    rows = []
    for folder in folders:
        for row in read_checked(folder):
            if row['split'] in TRAINING_SPLITS:
                rows.append(dict(row, folder=folder))
            else:
                dropped[(row['dataset'], f"split {row['split']}, expected {' or '.join(TRAINING_SPLITS)}")] += 1
    for row, text in zip(rows, normalize([r['text'] for r in rows], repository, language)):
        row['normalized'] = row['text'] = text
    return select(rows, dropped, language)


def recordings(rows, pool):
    """{(folder, file): compressed bytes} of rows: data sets of the same name may lie in several folders."""
    files = {}
    for folder, dataset in sorted({(r['folder'], r['dataset']) for r in rows}):
        names = [r['file'] for r in rows if (r['folder'], r['dataset']) == (folder, dataset)]
        found = files_of(source_of(folder, dataset), names)
        files |= zip(((folder, name) for name in found), pool.imap(as_ogg, found.values(), chunksize=16))
    return files


def with_sound(rows, files, dropped):
    """The rows whose recordings have sound, and not too much of it, each with its `samples`; names the others, and counts them in
    `dropped`."""
    kept = []
    for row in rows:
        sound = files[row['folder'], row['file']]
        samples = samples_of(sound) if sound else 0
        if reason := why_dropped(samples, LONGEST_DECODED) if sound else NO_SOUND:
            print(f"dropped {row['file']}: {reason}", flush=True)
            dropped[(row['dataset'], reason)] += 1
        else:
            kept.append(dict(row, samples=samples))
    return kept


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--speech', action='append', required=True, help='folder with manifest.tsv; repeatable')
    p.add_argument('--language', choices=sorted(LANGUAGES), default='en')
    p.add_argument('--out', default='runs/pack-synthetic')
    p.add_argument('--repository', default='.', help='root of this repository')
    p.add_argument('--shard-mib', type=count, default=50)
    add_known_speakers_option(p)
    a = p.parse_args()
    refuse_shared({folder: read_checked(folder) for folder in a.speech}, a.known_speakers)
    make_folder(a.out)
    language, dropped = LANGUAGES[a.language], collections.Counter()
    rows = trusted_rows(a.speech, a.repository, a.language, dropped)
    for folder in a.speech:
        refuse_missing(folder, [r for r in rows if r['folder'] == folder])
    with multiprocessing.Pool(2, leave_to_parent) as pool:
        files = recordings(rows, pool)
    rows = with_sound(rows, files, dropped)
    shards, lexicon = Shards(a.out, a.shard_mib), Lexicon(language)
    arrays = {}
    for name, clips in (('noise', []), ('dev', []), ('train', [rows[i] for i in np.random.default_rng(1).permutation(len(rows))])):
        arrays |= described(name, clips, [shards.add(files[c['folder'], c['file']]) for c in clips], lexicon)
    shards.close()
    frames = np.array([frames_of(c['samples']) for c in clips])
    arrays['train_span'] = np.stack([np.zeros_like(frames), frames], 1)
    arrays['train_labels'], arrays['train_labels_start'] = np.zeros(0, np.uint8), np.zeros(len(clips) + 1, np.int64)
    save_clips(a.out, arrays, language=a.language)
    print_dropped(dropped)
    print_other_lengths(rows, [row['samples'] for row in rows])
    print(f'{len(clips)} clips, {sum(row["samples"] for row in rows) / RATE / 3600:.2f} h')


if __name__ == '__main__':
    sys.exit(unless_interrupted(main, 'the same command begins anew'))
