"""Packs the prepared clips as compressed sound, for training.train_gpu on a machine that has neither this repository's
front end nor the speech folder.

    python -m training.pack --data runs/data --speech ../shared/speech --out runs/pack [--extra FOLDER] [--shard-mib 50]

Run training.prepare and training.align before: what they kept is packed. Ogg files at 16 kHz go as they are, others are
coded as Opus.

OUT/clips.npz       what is known of the training clips (read by sound_store.SoundStore), dev clips and noises; responses of
                    rooms, where the speech folder has some (rirs.tar)
OUT/shard-N.bin     their files, one after the other
"""
import argparse
import io
import json
import multiprocessing
import os
import sys

import numpy as np
import soundfile

from .alignment import Alignment
from .archive import files_of, source_of
from .dataset import Part, language_of
from .files import make_folder, remove_if_there
from .interrupt import leave_to_parent, unless_interrupted
from .languages import LANGUAGES
from .option_numbers import count
from .rooms import read_rooms
from .sound_file import MIN_SECONDS, RATE, Unreadable, ffmpeg, why_dropped
from .text import Lexicon


def as_ogg(data):
    """`data` if it is Ogg at 16 kHz, mono, that libsndfile reads, else its sound coded as Opus; None where it has none, or too
    little."""
    if data.startswith(b'OggS'):
        try:
            samples, rate = soundfile.read(io.BytesIO(data))
            if rate == RATE and samples.ndim == 1:
                return None if why_dropped(len(samples)) else data
        except soundfile.LibsndfileError:
            pass
    try:
        coded = ffmpeg(data, '-c:a', 'libopus', '-b:a', '16k', '-frame_duration', '60', '-compression_level', '3', '-f', 'ogg')
    except Unreadable:
        return None
    return None if why_dropped(samples_of(coded)) else coded


def samples_of(ogg):
    """How many there are; 0 where it can not be read."""
    try:
        return soundfile.info(io.BytesIO(ogg)).frames
    except soundfile.LibsndfileError:
        return 0


def archive_of(a, dataset):
    """The tar or folder of a data set: in the speech folder, or in one of the others."""
    folders = [folder for folder in (a.speech, *a.extra) if os.path.exists(os.path.join(folder, dataset))
               or os.path.exists(os.path.join(folder, f'{dataset}.tar'))]
    if not folders:
        raise SystemExit(f"{dataset}.tar, or a folder {dataset}, was expected in {' or in '.join((a.speech, *a.extra))}, and is not there: name the folder "
                         'of speech that has it, as --speech or --extra')
    if len(folders) > 1:
        raise SystemExit(f"{dataset} is in {' and in '.join(folders)}, expected in one of --speech and --extra: leave out "
                         'the others, or name the data set anew in one of them')
    return source_of(folders[0], dataset)


def packed_files(a, part, pool):
    """The compressed bytes of each clip of a prepared part, in its order; None for one without sound."""
    files = {}
    for dataset in {c['dataset'] for c in part.clips}:
        names = [c['file'] for c in part.clips if c['dataset'] == dataset]
        found = files_of(archive_of(a, dataset), names)
        files |= dict(zip(names, pool.imap(as_ogg, (found[n] for n in names), chunksize=16)))
        print(f'{dataset}: {len(names)} files, {sum(len(files[n]) for n in names if files[n]) / 2**20:.1f} MiB', flush=True)
    return [files[c['file']] for c in part.clips]


def with_sound(part, files, indices):
    """Those of the indices of clips whose files have sound; names the others. A recording may have changed since it was prepared."""
    for i in indices:
        if files[i] is None:
            print(f"dropped {part.clips[i]['file']}: unreadable, or shorter than {MIN_SECONDS} s", flush=True)
    return [i for i in indices if files[i] is not None]


def ragged(lists, dtype):
    """Lists of numbers as one array and the start of each, [n + 1]."""
    return np.concatenate([np.zeros(0, dtype)] + [np.asarray(x, dtype) for x in lists]), np.cumsum([0] + [len(x) for x in lists])


def described(name, clips, places, lexicon):
    """The arrays of clips.npz that say what is known of the clips of part `name`, whose files were put at `places`."""
    phonemes = [lexicon.phoneme_ids(c['text']) or [] for c in clips]
    arrays = {f'{name}_{key}': np.array([c[key] for c in clips], str) for key in ('dataset', 'file', 'text')}
    arrays[f'{name}_place'] = np.array(places, np.int64).reshape(-1, 3)
    arrays[f'{name}_phonemes'], arrays[f'{name}_phonemes_start'] = ragged(phonemes, np.int64)
    return arrays


def save_clips(folder, arrays, **info):
    np.savez_compressed(os.path.join(folder, 'clips.npz'), info=json.dumps(info), **arrays)


class Shards:
    """Writes shard-N.bin. What told of the shards of before goes first: clips.npz, and, of each, that it is decoded."""

    def __init__(self, folder, mib):
        remove_if_there(os.path.join(folder, 'clips.npz'))
        self._folder, self._limit, self._shard, self._size = folder, mib << 20, -1, 0
        self._out = None

    def add(self, data):
        """(shard, offset, size) of where `data` was written."""
        if self._out is None or self._size + len(data) > self._limit:
            self.close()
            self._shard, self._size = self._shard + 1, 0
            path = os.path.join(self._folder, f'shard-{self._shard}')
            remove_if_there(path + '.npy')
            self._out = open(path + '.bin', 'wb')
        self._out.write(data)
        self._size += len(data)
        return self._shard, self._size - len(data), len(data)

    def close(self):
        if self._out:
            self._out.close()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--data', default='runs/data', help='folder of training.prepare')
    p.add_argument('--speech', default='../shared/speech')
    p.add_argument('--extra', action='append', default=[], help='another folder of speech; repeatable')
    p.add_argument('--language', choices=sorted(LANGUAGES), help='that of the recordings (default: that of --data)')
    p.add_argument('--out', default='runs/pack')
    p.add_argument('--shard-mib', type=count, default=50)
    p.add_argument('--most-misfit', type=float, default=2.5, help='nats a character above which a clip is left out')
    a = p.parse_args()
    make_folder(a.out)
    language = LANGUAGES[language_of(a.data, a.language)]
    train, dev, noise = (Part(os.path.join(a.data, name)) for name in ('train-1.00', 'dev', 'noise'))
    alignment, lexicon = Alignment.read(os.path.join(a.data, 'train-1.00')), Lexicon(language)
    kept = [i for i, c in enumerate(train.clips)
            if c['text'] and train.frames[i] >= 20 and alignment.misfit[i] <= a.most_misfit]
    print(f'{len(kept)} of {len(train)} clips fit their text', flush=True)
    rooms = os.path.join(a.speech, 'rirs.tar')
    arrays = {'rooms': read_rooms(rooms)} if os.path.exists(rooms) else {}
    shards = Shards(a.out, a.shard_mib)
    with multiprocessing.Pool(2, leave_to_parent) as pool:
        noise_files = packed_files(a, noise, pool)
        dev_files = packed_files(a, dev, pool)
        train_files = packed_files(a, train, pool)
    generator = np.random.default_rng(1)
    order = generator.permutation(with_sound(train, train_files, kept))  # so that every shard is a sample of all
    for name, part, files, indices in (('noise', noise, noise_files, with_sound(noise, noise_files, range(len(noise)))),
                                       ('dev', dev, dev_files, with_sound(dev, dev_files, range(len(dev)))), ('train', train, train_files, order)):
        clips = [part.clips[i] for i in indices]
        arrays |= described(name, clips, [shards.add(files[i]) for i in indices], lexicon)
    shards.close()
    labels = [alignment.phonemes[alignment.starts[i]:alignment.starts[i + 1]] for i in order]
    arrays['train_labels'], arrays['train_labels_start'] = ragged(labels, np.uint8)
    arrays['train_span'] = np.stack([alignment.first[order], alignment.last[order]], 1)
    save_clips(a.out, arrays, language=language.code, frontend=train.frontend, cosine_matrix=train.cosine.flatten().tolist(),
               frames_per_step=alignment.frames_per_step)


if __name__ == '__main__':
    sys.exit(unless_interrupted(main, 'the same command begins anew'))
