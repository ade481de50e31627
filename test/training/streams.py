"""A stream in pieces, by a model and by its graph, and a bundle of the parts that a warm start reads."""
import json

import numpy as np
import onnx
import torch

from training.bundle_files import open_session
from training.export import check
from training.fp16_graph import build_fp16_graph
from training.graph import build_graph
from training.int8_graph import build_int8_graph, layer_ranges


def in_pieces(model, x, sizes=(3, 12, 6, 9)):
    states, pieces = model.initial_states(len(x), x), []
    for piece in x.split(list(sizes), 1):
        heads, states = model(piece, states)
        pieces.append(heads['characters'])
    return torch.cat(pieces, 1)


def graph_in_pieces(model, path, x, sizes=(3, 12, 15)):
    """Log-probabilities of the characters by the graph at `path`."""
    session = open_session(path)
    fed, pieces = dict(zip(model.state_shapes, (s.numpy() for s in model.initial_states(len(x), x)))), []
    for piece in x.split(list(sizes), 1):
        row, *states = session.run(['log_probs_characters', *(f'{n}_out' for n in fed)], {'features': piece.numpy(), **fed})
        fed = dict(zip(fed, states))
        pieces.append(row)
    return np.concatenate(pieces, 1)


def graph_error(model, path):
    """How far the fp32 graph, which is saved at `path`, is from the model at most."""
    onnx.save(build_graph(model, 'test'), path)
    return check(model, path)


def smaller_graph_error(model, x, precision, path):
    """Mean difference of log-probabilities between the model and its fp16 or int8 graph, which is saved at `path`, both in pieces."""
    graph = (build_int8_graph(model, layer_ranges(model, [x]), 'test') if precision == 'int8'
             else build_fp16_graph(build_graph(model, 'test')))
    onnx.save(graph, path)
    return np.abs(graph_in_pieces(model, path, x) - in_pieces(model, x).numpy()).mean()


def save_bundle(model, folder):
    """What a training can start from of a bundle, in `folder`."""
    onnx.save(build_graph(model, 'test'), str(folder / 'model.fp32.onnx'))
    (folder / 'tokens.txt').write_text(''.join(f'{token}\n' for token in model.spelling.tokens))
    c = model.config
    (folder / 'model.json').write_text(json.dumps({
        'language': model.language.code, 'framesPerStep': c.frames_per_step, 'lookaheadFrames': c.look_ahead_steps * c.frames_per_step,
        'files': {'fp32': {'path': 'model.fp32.onnx'}}, 'heads': [{'name': 'characters', 'tokens': 'tokens.txt'}],
        'states': [{'input': name, 'shape': shape} for name, shape in model.state_shapes.items()], 'training': {'hoursSeen': 7},
        'name': 'tiny', 'version': '1.0.0'}))
