"""The front end on torch tensors gives the agent's numbers."""
import json
import os
import subprocess

import numpy as np
import pytest
import torch

from training.sound_frontend import SoundFrontend

REPOSITORY = os.path.join(os.path.dirname(__file__), '..', '..')


def sounds():
    rng = np.random.default_rng(0)
    t = np.arange(8000)
    click = np.zeros(8000)
    click[4000] = 32767
    return {
        'noise': rng.normal(0, 3000, 8000), 'silence': np.zeros(8000), 'click': click, 'one bit': rng.integers(0, 2, 8000),
        'square wave at full scale': np.where(t // 40 % 2, 32767, -32768), 'tone': 20000 * np.sin(t * 0.3),
    }


@pytest.fixture(scope='module')
def agent(tmp_path_factory):
    """Log-mel frames of each sound by the agent's front end."""
    folder = tmp_path_factory.mktemp('features')
    pcm = [np.round(s).clip(-32768, 32767).astype('<i2') for s in sounds().values()]
    np.concatenate(pcm).tofile(folder / 'pcm')
    (folder / 'index').write_text(''.join(f'{len(s)}\n' for s in pcm))
    subprocess.run(['node', '--import', 'tsx', 'scripts/export-features.ts', folder / 'pcm', folder / 'index', folder / 'out',
                    '--precision', 'float32'], check=True, cwd=REPOSITORY)
    frames = (8000 - 512) // 160 + 1
    rows = np.fromfile(folder / 'out' / 'logmel.bin', '<f4').reshape(len(pcm), frames, 40)
    frontend = json.loads((folder / 'out' / 'frontend.json').read_text())['frontend']
    return frontend, dict(zip(sounds(), rows)), dict(zip(sounds(), pcm))


@pytest.mark.parametrize('name', sounds())
def test_it_equals_the_agents_front_end(agent, name):
    frontend, wanted, pcm = agent
    got = SoundFrontend(frontend, 'cpu').log_mel(torch.from_numpy(pcm[name].astype(np.float32))[None])[0].numpy()
    # Far from a loud tone's band, what single precision leaves of it is all there is.
    assert np.abs(got - wanted[name]).max() < (0.02 if name == 'tone' else 1e-3)
