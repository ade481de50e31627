"""Makes a model bundle of a training run.

    python -m training.export --run runs/en-base --out ../models/en-base --name en-base --version 0.1.0

Writes the ONNX graph, the token tables and model.json, copies the curve of the run to training.jsonl, and checks with
ONNX Runtime that the graph gives the model's log-probabilities.
"""
import argparse
import glob
import hashlib
import json
import os
import subprocess

import numpy as np
import onnx
import onnxruntime
import torch

from .checkpoint import load_checkpoint
from .dataset import Part
from .graph import STATE_NAMES, build_graph
from .model import AcousticModel, ModelConfig
from .text import BOUNDARY, CHARACTERS, PHONEMES

TOLERANCE = 1e-3  # of log-probabilities


def load_model(path):
    """The averaged weights of a `best.pt` as a model in eval mode, and the checkpoint itself."""
    state = load_checkpoint(path)
    model = AcousticModel(ModelConfig(**state['config']), state['mean'], state['std'])
    offset = 0
    for _, p in sorted(model.named_parameters(), key=lambda item: item[1].dim() < 2):  # the order of FlatParameters
        p.data = state['average'][offset:offset + p.numel()].view_as(p).clone()
        p.requires_grad_(False)
        offset += p.numel()
    return model.eval(), state


def check(model, path):
    """Largest difference of log-probabilities between torch and ONNX Runtime, over two runs with carried states."""
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    g = torch.Generator().manual_seed(0)
    x = torch.randn(2, 24 * model.config.frames_per_step, model.config.coefficients, generator=g) * model.std + model.mean
    states = model.initial_states(2, x)
    names = ['context', *STATE_NAMES[: model.cell_states]]
    fed, worst = dict(zip(names, (s.numpy() for s in states))), 0.0
    for part in x.chunk(2, 1):
        heads, states = model(part, states)
        wanted = [f'log_probs_{n}' for n in heads] + [f'{n}_out' for n in names]
        got = session.run(wanted, {'features': part.numpy(), **fed})
        fed = dict(zip(names, got[len(heads):]))
        worst = max(worst, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(got, heads.values())))
    return worst


def data_facts(folder):
    """What a model was trained on: clips, hours and known speakers of each data set."""
    facts = {}
    for clip in Part(sorted(glob.glob(os.path.join(folder, 'train-1.00*')))[0]).clips:
        fact = facts.setdefault(clip['dataset'], {'clips': 0, 'frames': 0, 'speakers': set(), 'licence': clip['licence']})
        fact['clips'] += 1
        fact['frames'] += int(clip['frames'])
        if not clip['speaker'].endswith('unknown'):
            fact['speakers'].add(clip['speaker'])
    return [{'dataset': name, 'licence': f['licence'], 'clips': f['clips'], 'hours': round(f['frames'] / 360000, 2),
             'speakers': len(f['speakers'] - {''})} for name, f in sorted(facts.items())]


def describe(a, model, state, digest):
    c, frontend = model.config, dict(state['frontend'])
    sample_rate = frontend.pop('sampleRate')  # stands at the top level of model.json
    kept = c.stack - c.frames_per_step
    tokens = {'characters': BOUNDARY, 'phonemes': None}
    states = [{'input': 'context', 'output': 'context_out', 'shape': [-1, kept, c.coefficients], 'type': 'float32'}]
    states += [{'input': n, 'output': f'{n}_out', 'shape': [c.layers, -1, c.hidden], 'type': 'float32'}
               for n in STATE_NAMES[: model.cell_states]]
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], capture_output=True, text=True, check=True).stdout.strip()
    return {
        'formatVersion': 1, 'name': a.name, 'version': a.version, 'language': a.language, 'licence': a.licence,
        'sampleRate': sample_rate, 'frontend': frontend, 'framesPerStep': c.frames_per_step, 'lookaheadFrames': 0,
        'files': {'fp32': {'path': 'model.fp32.onnx', 'sha256': digest}}, 'inputs': {'features': 'features'},
        'heads': [{'name': n, 'output': f'log_probs_{n}', 'tokens': f'tokens.{n}.txt', 'blank': 0, 'wordBoundary': mark}
                  for n, mark in tokens.items()],
        'states': states, 'decoder': {'head': 'characters'}, 'endpoint': {}, 'languageModel': None, 'lexicon': None,
        'training': {'commit': commit, 'hoursSeen': state['line']['heard_hours'], 'data': data_facts(a.data_folder), 'results': [state['line']]},
    }


def write_text(path, text):
    with open(path, 'w', encoding='utf8') as f:
        f.write(text)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--run', required=True)
    p.add_argument('--out', required=True)
    p.add_argument('--name', required=True)
    p.add_argument('--version', required=True)
    p.add_argument('--language', default='en')
    p.add_argument('--licence', default='Apache-2.0')
    p.add_argument('--data-folder', required=True, help='what prepare.py wrote')
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    model, state = load_model(os.path.join(a.run, 'best.pt'))
    path = os.path.join(a.out, 'model.fp32.onnx')
    onnx.save(build_graph(model, 'earshot trainer'), path)
    difference = check(model, path)
    if difference > TOLERANCE:
        raise SystemExit(f'the graph differs from the model by {difference:g}, at most {TOLERANCE:g} was expected')
    with open(path, 'rb') as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    for name, tokens in (('characters', CHARACTERS), ('phonemes', PHONEMES)):
        write_text(os.path.join(a.out, f'tokens.{name}.txt'), '\n'.join(tokens) + '\n')
    write_text(os.path.join(a.out, 'model.json'), json.dumps(describe(a, model, state, digest), indent=2, ensure_ascii=False) + '\n')
    with open(os.path.join(a.run, 'log.jsonl'), encoding='utf8') as f:
        curve = [line for line in f if '"dev"' in line]
    write_text(os.path.join(a.out, 'training.jsonl'), ''.join(curve))
    print(f'{a.out}: differs from the model by {difference:.1e} at most; dev {state["line"]["dev"]["all"]}')


if __name__ == '__main__':
    main()
