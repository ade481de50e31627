"""A stream in pieces, by a model and by its graph, and a bundle of the parts that a warm start reads."""
import json

import numpy as np
import onnx
import torch

from training.bundle_files import open_session
from training.graph import build_graph


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


def save_bundle(model, folder):
    onnx.save(build_graph(model, 'test'), str(folder / 'model.fp32.onnx'))
    (folder / 'model.json').write_text(json.dumps(
        {'language': 'en', 'files': {'fp32': {'path': 'model.fp32.onnx'}}, 'training': {'hoursSeen': 7}}))
