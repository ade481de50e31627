"""Makes a model bundle of a recurrent model trained in Keras (TensorFlow, PyTorch or JAX below it).

    python -m training.import_keras model.keras --head characters=tokens.txt --out ../models/mine --name mine

MODEL is what `model.save` wrote: a .keras file, or an .h5 file of Keras 2. It reads raw features of the agent's front end,
[batch, frames, 40], or frames joined side by side, and gives a row of CTC scores a step. The graph carries the states of
all layers; it is written only if it gives the log-probabilities of Keras over several pieces of a stream.
"""
import argparse
import json
import os

import numpy as np
import onnx

from .bundle_files import open_session, replaced_bundle, write_text
from .files import sha256
from .keras_backend import keras
from .keras_graph import build_stream
from .keras_layers import Unsupported

TOLERANCE = 1e-3  # of log-probabilities
FLOOR = -50.0  # below it, a probability of a softmax is cut off in float32
CHECKED_STEPS = (1, 7, 2, 16)  # pieces of a stream
SAMPLE_RATE = 16000
FRONTEND = {'type': 'mfcc', 'bufferSize': 512, 'hop': 160, 'window': 'hanning', 'melBands': 40, 'coefficients': 40}
WORD_BOUNDARY = '▁'


def load(path):
    try:
        return keras.saving.load_model(path, compile=False)
    except Exception as cause:  # Keras raises whatever its reader meets
        raise SystemExit(f'{path}: expected a model saved by model.save("model.keras"), Keras got: {cause}') from cause


def read_tokens(path, blank):
    """The tokens, one a line; the line number is the id."""
    with open(path, encoding='utf8') as f:
        tokens = f.read().removesuffix('\n').split('\n')
    for line, token in enumerate(tokens, 1):
        if token != token.strip() or not token or tokens.index(token) != line - 1:
            raise Unsupported(f'{path}: expected one token a line without spaces, each once (a space between words is '
                              f'written {WORD_BOUNDARY}), got {token!r} in line {line}')
    if not 0 <= blank < len(tokens):
        raise Unsupported(f'--blank: expected an id of 0 to {len(tokens) - 1}, got {blank}')
    return tokens


def read_normalization(path, coefficients):
    """(mean, deviation), each [coefficients], of an .npz file with `mean` and `std`; None without a file."""
    if path is None:
        return None
    with np.load(path) as arrays:
        missing = {'mean', 'std'} - set(arrays)
        if missing:
            raise Unsupported(f'{path}: expected arrays mean and std, got {", ".join(sorted(arrays))}')
        mean, std = (np.asarray(arrays[name], np.float32).reshape(-1) for name in ('mean', 'std'))
    if mean.shape != (coefficients,) or std.shape != mean.shape:
        raise Unsupported(f'{path}: expected {coefficients} values each, got {len(mean)} and {len(std)}')
    return mean, std


def check(model, stream, path, normalization):
    """Largest difference of log-probabilities between Keras, all frames at once, and ONNX Runtime in pieces."""
    frames = sum(CHECKED_STEPS) * stream.frames_per_step
    coefficients, batch = FRONTEND['coefficients'], model.inputs[0].shape[0] or 2
    scale = np.float32([300] + [40] * (coefficients - 1))  # of speech: the zeroth coefficient is large
    x = (np.random.default_rng(0).standard_normal((batch, frames, coefficients)) * scale).astype(np.float32)
    pieces = run_in_pieces(stream, path, x)
    expected = keras_log_probs(model, x, normalization)
    return max(float(np.abs(np.maximum(a, FLOOR) - np.maximum(b, FLOOR)).max()) for a, b in zip(pieces, expected))


def run_in_pieces(stream, path, x):
    """Log-probabilities of each head, [B, steps, tokens], by ONNX Runtime with the states carried on."""
    session, names = open_session(path), [name for name, _ in stream.heads]
    states = {n: np.zeros([len(x) if size == -1 else size for size in shape], np.float32) for n, shape in stream.states.items()}
    wanted, rows = [f'log_probs_{n}' for n in names] + [f'{n}_out' for n in states], [[] for _ in names]
    for piece in np.split(x, np.cumsum(CHECKED_STEPS)[:-1] * stream.frames_per_step, axis=1):
        got = session.run(wanted, {'features': piece, **states})
        states = dict(zip(states, got[len(names):]))
        for row, value in zip(rows, got):
            row.append(value)
    return [np.concatenate(row, axis=1) for row in rows]


def keras_log_probs(model, x, normalization):
    """The same by Keras: the logarithm of what a softmax gives, or of the softmax of scores."""
    if normalization is not None:
        x = (x - normalization[0]) / normalization[1]
    outputs = model(x.reshape(len(x), -1, model.inputs[0].shape[-1]), training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [log_probs(np.asarray(keras.ops.convert_to_numpy(y), np.float64)) for y in outputs]


def log_probs(y):
    """Of probabilities (rows of sum 1), or of scores."""
    if np.all(y >= 0) and np.allclose(y.sum(-1), 1, atol=1e-4):
        return np.log(np.maximum(y, 1e-30))
    y = y - y.max(-1, keepdims=True)
    return y - np.log(np.exp(y).sum(-1, keepdims=True))


def describe(a, stream, heads, folder):
    """What model.json says of the graph in `folder`."""
    return {
        'formatVersion': 1, 'name': a.name, 'version': a.version, 'language': a.language, 'licence': a.licence,
        'sampleRate': SAMPLE_RATE, 'frontend': FRONTEND, 'framesPerStep': stream.frames_per_step, 'lookaheadFrames': 0,
        'files': {'fp32': {'path': 'model.fp32.onnx', 'sha256': sha256(os.path.join(folder, 'model.fp32.onnx'))}},
        'inputs': {'features': 'features'},
        'heads': [{'name': name, 'output': f'log_probs_{name}', 'tokens': f'tokens.{name}.txt', 'blank': a.blank,
                   'wordBoundary': WORD_BOUNDARY if any(t.startswith(WORD_BOUNDARY) for t in tokens) else None}
                  for name, tokens in heads.items()],
        'states': [{'input': n, 'output': f'{n}_out', 'shape': shape, 'type': 'float32'} for n, shape in stream.states.items()],
        'decoder': {'head': next(iter(heads))}, 'endpoint': {}, 'languageModel': None, 'lexicon': None, 'letterToSound': None,
        'training': {'commit': '', 'hoursSeen': 0, 'data': [], 'results': []},
    }


def import_model(a):
    """Writes the bundle; returns the largest difference to Keras."""
    heads = {name: read_tokens(path, a.blank) for name, path in a.head}
    normalization = read_normalization(a.normalization, FRONTEND['coefficients'])
    model = load(a.model)
    stream = build_stream(model, list(heads), FRONTEND['coefficients'], normalization)
    for name, size in stream.heads:
        if size != len(heads[name]):
            raise Unsupported(f'head {name}: expected {size} tokens, as many as the model gives, got {len(heads[name])}')
    with replaced_bundle(a.out) as folder:
        path = os.path.join(folder, 'model.fp32.onnx')
        onnx.save(stream.graph, path)
        difference = check(model, stream, path, normalization)
        if not difference <= TOLERANCE:
            raise Unsupported(f'the graph differs from Keras by {difference:g}, at most {TOLERANCE:g} was expected')
        write_descriptions(a, stream, heads, folder)
    return difference


def write_descriptions(a, stream, heads, folder):
    """The tokens and model.json."""
    for name, tokens in heads.items():
        write_text(os.path.join(folder, f'tokens.{name}.txt'), '\n'.join(tokens) + '\n')
    write_text(os.path.join(folder, 'model.json'), json.dumps(describe(a, stream, heads, folder), indent=2, ensure_ascii=False) + '\n')


def head_option(text):
    name, equals, path = text.partition('=')
    if not (name and equals and path):
        raise argparse.ArgumentTypeError(f'expected NAME=TOKENS_FILE, got {text!r}')
    return name, path


def options(arguments=None):
    p = argparse.ArgumentParser(prog='python -m training.import_keras', description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('model', metavar='MODEL', help='a .keras file (or .h5)')
    p.add_argument('--head', type=head_option, action='append', required=True, metavar='NAME=TOKENS',
                   help='name and tokens file (one token a line) of an output, in the order of the outputs; `characters` '
                        'for letters or word pieces, `phonemes` for phonemes; the first serves dictation')
    p.add_argument('--out', required=True, help='folder of the bundle')
    p.add_argument('--name', required=True)
    p.add_argument('--version', default='0.1.0')
    p.add_argument('--language', default='en', help='BCP 47 tag')
    p.add_argument('--licence', default='NOASSERTION', help='SPDX name')
    p.add_argument('--blank', type=int, default=0, help='id of the CTC blank (default 0; ctc_batch_cost of Keras 2 has the last)')
    p.add_argument('--normalization', metavar='FILE.npz', help='arrays mean and std, one value a coefficient, if features were '
                   'normalised outside of the model')
    return p.parse_args(arguments)


def main(arguments=None):
    a = options(arguments)
    try:
        difference = import_model(a)
    except (Unsupported, OSError) as error:
        raise SystemExit(str(error)) from error
    print(f'{a.out}: differs from Keras by {difference:.1e} at most, over pieces of {CHECKED_STEPS} steps')


if __name__ == '__main__':
    main()
