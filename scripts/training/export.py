"""Makes a model bundle of a training run.

    python -m training.export --run runs/en-base --data-folder runs/data --out ../models/en-base --name en-base --version 0.1.0

Writes the ONNX graphs (fp32, fp16 and, of a GRU, int8), the token tables and model.json, and copies the curve of the run
to training.jsonl. ONNX Runtime must give the model's log-probabilities with the fp32 graph; what the other two lose is
measured on dev clips and must be small. Only then a bundle that is there already is changed.
"""
import argparse
import collections
import json
import os

import numpy as np
import onnx
import torch
import torch.nn.functional as F

from .augment import add_tail
from .bundle_files import open_session, replaced_bundle, write_text
from .checkpoint import load_checkpoint
from .dataset import Part, prepared_folders, unprepared
from .evaluate import TAIL_FRAMES
from .files import sha256
from .fp16_graph import build_fp16_graph
from .graph import build_graph
from .int8_graph import build_int8_graph, layer_ranges
from .languages import BOUNDARY
from .option_numbers import positive_or_none
from .pack_trusted import trusted_rows
from .run_log import RunLog
from .speech_folder import speaker_of
from .text import collapse, edit_distance
from .warm_start import model_of

TOLERANCE = 1e-3  # of log-probabilities in fp32
CHECKED_CLIPS = 300
CALIBRATION_CLIPS = 100


def load_model(run):
    """The best averaged weights of a run as a model in eval mode, and their checkpoint."""
    path = os.path.join(run, 'best.pt')
    if not os.path.exists(path):
        raise SystemExit(f'{run} has no best.pt: expected a run that was measured on dev once. A training is measured every so many updates '
                         '(--eval-every; --measure-every seconds of train_gpu) and at its end: let it go on until then, or give another --run')
    state = load_checkpoint(path)
    return model_of(state).eval().requires_grad_(False), state


def check(model, path):
    """Largest difference of log-probabilities between torch and ONNX Runtime, over two runs with carried states."""
    session = open_session(path)
    g = torch.Generator().manual_seed(0)
    x = torch.randn(2, 24 * model.config.frames_per_step, model.config.coefficients, generator=g) * model.std + model.mean
    states = model.initial_states(2, x)
    names = list(model.state_shapes)
    fed, worst = dict(zip(names, (s.numpy() for s in states))), 0.0
    for part in x.chunk(2, 1):
        heads, states = model(part, states)
        wanted = [f'log_probs_{n}' for n in heads] + [f'{n}_out' for n in names]
        got = session.run(wanted, {'features': part.numpy(), **fed})
        fed = dict(zip(names, got[len(heads):]))
        worst = max(worst, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(got, heads.values())))
    return worst


def checked_clips(part):
    """Indices of clips spread over `part`, all of a small one."""
    return range(0, len(part), max(1, len(part) // CHECKED_CLIPS))


def character_error_rate(model, path, part):
    """Greedy, in percent, of the graph at `path` on the checked clips of `part`."""
    session, states, c = open_session(path), model.state_shapes, model.config
    errors = total = 0
    for i in checked_clips(part):
        x = add_tail(part.log_mel(i), TAIL_FRAMES)[None] @ part.cosine.t()
        x = F.pad(x, (0, 0, 0, c.look_ahead_steps * c.frames_per_step))
        x = x[:, : x.shape[1] // c.frames_per_step * c.frames_per_step]
        fed = dict(zip(states, (s.numpy() for s in model.initial_states(1, x))))
        best = session.run(['log_probs_characters'], {'features': x.numpy(), **fed})[0][0, c.look_ahead_steps:].argmax(-1)
        text = part.clips[i]['text']
        errors += edit_distance(text, model.spelling.text(collapse(best.tolist())))
        total += len(text)
    return 100 * errors / max(1, total)


def calibration_batches(part):
    """mfcc [1, F, D] of clips spread over a training part."""
    indices = range(0, len(part), max(1, len(part) // CALIBRATION_CLIPS))
    return [part.log_mel(i)[None] @ part.cosine.t() for i in indices]


def chosen_precisions(asked, cell):
    """Those asked for, or all that a model of such cells has."""
    if asked and 'int8' in asked and cell != 'gru':
        raise SystemExit(f'--precisions int8 is made of GRU models, this one is {cell}: leave it out')
    return asked or ['fp32', 'fp16', *(['int8'] if cell == 'gru' else [])]


def write_graphs(model, folder, data, precisions):
    """Writes the graph of each of `precisions`, fp32 always; returns {precision: file name}."""
    fp32 = build_graph(model, 'earshot trainer')
    graphs = {'fp32': fp32}
    if 'fp16' in precisions:
        graphs['fp16'] = build_fp16_graph(fp32)
    if 'int8' in precisions:
        ranges = layer_ranges(model, calibration_batches(Part(training_folder(data))))
        graphs['int8'] = build_int8_graph(model, ranges, 'earshot trainer')
    for precision, graph in graphs.items():
        onnx.save(graph, os.path.join(folder, f'model.{precision}.onnx'))
    return {precision: f'model.{precision}.onnx' for precision in graphs}


def check_precisions(model, folder, files, dev, most_lost):
    """Refuses graphs whose errors on dev are more than `most_lost` above those of fp32; returns {precision: error rate}."""
    rates = {p: character_error_rate(model, os.path.join(folder, name), dev) for p, name in files.items()}
    for precision, rate in rates.items():
        if rate > rates['fp32'] * (1 + most_lost):
            raise SystemExit(f'{precision} has a character error rate of {rate:.2f} %, at most {most_lost:.0%} above the {rates["fp32"]:.2f} % of fp32 '
                             f'was expected, as --most-lost {most_lost:g} says. This rests on {len(checked_clips(dev))} clips of dev: of few it may be '
                             f'chance. Give a larger --most-lost, or --precisions without {precision} (EXPORT_OPTIONS of run-all.sh)')
    return rates


def training_folder(data):
    """The prepared training clips at their own speed."""
    folder = os.path.join(data, 'train-1.00')
    if folder not in prepared_folders(data):
        raise SystemExit(unprepared(folder))
    return folder


def facts_of(clips):
    """What is known of each data set of clips (dataset, licence, seconds, speaker or ''): clips, hours and known speakers."""
    facts = {}
    for dataset, licence, seconds, speaker in clips:
        fact = facts.setdefault(dataset, {'licences': set(), 'clips': 0, 'seconds': 0.0, 'speakers': set()})
        fact['licences'].add(licence)
        fact['clips'] += 1
        fact['seconds'] += seconds
        fact['speakers'].add(speaker)
    return [{'dataset': name, 'licence': ', '.join(sorted(f['licences'])), 'clips': f['clips'], 'hours': round(f['seconds'] / 3600, 2),
             'speakers': len(f['speakers'] - {''})} for name, f in sorted(facts.items())]


def prepared_facts(folder):
    """Of the training clips that training.prepare kept."""
    return facts_of((c['dataset'], c['licence'], int(c['frames']) / 100, speaker_of(c)) for c in Part(training_folder(folder)).clips)


def trusted_facts(folder, repository, language):
    """Of what a run of training.pack_trusted over `folder` packs; a synthetic speaker is a voice, however it was warped."""
    return facts_of((r['dataset'], r['licence'], float(r['seconds']), speaker_of(r).split('-')[0])
                    for r in trusted_rows([folder], repository, language, collections.Counter()))


def shipped_heads(model):
    """{head: its tokens} of what the agent is told of. A language without pronunciations has no phonemes but the blank, of which the agent
    can make nothing."""
    heads = {'characters': model.spelling.tokens, 'phonemes': model.language.phonemes}
    return {name: tokens for name, tokens in heads.items() if len(tokens) > 1}


def describe(a, model, state, files):
    """model.json; `files`: {precision: (file name, SHA-256)}."""
    c, frontend, heads = model.config, dict(state['frontend']), shipped_heads(model)
    sample_rate = frontend.pop('sampleRate')  # stands at the top level of model.json
    marks = {'characters': BOUNDARY, 'phonemes': None}
    data = prepared_facts(a.data_folder) + [fact for folder in a.trusted for fact in trusted_facts(folder, a.repository, model.language.code)]
    states = [{'input': n, 'output': f'{n}_out', 'shape': shape, 'type': 'float32'} for n, shape in model.state_shapes.items()]
    return {
        'formatVersion': 1, 'name': a.name, 'version': a.version, 'language': model.language.code, 'licence': a.licence,
        'sampleRate': sample_rate, 'frontend': frontend, 'framesPerStep': c.frames_per_step,
        'lookaheadFrames': c.look_ahead_steps * c.frames_per_step,
        'files': {p: {'path': name, 'sha256': digest} for p, (name, digest) in files.items()}, 'inputs': {'features': 'features'},
        'heads': [{'name': n, 'output': f'log_probs_{n}', 'tokens': f'tokens.{n}.txt', 'blank': 0, 'wordBoundary': mark}
                  for n, mark in marks.items() if n in heads],
        'states': states, 'decoder': decoder_advice(a.out), 'endpoint': {}, 'languageModel': shipped(a.out, 'lm.bin'), 'lexicon': shipped(a.out, 'lexicon.bin'),
        'letterToSound': shipped(a.out, 'letter-to-sound.bin'),
        'training': {'commit': state.get('commit', ''), 'hoursSeen': state['line']['heard_hours'], 'stages': state.get('stages', []), 'data': data,
                     'results': [state['line']]},
    }


def decoder_advice(folder):
    """What the bundle that is replaced advised; scripts/decoder-tuning/tune.ts fits it to the new model."""
    path = os.path.join(folder, 'model.json')
    if not os.path.exists(path):
        return {'head': 'characters'}
    with open(path) as f:
        return json.load(f)['decoder']


def shipped(folder, name):
    """The name of a file that another script put into the bundle, or None."""
    return name if os.path.exists(os.path.join(folder, name)) else None


def write_bundle(a, model, state, dev, folder):
    """Writes all files into `folder`, measured on `dev`; returns how far the fp32 graph is from the model at most, and {precision: error rate}. Raises
    SystemExit where a graph is not good enough."""
    files = write_graphs(model, folder, a.data_folder, a.precisions)
    difference = check(model, os.path.join(folder, files['fp32']))
    if difference > TOLERANCE:
        raise SystemExit(f'the graph differs from the model by {difference:g}, at most {TOLERANCE:g} was expected')
    rates = check_precisions(model, folder, files, dev, a.most_lost)
    for name, tokens in shipped_heads(model).items():
        write_text(os.path.join(folder, f'tokens.{name}.txt'), '\n'.join(tokens) + '\n')
    described = describe(a, model, state, {precision: (name, sha256(os.path.join(folder, name))) for precision, name in files.items()})
    write_text(os.path.join(folder, 'model.json'), json.dumps(described, indent=2, ensure_ascii=False) + '\n')
    curve = [line for line in RunLog(os.path.join(a.run, 'log.jsonl')).lines() if 'dev' in line]
    write_text(os.path.join(folder, 'training.jsonl'), ''.join(json.dumps(line) + '\n' for line in curve))
    return difference, rates


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--run', required=True)
    p.add_argument('--out', required=True)
    p.add_argument('--name', required=True)
    p.add_argument('--version', required=True)
    p.add_argument('--licence', default='Apache-2.0')
    p.add_argument('--precisions', nargs='+', choices=['fp32', 'fp16', 'int8'],
                   help='default: all that the model has; int8 is of a GRU only')
    p.add_argument('--most-lost', type=positive_or_none, default=0.03, help='share by which fp16 and int8 may have more errors on dev than fp32')
    p.add_argument('--data-folder', required=True, help='what prepare.py wrote')
    p.add_argument('--trusted', action='append', default=[], metavar='FOLDER', help='speech that training.pack_trusted packed, in a run of its '
                   'own; repeatable')
    p.add_argument('--repository', default='.', help='root of this repository, whose text rules apply to these')
    a = p.parse_args()
    model, state = load_model(a.run)
    a.precisions = chosen_precisions(a.precisions, model.config.cell)
    dev = Part(os.path.join(a.data_folder, 'dev'))
    with replaced_bundle(a.out) as scratch:
        difference, rates = write_bundle(a, model, state, dev, scratch)
    print(f'{a.out}: differs from the model by {difference:.1e} at most; dev {state["line"]["dev"]["all"]}; character error '
          f'rates by precision on {len(checked_clips(dev))} clips of dev: {", ".join(f"{p} {r:.2f} %" for p, r in rates.items())}')


if __name__ == '__main__':
    main()
