"""Measured responses of rooms, beside those that sound_augment makes up: what comes behind the direct sound.

How far away the speaker is, and so how strong the direct sound, is drawn for each use; only the shape of the reverberation is of the
room (Ko et al. 2017, "A study on data augmentation of reverberant speech for robust speech recognition", section 3).
"""
import io
import os
import tarfile

import numpy as np
import soundfile

from .sound_augment import DIRECT_S, RATE

LONGEST_S = 1.2  # of a response; halls go on for longer, fainter than what is said next
FADE_S = 0.1


def sounds_of(source):
    """{name: bytes} of the WAV files of a tar or a folder."""
    if os.path.isdir(source):
        paths = [os.path.join(source, name) for name in sorted(os.listdir(source)) if name.endswith('.wav')]
        sounds = {}
        for path in paths:
            with open(path, 'rb') as f:
                sounds[path] = f.read()
        return sounds
    with tarfile.open(source) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar if m.name.endswith('.wav')}


def late_part(samples):
    """[LONGEST_S] of energy 1: what follows the direct sound, the strongest sample of the response."""
    late = np.zeros(int(LONGEST_S * RATE), np.float32)
    heard = samples[np.argmax(np.abs(samples)):][:len(late)]
    late[:len(heard)] = heard
    late[:int(DIRECT_S * RATE) + 1] = 0
    fade = int(FADE_S * RATE)
    late[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return late / max(1e-9, float(np.sqrt(np.square(late).sum())))


def read_rooms(source):
    """Late parts [rooms, LONGEST_S] of the responses in a tar or a folder: WAV files at 16 kHz."""
    rooms = []
    for name, data in sorted(sounds_of(source).items()):
        samples, rate = soundfile.read(io.BytesIO(data), dtype='float32', always_2d=True)
        if rate != RATE:
            raise SystemExit(f'{name} in {source}: expected {RATE} Hz, got {rate}: resample it')
        rooms.append(late_part(samples[:, 0]))
    if not rooms:
        raise SystemExit(f'{source} was expected to have responses of rooms as WAV files, and has none')
    return np.stack(rooms)
