"""Common Voice, as Mozilla and copies of it give it, -> a folder of speech that training.prepare and training.pack_trusted read.

    python -m training.common_voice --release cv18delta=FOLDER [--release NAME=FOLDER …] --out runs/common-voice
                                    --beside ../shared/speech/manifest.tsv

A FOLDER has `validated.tsv` with its recordings in `clips` or `validated_clips`, or, of the first version, each `cv-valid-*.csv` beside
its folder of recordings. All rows get the split `train`. With `--beside`, speakers and sentences of the splits `dev` and `test` of that
manifest stay out (its speakers of Common Voice are `cv` and the first 12 digits of their id; version 1 names none).

OUT/manifest.tsv and OUT/NAME, a link to the recordings: of the first version, where it has several tables, to FOLDER.
"""
import argparse
import collections
import csv
import glob
import os

import soundfile

from .prepare import normalize, print_dropped
from .speech_folder import link_recordings, read_manifest, write_manifest

CLIPS = ('clips', 'validated_clips')


def read_release(folder):
    """(folder of the recordings, [(path in it, speaker, sentence)])."""
    table = os.path.join(folder, 'validated.tsv')
    if os.path.exists(table):
        clips = next((c for c in (os.path.join(folder, name) for name in CLIPS) if os.path.isdir(c)), None)
        if clips is None:
            raise SystemExit(f'{folder} has validated.tsv, but no folder {" or ".join(CLIPS)} beside it')
        return clips, [(r['path'], 'cv' + r['client_id'][:12], r['sentence']) for r in read_manifest(table)]
    tables = sorted(glob.glob(os.path.join(folder, 'cv-valid-*.csv')))
    if not tables:
        raise SystemExit(f'{folder} has neither validated.tsv nor cv-valid-*.csv')
    clips = folder if len(tables) > 1 else tables[0].removesuffix('.csv')
    listed = []
    for table in tables:
        beside = os.path.relpath(table.removesuffix('.csv'), clips)
        with open(table, newline='', encoding='utf8') as f:
            listed += [(os.path.normpath(os.path.join(beside, os.path.basename(r['filename']))), '', r['text']) for r in csv.DictReader(f)]
    return clips, listed


def seconds_of(path):
    """Length of a recording, or None if there is none there that libsndfile reads."""
    try:
        return soundfile.info(path).duration
    except soundfile.LibsndfileError:
        return None


def release_rows(name, folder, dropped):
    clips, listed = read_release(folder)
    rows = []
    for file, speaker, text in listed:
        seconds = seconds_of(os.path.join(clips, file))
        if seconds is None:
            dropped[(name, 'no recording')] += 1
            continue
        rows.append(dict(file=f'{name}/{file}', dataset=name, split='train', speaker=speaker, seconds=f'{seconds:.2f}', licence='CC0',
                         text=' '.join(text.split())))
    return clips, rows


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


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--release', action='append', required=True, metavar='NAME=FOLDER')
    p.add_argument('--beside', help='manifest.tsv of recordings whose speakers and sentences of dev and test stay out')
    p.add_argument('--out', default='runs/common-voice')
    p.add_argument('--language', default='en')
    p.add_argument('--repository', default='.', help='root of this repository')
    a = p.parse_args()
    rows, dropped = [], collections.Counter()
    for name, folder in (release.split('=', 1) for release in a.release):
        clips, found = release_rows(name, folder, dropped)
        link_recordings(a.out, name, clips)
        rows += found
    if a.beside:
        held_out = [r for r in read_manifest(a.beside) if r['split'] in ('dev', 'test')]
        rows = without_held_out(rows, held_out, a.repository, a.language, dropped)
    if not rows:
        raise SystemExit(f'no recording is left: {dict(dropped)}')
    write_manifest(os.path.join(a.out, 'manifest.tsv'), rows)
    print_dropped(dropped)
    print(f"{len(rows)} clips, {sum(float(r['seconds']) for r in rows) / 3600:.2f} h, {len({r['speaker'] for r in rows if r['speaker']})} speakers known")


if __name__ == '__main__':
    main()
