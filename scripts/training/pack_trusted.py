"""Packs folders of speech whose texts are trusted, such as training.synthesize, training.common_voice and training.teacher_label
write, for training.train_gpu: neither prepared nor aligned, only training clips, used from their first sample to their last.

    python -m training.pack_trusted --speech runs/synthetic --out runs/pack-synthetic
    python -m training.sound_store runs/pack-synthetic
    python -m training.train_gpu --pack runs/pack --pack runs/pack-synthetic …
"""
import argparse
import collections
import multiprocessing
import os

import numpy as np

from .languages import LANGUAGES
from .pack import Shards, as_ogg, described, save_clips
from .prepare import RATE, files_of, frames_of, normalize, print_dropped, select, source_of
from .speech_folder import read_manifest
from .text import Lexicon


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--speech', action='append', required=True, help='folder with manifest.tsv; repeatable')
    p.add_argument('--language', choices=sorted(LANGUAGES), default='en')
    p.add_argument('--out', default='runs/pack-synthetic')
    p.add_argument('--repository', default='.', help='root of this repository')
    p.add_argument('--shard-mib', type=int, default=50)
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    language, dropped = LANGUAGES[a.language], collections.Counter()
    rows = [dict(r, folder=folder) for folder in a.speech for r in read_manifest(os.path.join(folder, 'manifest.tsv'))]
    for row, text in zip(rows, normalize([r['text'] for r in rows], a.repository, a.language)):
        row['normalized'] = row['text'] = text
    rows = select(rows, dropped)
    files = {}
    with multiprocessing.Pool(2) as pool:
        for folder, dataset in sorted({(r['folder'], r['dataset']) for r in rows}):
            found = files_of(source_of(folder, dataset), [r['file'] for r in rows if r['dataset'] == dataset])
            files |= dict(zip(found, pool.imap(as_ogg, found.values(), chunksize=16)))
    shards, lexicon = Shards(a.out, a.shard_mib), Lexicon(language)
    arrays = {}
    for name, clips in (('noise', []), ('dev', []), ('train', [rows[i] for i in np.random.default_rng(1).permutation(len(rows))])):
        arrays |= described(name, clips, [shards.add(files[c['file']]) for c in clips], lexicon)
    shards.close()
    frames = np.array([frames_of(round(float(c['seconds']) * RATE)) for c in clips])
    arrays['train_span'] = np.stack([np.zeros_like(frames), frames], 1)
    arrays['train_labels'], arrays['train_labels_start'] = np.zeros(0, np.uint8), np.zeros(len(clips) + 1, np.int64)
    save_clips(a.out, arrays, language=a.language)
    hours = sum(float(c['seconds']) for c in clips) / 3600
    print_dropped(dropped)
    print(f'{len(clips)} clips, {hours:.2f} h')


if __name__ == '__main__':
    main()
