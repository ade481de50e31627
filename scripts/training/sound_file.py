"""Recordings in any format that libsndfile or ffmpeg reads."""
import hashlib
import io
import math
import os
import subprocess
import tempfile

import numpy as np
import soundfile
import soxr

RATE = 16000
MIN_SECONDS = 0.3


class Unreadable(Exception):
    """Neither libsndfile nor ffmpeg makes sound of it."""


def ffmpeg(data, *output):
    """What ffmpeg makes of a recording at 16 kHz, mono, with these options of its output. It is read from a file: where the index
    of an M4A comes last, what comes through a pipe can not be read."""
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, 'recording')
        with open(path, 'wb') as f:
            f.write(data)
        command = ['ffmpeg', '-nostdin', '-loglevel', 'error', '-i', path, '-vn', '-ac', '1', '-ar', str(RATE), *output, 'pipe:1']
        done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise Unreadable(done.stderr.decode(errors='replace').strip())
    return done.stdout


def decoded(data):
    """Mono float32 at 16 kHz."""
    try:
        samples, rate = soundfile.read(io.BytesIO(data), dtype='float32', always_2d=True)
        samples = samples.mean(axis=1)
    except soundfile.LibsndfileError:
        samples, rate = np.frombuffer(ffmpeg(data, '-f', 'f32le'), '<f4'), RATE
    return samples if rate == RATE else soxr.resample(samples, rate, RATE)


def int16_of(data):
    """The same, int16."""
    return np.clip(np.round(decoded(data) * 32768), -32768, 32767).astype('<i2')


def digest(samples):
    """The same of the same samples, whatever file they are in."""
    return hashlib.blake2b(samples.tobytes(), digest_size=16).digest()


def why_dropped(samples, most_seconds=math.inf):
    """What makes sound of so many samples useless, or None."""
    if samples == 0:
        return 'no sound in it'
    if samples > most_seconds * RATE:
        return f'longer than {most_seconds:g} s once decoded'
    return f'shorter than {MIN_SECONDS} s once decoded' if samples < MIN_SECONDS * RATE else None
