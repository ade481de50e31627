"""The clips that training.pack wrote, decoded: all samples in one tensor.

    python -m training.sound_store FOLDER [SHARD …]

decodes shards (all, or the ones named) with all cores to FOLDER/shard-N.s16; SoundStore reads what is decoded.
"""
import argparse
import io
import json
import multiprocessing
import os

import numpy as np
import soundfile
import torch

from .alignment import DEFAULT_FRAMES_PER_STEP
from .files import remove_if_there, whole_file
from .option_numbers import count_or_none

PARTS = ('noise', 'dev', 'train')  # in the order of the shards
SCALE = 32768


def read_clips(folder):
    if not os.path.exists(os.path.join(folder, 'clips.npz')):
        raise SystemExit(f'{folder} was expected to have clips.npz, and has not: run training.pack or training.pack_trusted, to its end')
    with np.load(os.path.join(folder, 'clips.npz')) as arrays:
        return {name: arrays[name] for name in arrays.files}


def joined(parts):
    """The clips of several folders as if they were of one; the shards of later folders get the numbers that follow."""
    out = dict(parts[0])
    for clips in parts[1:]:
        shards = shard_count(out)
        for name in out.keys() & clips.keys():  # packs of before say more
            values = clips[name]
            if name.endswith('_start'):
                out[name] = np.concatenate([out[name], values[1:] + out[name][-1]])
            elif name.endswith('_place'):
                out[name] = np.concatenate([out[name], values + [shards, 0, 0]])
            elif name != 'info':
                out[name] = np.concatenate([out[name], values])
    return out


def shard_count(clips):
    return 1 + max(int(clips[f'{part}_place'][:, 0].max(initial=-1)) for part in PARTS)


def places_of(clips, shard):
    """(offset, size) of all files of a shard, in its order."""
    places = np.concatenate([clips[f'{part}_place'] for part in PARTS])
    return places[places[:, 0] == shard][:, 1:]


def decode(job):
    """Files at `places` of a shard -> their int16 samples, none of a file that can not be read."""
    path, places = job
    out = []
    with open(path, 'rb') as f:
        for offset, size in places:
            f.seek(offset)
            try:
                samples, _ = soundfile.read(io.BytesIO(f.read(size)), dtype='float32')
            except soundfile.LibsndfileError:
                samples = np.zeros(0, np.float32)
            out.append(np.clip(np.round(samples * SCALE), -SCALE, SCALE - 1).astype('<i2'))
    return out


def decode_shard(folder, clips, shard, pool):
    """Writes shard-N.s16 and, last, shard-N.npy with the number of samples of each file."""
    path = os.path.join(folder, f'shard-{shard}')
    places, lengths = places_of(clips, shard), []
    remove_if_there(path + '.npy')  # of before: with it the shard would count as decoded while its samples are written
    jobs = [(path + '.bin', places[i:i + 64]) for i in range(0, len(places), 64)]
    with open(path + '.s16', 'wb') as f:
        for samples in pool.imap(decode, jobs):
            for clip in samples:
                lengths.append(len(clip))
                f.write(clip.tobytes())
    with whole_file(path + '.npy', 'wb') as f:
        np.save(f, np.array(lengths, np.int64))
    print(f'{path}: {len(lengths)} files, {lengths.count(0)} of them unreadable', flush=True)


def is_decoded(path):
    return os.path.exists(path + '.npy')


def refuse_undecoded(folders, read):
    """Ends where a pack has no decoded shard at all, and tells of shards that are missing: a part of them may serve, knowingly."""
    for folder, clips in zip(folders, read):
        count = shard_count(clips)
        missing = sum(not is_decoded(os.path.join(folder, f'shard-{n}')) for n in range(count))
        if missing == count > 0:
            raise SystemExit(f'{folder} has {count} shards, and none is decoded: run python -m training.sound_store {folder}')
        if missing:
            print(f'{folder}: {missing} of {count} shards are not decoded, their clips are left out', flush=True)


class SoundStore:
    """Samples of all decoded clips of some folders on `device`; language and front end are those of the first. For each part
    ('train', 'dev', 'noise'): `indices[part]` are the rows of `clips` that are there, `starts[part]` and `lengths[part]` say
    where. `label_steps` are the frames of a step in their labels, `rooms` what rooms.read_rooms gave."""

    def __init__(self, folders, device):
        read = [read_clips(folder) for folder in folders]
        self.clips = joined(read)
        infos = [json.loads(str(clips['info'])) for clips in read]
        info, self.label_steps = infos[0], {i.get('frames_per_step', DEFAULT_FRAMES_PER_STEP) for i, clips in zip(infos, read)
                                            if len(clips['train_labels']) > 0}
        self.language = info['language']
        self.frontend, self.cosine = info['frontend'], torch.tensor(info['cosine_matrix']).view(-1, info['frontend']['melBands'])
        self.rooms = torch.from_numpy(self.clips.get('rooms', np.zeros((0, 0), np.float32)))
        paths = [os.path.join(folder, f'shard-{n}') for folder, clips in zip(folders, read) for n in range(shard_count(clips))]
        rows = np.concatenate([np.arange(len(self.clips[f'{p}_place'])) for p in PARTS])
        parts = np.concatenate([np.full(len(self.clips[f'{p}_place']), n) for n, p in enumerate(PARTS)])
        shards = np.concatenate([self.clips[f'{p}_place'][:, 0] for p in PARTS])
        refuse_undecoded(folders, read)
        samples, start, found = [], 0, []
        for shard, path in enumerate(paths):
            if not is_decoded(path):
                continue
            lengths = np.load(path + '.npy')
            here = np.flatnonzero(shards == shard)
            found.append(np.stack([parts[here], rows[here], start + np.cumsum(lengths) - lengths, lengths]))
            samples.append(torch.from_numpy(np.fromfile(path + '.s16', '<i2')).to(device))
            start += len(samples[-1])
        self.samples = torch.cat(samples)
        table = np.concatenate(found, 1)
        table = table[:, table[3] > 0]
        self.indices, self.starts, self.lengths = ({p: table[k, table[0] == n] for n, p in enumerate(PARTS)} for k in (1, 2, 3))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folder', metavar='FOLDER')
    p.add_argument('shards', nargs='*', type=count_or_none, metavar='SHARD')
    a = p.parse_args()
    clips = read_clips(a.folder)
    with multiprocessing.Pool() as pool:
        for shard in a.shards or range(shard_count(clips)):
            decode_shard(a.folder, clips, shard, pool)


if __name__ == '__main__':
    main()
