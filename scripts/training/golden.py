"""What the trainer computes for the clips of the agreement test, for test/golden.

    python -m training.golden --run runs/en-base --out ../test/golden/en-base.json --repository ..

Features and log-probabilities of every 32nd frame and every 16th step, by PyTorch, of the synthetic speech in
test/fixtures and of 20 real recordings (their names and numbers only, no sound).
"""
import argparse
import base64
import json
import os
import tempfile

import numpy as np
import torch

from .agent_script import run_script
from .export import load_model
from .prepare import export, frames_of

FRAME_STRIDE, STEP_STRIDE = 32, 16


def packed(rows):
    """Float32 rows, little-endian, as base64."""
    return base64.b64encode(np.ascontiguousarray(rows, '<f4').tobytes()).decode()


def log_mels(clips, scratch, repository):
    """[frames, bands] float64 of each clip, by the agent's front end, and its cosine matrix."""
    export(os.path.join(scratch, 'clips.s16'), [c['samples'] for c in clips], scratch, repository, precision='float32')
    with open(os.path.join(scratch, 'frontend.json')) as f:
        info = json.load(f)
    bands = info['frontend']['melBands']
    rows = np.fromfile(os.path.join(scratch, 'logmel.bin'), '<f4').reshape(-1, bands).astype(np.float64)
    ends = np.cumsum([frames_of(c['samples']) for c in clips])
    return np.split(rows, ends[:-1]), np.array(info['cosineMatrix']).reshape(-1, bands)


@torch.no_grad()
def expected(model, mfcc):
    x = torch.from_numpy(mfcc.astype(np.float32))[None]
    heads, _ = model(x, model.initial_states(1, x))
    return {name: packed(rows[0, ::STEP_STRIDE].numpy()) for name, rows in heads.items()}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--run', required=True)
    p.add_argument('--out', required=True)
    p.add_argument('--repository', default='.')
    a = p.parse_args()
    model, _ = load_model(a.run)
    with tempfile.TemporaryDirectory() as scratch:
        run_script(a.repository, 'scripts/golden/dump-clips.ts', scratch)
        with open(os.path.join(scratch, 'clips.json')) as f:
            clips = json.load(f)
        rows, cosine = log_mels(clips, scratch, a.repository)
    for clip, log_mel in zip(clips, rows):
        mfcc = log_mel @ cosine.T
        clip['features'] = packed(mfcc[::FRAME_STRIDE])
        clip['logProbs'] = expected(model, mfcc)
    os.makedirs(os.path.dirname(a.out), exist_ok=True)
    with open(a.out, 'w') as f:
        json.dump({'frameStride': FRAME_STRIDE, 'stepStride': STEP_STRIDE, 'clips': clips}, f, indent=1)
        f.write('\n')


if __name__ == '__main__':
    main()
