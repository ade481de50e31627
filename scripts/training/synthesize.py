"""Synthetic speech for training, as one more folder of speech.

    pip install -r scripts/training/requirements-synthesis.txt; apt install flite
    python -m training.synthesize --speech ../shared/speech --out runs/synthetic --hours 20
    python -m training.pack_trusted --speech runs/synthetic --out runs/pack-synthetic

Voices: Hibari's own (hibari-tts, Apache-2.0, an American woman) and, where it is installed, three of flite (BSD-like licence:
rms and slt, Americans, awb, a Scot). Each clip is another speaker: read at one speed and resampled to another, which moves
pitch and formants (0.8 to 1.3) apart from tempo. Texts: synthetic_text.py. The same command goes on where it was stopped; a folder of
another seed, or of other texts or voices, is refused.

OUT/manifest.tsv        as in the speech folder, split `train`
OUT/synthetic/N.ogg
OUT/options.json        what they were made of
"""
import argparse
import functools
import math
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile

import soundfile
import soxr

from .files import whole_file
from .kept_options import differences, keep_options, read_options
from .sound_file import RATE
from .synthetic_text import Texts

VOICES = {'hibari': 0.55, 'rms': 0.17, 'slt': 0.14, 'awb': 0.14}  # shares of the clips
LICENCES = {'hibari': 'Apache-2.0'}
FLITE_LICENCE = 'BSD-like (CMU)'
TEMPO = (0.8, 1.25)
WARP_LOG_DEVIATION = 0.13  # of the factor of pitch and formants
WARP = (0.8, 1.3)


@functools.cache
def hibari():
    from hibari import Hibari  # here: it is needed by the workers alone
    return Hibari(threads=1)


def read_aloud(voice, text, speed):
    """(float32 samples, their rate)."""
    if voice == 'hibari':
        return hibari()(text, speed=min(2.0, max(0.5, speed))), 24000
    with tempfile.NamedTemporaryFile(suffix='.wav') as f:
        subprocess.run(['flite', '-voice', voice, '--setf', f'duration_stretch={1 / speed:.3f}', '-t', text, '-o', f.name], check=True)
        return soundfile.read(f.name, dtype='float32')


def synthesize(job):
    """Writes one clip; returns its row of the manifest."""
    number, seed, text, words, voices, folder = job
    rng = random.Random(f'{seed}/{number}/voice')
    voice = rng.choices(list(voices), list(voices.values()))[0]
    warp = min(WARP[1], max(WARP[0], math.exp(rng.gauss(0, WARP_LOG_DEVIATION))))
    tempo = rng.uniform(*TEMPO)
    name = f'synthetic/{number:06d}.ogg'
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        samples, rate = read_aloud(voice, text, tempo / warp)
        samples = soxr.resample(samples, rate * warp, RATE)
        with whole_file(path, 'wb') as f:
            soundfile.write(f, samples * (0.5 / max(1e-3, abs(samples).max())), RATE, format='OGG', subtype='VORBIS', compression_level=0.8)
    seconds = soundfile.info(path).duration
    return f'{name}\tsynthetic\ttrain\t{voice}-{warp:.2f}\t{seconds:.2f}\t{LICENCES.get(voice, FLITE_LICENCE)}\t{words}\n', seconds


def keep_or_refuse(folder, options):
    """Writes down what decides about the clips, which are known by their numbers alone: those that are there already must be the same."""
    kept = read_options(folder) or {}
    if kept != options and os.listdir(os.path.join(folder, 'synthetic')):
        got, expected = differences(kept, options)
        raise SystemExit(f'{folder} has clips of {got}, expected {expected}: their sound would get other texts. Remove it, or choose another --out')
    keep_options(folder, options)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--speech', default='../shared/speech', help='folder with text/, and with manifest.tsv, whose texts of dev and test are left out')
    p.add_argument('--out', default='runs/synthetic')
    p.add_argument('--hours', type=float, default=20.0)
    p.add_argument('--repository', default='.', help='root of this repository')
    p.add_argument('--seed', type=int, default=1)
    a = p.parse_args()
    os.makedirs(os.path.join(a.out, 'synthetic'), exist_ok=True)
    voices = {v: share for v, share in VOICES.items() if v == 'hibari' or shutil.which('flite')}
    texts, rng = Texts(a.speech, a.repository), random.Random(a.seed)
    keep_or_refuse(a.out, {'seed': a.seed, 'voices': voices, 'texts': texts.digest()})
    jobs = ((i, a.seed, *texts.draw(rng), voices, a.out) for i in range(1 << 30))
    heard = 0.0
    with multiprocessing.Pool(os.cpu_count()) as pool, open(os.path.join(a.out, 'manifest.tsv'), 'w', encoding='utf8') as manifest:
        manifest.write('file\tdataset\tsplit\tspeaker\tseconds\tlicence\ttext\n')
        while heard < a.hours * 3600:
            batch = [next(jobs) for _ in range(256)]
            for row, seconds in pool.imap(synthesize, batch, chunksize=8):
                manifest.write(row)
                heard += seconds
            manifest.flush()
            print(f'\r{heard / 3600:.2f} of {a.hours:g} h', end='', file=sys.stderr, flush=True)
    print(file=sys.stderr)


if __name__ == '__main__':
    main()
