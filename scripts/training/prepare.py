"""Speech folder -> features and texts that the trainer reads.

    python -m training.prepare --speech ../shared/speech --out runs/data [--extra FOLDER] [--speeds 1.0,0.9,1.1]
    python -m training.prepare --language fr --speech runs/french --noise ../shared/speech/noise.tar --out runs/data-fr

Decodes every clip of the splits `train`, `weak` and `dev` to 16 kHz int16, normalises its text with the same rules as `earshot
eval` (scripts/normalize-text.ts), and lets the agent's own front end compute its log-mel features (scripts/export-features.ts).
A folder of speech has manifest.tsv and, for each data set, a tar or a folder of that name, as scripts/README.md says; `--extra`
names more of these. Clips of `test` and `wake` are compared with the others, where they are there, and nothing is made of them. Prints
what was dropped and why; a manifest with mistakes is refused, each with its line, and so are manifests with a speaker or a recording,
under whatever name, in more than one of training, dev and test. With `--once` it does nothing where it was done with the same options.

OUT/<part>/       part = dev, or train at one speed, such as train-0.90
  clips.tsv       dataset, split, speaker, licence, file, frames, text; a row per clip, in the order of logmel.bin
  logmel.bin      see scripts/export-features.ts
OUT/noise/        the recordings of noise.tar, or of --noise, likewise
OUT/options.json  what all this was made with, written last
"""
import argparse
import collections
import glob
import math
import multiprocessing
import os
import shutil
import subprocess
import sys

import numpy as np
import soxr

from . import alignment, kept_options
from .agent_script import run_script
from .archive import by_source, files_of, members, open_tar, set_of, source_of
from .copies import print_copies, refuse_copies, sounds_of_tests
from .files import make_folder, remove_if_there, sha256
from .folder_lock import only_one
from .kept_options import differences, keep_options, read_options
from .interrupt import leave_to_parent, unless_interrupted
from .languages import LANGUAGES
from .length_check import print_other_lengths
from .manifest import manifest_of, read_checked, refuse_missing
from .option_numbers import count_or_none, speeds
from .selection import LONGEST_DECODED, print_dropped, select
from .separation import add_known_speakers_option, refuse_shared
from .sound_file import RATE, Unreadable, digest, int16_of, why_dropped
from .speech_folder import TEST_SPLITS, TRAINING_SPLITS

NOISE_FORMATS = ('.opus', '.wav', '.flac', '.ogg')


def normalize(texts, repository, language='en'):
    """The agent's own text normalisation, a line a text."""
    lines = '\n'.join(' '.join(t.split()) for t in texts) + '\n'
    done = run_script(repository, 'scripts/normalize-text.ts', '--language', language, input=lines, stdout=subprocess.PIPE, encoding='utf8')
    result = done.stdout.split('\n')[: len(texts)]
    if len(result) != len(texts):
        raise ValueError(f'normalize-text.ts returned {len(result)} lines for {len(texts)}')
    return result


def decode_archive(job):
    """(archive or folder, file names, most seconds, out path) -> int16 samples of each file, appended to out; for each, its length, why
    it is dropped, or None, and a digest of its samples."""
    source, files, most_seconds, out = job
    found, told = files_of(source, files), []
    with open(out, 'wb') as f:
        for name in files:
            try:
                samples = int16_of(found[name])
            except Unreadable:
                told.append((0, 'unreadable', None))
                continue
            reason = why_dropped(len(samples), most_seconds)
            told.append((len(samples), reason, digest(samples)))
            if not reason:
                f.write(samples.tobytes())
    return told


def change_speed(job):
    """Resampling makes speech faster and higher by `speed`, as `sox speed` does; lengths in samples are returned."""
    source, lengths, speed, out = job
    samples, position, result = np.memmap(source, '<i2', 'r'), 0, []
    with open(out, 'wb') as f:
        for length in lengths:
            clip = samples[position:position + length].astype(np.float32)
            position += length
            faster = soxr.resample(clip, RATE * speed, RATE, quality='HQ')
            result.append(len(faster))
            f.write(np.clip(np.round(faster), -32768, 32767).astype('<i2').tobytes())
    return result


def export(pcm, lengths, out, repository, precision='uint16'):
    """Runs the agent's front end over a file of samples."""
    os.makedirs(out, exist_ok=True)
    index = os.path.join(out, 'lengths.txt')
    with open(index, 'w') as f:
        f.writelines(f'{n}\n' for n in lengths)
    run_script(repository, 'scripts/export-features.ts', os.path.abspath(pcm), os.path.abspath(index), os.path.abspath(out), '--precision', precision)
    os.unlink(index)


def frames_of(samples):
    return 0 if samples < 512 else (samples - 512) // 160 + 1


def write_clips(path, rows, lengths):
    with open(path, 'w', encoding='utf8') as f:
        f.write('dataset\tsplit\tspeaker\tlicence\tfile\tframes\ttext\n')
        for row, n in zip(rows, lengths):
            f.write('\t'.join([row['dataset'], row['split'], row['speaker'], row['licence'], row['file'], str(frames_of(n)), row['normalized']]) + '\n')


def gather(rows, scratch, pool, dropped, most_seconds=math.inf):
    """Decodes rows, grouped by archive; returns those of which there is sound in file order, each with the digest of its `sound`, their
    lengths, and one file of samples. Names the others, and counts them in `dropped`."""
    sources = by_source(rows)
    jobs = [(source, [r['file'] for r in part], most_seconds, f'{scratch}.{i}') for i, (source, part) in enumerate(sources.items())]
    kept, lengths = [], []
    with open(scratch, 'wb') as out:
        for (*_, path), part, told in zip(jobs, sources.values(), pool.imap(decode_archive, jobs)):
            for row, (length, reason, sound) in zip(part, told):
                if reason:
                    print(f"dropped {row['file']}: {reason}", flush=True)
                    dropped[(row['dataset'], reason)] += 1
                else:
                    kept.append(dict(row, sound=sound))
                    lengths.append(length)
            with open(path, 'rb') as f:
                while block := f.read(1 << 24):
                    out.write(block)
            os.unlink(path)
    return kept, lengths


def load_rows(folders):
    """The rows of all folders, {folder: rows of its manifest}, each with its `source` and `manifest`. Recordings of tests need not be there."""
    rows = []
    for folder, of_folder in folders.items():
        refuse_missing(folder, [r for r in of_folder if r['split'] not in TEST_SPLITS])
        rows += [dict(r, source=source_of(folder, r['dataset']), manifest=manifest_of(folder)) for r in of_folder]
    return rows


def parts_of(rows):
    """{part: its rows}"""
    return {'dev': [r for r in rows if r['split'] == 'dev'], 'train': [r for r in rows if r['split'] != 'dev']}


def refuse_empty(name, rows, dropped):
    """Ends where a part has nothing: a training needs both."""
    if not rows:
        print_dropped(dropped)
        splits, use = (('dev',), 'measure') if name == 'dev' else (TRAINING_SPLITS, 'train')
        raise SystemExit(f"no recording of the split {' or '.join(splits)} is left to {use} on: give some rows of the manifest that split, "
                         'of speakers who are in no other')


def select_parts(a, rows, dropped):
    """{part: rows worth it}, with their texts normalised."""
    for row, text in zip(rows, normalize([r['text'] for r in rows], a.repository, a.language)):
        row['normalized'] = text
    parts = parts_of(select(rows, dropped, a.language))
    for name, part in parts.items():
        refuse_empty(name, part, dropped)
    return parts


def noise_rows(a):
    """Rows of the recordings of noise, which are all of a tar."""
    source = a.noise or os.path.join(a.speech, 'noise.tar')
    if not os.path.isfile(source):
        raise SystemExit(f'{source} was expected to be a tar of recordings of noise, and is not there: make one of folder noise with '
                         f'tar cf {source} noise, or name another with --noise (NOISE of run-all.sh)')
    with open_tar(source) as tar:
        names = [name for name, _ in members(tar) if name.endswith(NOISE_FORMATS)]
    if not names:
        raise SystemExit(f"{source} was expected to have recordings of noise ({', '.join(NOISE_FORMATS)}), and has none")
    return [dict(dataset=set_of(source), split='noise', speaker='', licence='', file=n, normalized='', source=source) for n in names]


def prepare_noise(a, rows, pool):
    dropped = collections.Counter()
    scratch = os.path.join(a.out, 'noise.s16')
    rows, lengths = gather(rows, scratch, pool, dropped)
    print_dropped(dropped)
    if not rows:
        raise SystemExit('no recording of noise is left: expected some that can be read')
    export(scratch, lengths, os.path.join(a.out, 'noise'), a.repository)
    os.unlink(scratch)
    write_clips(os.path.join(a.out, 'noise', 'clips.tsv'), rows, lengths)


def part_name(name, speed):
    return name if name == 'dev' else f'{name}-{speed:.2f}'


def unmark(a):
    """Takes what says that a part is whole from those that will be rewritten: one that is left by half is not to be taken for a
    whole one, nor for one that was aligned. Speeds that are not asked for go: a training takes all that are there."""
    remove_if_there(os.path.join(a.out, kept_options.FILE))
    asked = [part_name('train', speed) for speed in a.speeds]
    for folder in glob.glob(os.path.join(glob.escape(a.out), 'train-[0-9]*.[0-9][0-9]')):
        if os.path.basename(folder) not in asked:
            shutil.rmtree(folder)
    for name in ('noise', 'dev', *asked):
        for mark in ('clips.tsv', alignment.FILE):
            remove_if_there(os.path.join(a.out, name, mark))


def options_of(a):
    """What the result depends on; manifests stand for the recordings, wherever these lie."""
    manifests = [sha256(manifest_of(folder))[:12] for folder in (a.speech, *a.extra)]
    known = {'known_speakers': a.known_speakers} if a.known_speakers else {}  # a training compares the others again
    return {'language': a.language, 'speeds': a.speeds, 'limit': a.limit, 'noise': a.noise, 'manifests': manifests, **known}


def is_prepared(folder, options):
    """Whether `folder` has what these options make. What others made is refused, not replaced: trainings may go on with it."""
    kept = read_options(folder)
    if kept not in (None, options):
        got, expected = differences(kept, options)
        raise SystemExit(f'{folder} was prepared with {got}, expected {expected}: remove it, and the runs that were trained with it, or choose '
                         'another folder (WORK of run-all.sh)')
    return kept is not None


def limited(a, rows):
    """About as many as --limit says, spread over all."""
    return rows[:: max(1, len(rows) // a.limit)] if a.limit else rows


def prepare_speech(a, rows, pool):
    dropped = collections.Counter()
    tests = [r for r in rows if r['split'] in TEST_SPLITS]
    parts = select_parts(a, [r for r in rows if r['split'] not in TEST_SPLITS], dropped)
    heard = sounds_of_tests(limited(a, tests), pool)
    for name, part in parts.items():
        scratch = os.path.join(a.out, name + '.s16')
        part, lengths = gather(limited(a, part), scratch, pool, dropped, LONGEST_DECODED)
        print_other_lengths(part, lengths)
        refuse_empty(name, part, dropped)
        heard += part
        refuse_copies(heard)
        print_copies(name, part)
        print(f'{name}: {len(part)} clips, {sum(lengths) / RATE / 3600:.2f} h', flush=True)
        for speed in [1.0] if name == 'dev' else a.speeds:
            out = os.path.join(a.out, part_name(name, speed))
            pcm, changed = scratch, lengths
            if speed != 1.0:
                pcm = f'{scratch}.{speed:.2f}'
                changed = change_speed((scratch, lengths, speed, pcm))
            export(pcm, changed, out, a.repository)
            write_clips(os.path.join(out, 'clips.tsv'), part, changed)
            if pcm != scratch:
                os.unlink(pcm)
            print(f'{out}: done', flush=True)
        os.unlink(scratch)
    print_dropped(dropped)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--language', choices=sorted(LANGUAGES), default='en', help='that of the recordings: its text rules apply')
    p.add_argument('--speech', default='../shared/speech', help='folder with manifest.tsv and a tar or folder per dataset')
    p.add_argument('--extra', action='append', default=[], help='another such folder; repeatable')
    p.add_argument('--noise', help='recordings of noise (default: noise.tar in the folder of speech)')
    p.add_argument('--out', default='runs/data')
    p.add_argument('--repository', default='.', help='root of this repository')
    p.add_argument('--speeds', default='1.0,0.9,1.1', type=speeds, help='of the sound of training; 1.0 is among them')
    p.add_argument('--limit', type=count_or_none, default=0, help='about this many clips only, for a smoke run')
    p.add_argument('--once', action='store_true', help='do nothing where OUT was prepared with the same options, and refuse one that was with others')
    add_known_speakers_option(p)
    a = p.parse_args()
    make_folder(a.out)
    folders = {folder: read_checked(folder) for folder in (a.speech, *a.extra)}
    refuse_shared(folders, a.known_speakers)  # also of what was prepared before: it may have been by a trainer that did not look
    options = options_of(a)
    if a.once and is_prepared(a.out, options):
        print(f'{a.out} is prepared already')
        return
    speech, noise = load_rows(folders), noise_rows(a)
    with only_one(a.out):
        unmark(a)
        with multiprocessing.Pool(os.cpu_count(), leave_to_parent) as pool:
            prepare_noise(a, noise, pool)
            prepare_speech(a, speech, pool)
        keep_options(a.out, options)


if __name__ == '__main__':
    sys.exit(unless_interrupted(main, 'the same command begins anew'))
