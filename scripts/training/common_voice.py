"""Common Voice, as Mozilla and copies of it give it, -> a folder of speech that training.prepare and training.pack_trusted read.

    python -m training.common_voice --release cv18delta=FOLDER [--release NAME=FOLDER …] --out runs/common-voice
                                    --beside ../shared/speech/manifest.tsv

A FOLDER has `validated.tsv` with its recordings in `clips` or `validated_clips`, or, of the first version, each `cv-valid-*.csv` beside
its folder of recordings. All rows get the split `train`. With `--beside`, speakers and sentences of the splits `dev` and `test` of that
manifest stay out (its speakers of Common Voice are `cv` and the first 12 digits of their id; version 1 names none).

OUT/manifest.tsv and OUT/NAME, a link to the recordings: of the first version, where it has several tables, to FOLDER.
"""
import csv
import glob
import os

from .speech_folder import read_manifest
from .speech_release import bring_releases

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


def main():
    bring_releases(__doc__, read_release, 'CC0')


if __name__ == '__main__':
    main()
