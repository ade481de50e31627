"""LibriSpeech, as OpenSLR gives it, -> a folder of speech that training.prepare and training.pack_trusted read.

    python -m training.librispeech --release libri_clean100=LibriSpeech/train-clean-100 [--release NAME=FOLDER …] --out runs/librispeech
                                   --beside ../shared/speech/manifest.tsv

A FOLDER has SPEAKER/CHAPTER with the recordings, flac or wav, and SPEAKER-CHAPTER.trans.txt with a line a recording: its name and what is read.
All rows get the split `train`. With `--beside`, speakers and sentences of the splits `dev` and `test` of that manifest stay out (its
speakers of LibriSpeech are `ls` and their number).

Panayotov et al. 2015, "LibriSpeech: an ASR corpus based on public domain audio books".
"""
import glob
import os

from .speech_release import bring_releases

KINDS = ('.flac', '.wav')


def recording_of(folder, chapter, name):
    """Path of a recording below `folder`: of the kind that is there, else of the first one."""
    paths = [os.path.join(chapter, name + kind) for kind in KINDS]
    return next((path for path in paths if os.path.exists(os.path.join(folder, path))), paths[0])


def read_set(folder):
    """(folder of the recordings, [(path in it, speaker, text)])."""
    listed = []
    for transcript in sorted(glob.glob(os.path.join(folder, '*', '*', '*.trans.txt'))):
        chapter = os.path.relpath(os.path.dirname(transcript), folder)
        with open(transcript, encoding='utf8') as f:
            for line in filter(str.strip, f):
                name, text = line.split(maxsplit=1)
                listed.append((recording_of(folder, chapter, name), 'ls' + name.split('-')[0], text))
    if not listed:
        raise SystemExit(f'{folder} has no SPEAKER/CHAPTER/*.trans.txt: give the folder of a set, such as LibriSpeech/dev-clean')
    return folder, listed


def main():
    bring_releases(__doc__, read_set, 'CC-BY-4.0')


if __name__ == '__main__':
    main()
