"""Makes a speech folder of the synthetic fixtures, for a smoke run where there are no recordings.

    python -m training.smoke_speech --out runs/smoke/speech

What a folder of recordings has: manifest.tsv, a tar a data set, noise.tar. Each fixture is there at several speeds; which go
to train, dev and test is by speed, which makes another mouth of a voice, so that the same sentences are in all: it shows that
every stage works, not how well.
"""
import argparse
import csv
import io
import os
import tarfile

import numpy as np
import soundfile
import soxr

RATE = 16000
SPEEDS = {'train': (0.88, 0.92, 0.96, 1.0, 1.04, 1.08), 'dev': (0.98,), 'test': (1.02,)}
NOISES, NOISE_SECONDS = 12, 4


def add(tar, name, samples):
    data = io.BytesIO()
    soundfile.write(data, samples, RATE, format='WAV', subtype='PCM_16')
    info = tarfile.TarInfo(name)
    info.size = len(data.getvalue())
    data.seek(0)
    tar.addfile(info, data)


def write_speech(fixtures, out):
    """One file a fixture and speed; returns the rows of the manifest."""
    with open(os.path.join(fixtures, 'manifest.tsv'), encoding='utf8', newline='') as f:
        utterances = list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))
    rows = []
    with tarfile.open(os.path.join(out, 'synthetic.tar'), 'w') as tar:
        for utterance in utterances:
            samples, _ = soundfile.read(os.path.join(fixtures, utterance['file']), dtype='float32')
            for split, speeds in SPEEDS.items():
                for speed in speeds:
                    name = f"synthetic/{utterance['file'].removesuffix('.wav')}-{speed:.2f}.wav"
                    changed = soxr.resample(samples, RATE * speed, RATE)
                    add(tar, name, changed)
                    rows.append([name, 'synthetic', split, f"{utterance['voice']}-{speed:.2f}", f'{len(changed) / RATE:.2f}', utterance['licence'],
                                 utterance['text']])
    return rows


def write_noise(out):
    """White to brown noise."""
    rng = np.random.default_rng(1)
    with tarfile.open(os.path.join(out, 'noise.tar'), 'w') as tar:
        for i in range(NOISES):
            spectrum = np.fft.rfft(rng.standard_normal(NOISE_SECONDS * RATE))
            spectrum /= np.maximum(1, np.arange(len(spectrum))) ** (i / (NOISES - 1))
            samples = np.fft.irfft(spectrum)
            add(tar, f'noise/noise-{i:02d}.wav', 0.05 * samples / samples.std())


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--fixtures', default='test/fixtures/speech')
    p.add_argument('--out', required=True)
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    rows = write_speech(a.fixtures, a.out)
    write_noise(a.out)
    with open(os.path.join(a.out, 'manifest.tsv'), 'w', encoding='utf8') as f:
        f.writelines('\t'.join(row) + '\n' for row in [['file', 'dataset', 'split', 'speaker', 'seconds', 'licence', 'text'], *rows])
    print(f'{a.out}: {len(rows)} clips')


if __name__ == '__main__':
    main()
