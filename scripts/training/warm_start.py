"""The weights of a shipped bundle or of a checkpoint, as the start of a training.

A bundle holds the averaged weights in fp32, so training goes on from a shipped model without its run folder.
"""
import json
import os
from dataclasses import dataclass, replace

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .checkpoint import load_checkpoint
from .graph import GATES, cell_nodes
from .model import AcousticModel, ModelConfig
from .parallel import FlatParameters
from .running_mean import milliseconds_of
from .spelling import read_tokens

FOR_TRAINING_ALONE = ('frame_head.', 'beside_heads.')
# A model with one may start from one without: with the first two it computes the same until it learns.
ADDED_LAYERS = ('attention.', 'look_ahead.', 'running_mean.')
HEADS = ('heads.', *FOR_TRAINING_ALONE)
SPELLING_HEAD = 'heads.characters.'
RUNNING_MEAN = 'running_mean.keep'


def _torch_order(tensor, cell, hidden):
    """Rows of ONNX's gate order in torch's: the inverse of graph._reorder."""
    blocks = tensor.reshape(len(GATES[cell]), hidden, -1)
    out = np.empty_like(blocks)
    out[list(GATES[cell])] = blocks
    return out.reshape(tensor.shape)


def _layer_values(constants, cell, i):
    w, r, b = (constants[f'{name}_{i}'][0] for name in 'wrb')
    hidden = r.shape[1]
    return {f'layers.{i}.weight_ih_l0': _torch_order(w, cell, hidden), f'layers.{i}.weight_hh_l0': _torch_order(r, cell, hidden),
            f'layers.{i}.bias_ih_l0': _torch_order(b[: len(b) // 2], cell, hidden),
            f'layers.{i}.bias_hh_l0': _torch_order(b[len(b) // 2:], cell, hidden),
            f'norms.{i}.weight': constants[f'g_{i}'], f'norms.{i}.bias': constants[f'n_{i}']}


def _attention_values(constants):
    """Of the attention layer; nothing where the model has none."""
    if 'attention_bias_table' not in constants:
        return {}
    values = {'distance_bias': constants['attention_bias_table'][1:-1].T, 'norm.weight': constants['attention_g'],
              'norm.bias': constants['attention_n']}
    for layer, name in (('out', 'attention_out'), ('query_key_value', 'attention_in')):
        values |= {f'{layer}.weight': constants[f'{name}_w'].T, f'{layer}.bias': constants[f'{name}_b']}
    return {f'attention.{name}': value for name, value in values.items()}


def read_description(folder):
    path = os.path.join(folder, 'model.json')
    if not os.path.exists(path):
        raise SystemExit(f'{path} was expected, as a bundle has it, and is not there: give the folder of a bundle, or a checkpoint, such as '
                         'RUN/best.pt')
    with open(path, encoding='utf8') as f:
        return json.load(f)


def tokens_path(folder, description):
    """The file with the tokens of a bundle's head that spells."""
    return os.path.join(folder, next(head['tokens'] for head in description['heads'] if head['name'] == 'characters'))


def read_bundle(folder):
    """{parameter or buffer name: tensor} of the fp32 graph that training.export wrote."""
    graph = onnx.load(os.path.join(folder, read_description(folder)['files']['fp32']['path'])).graph
    constants = {c.name: numpy_helper.to_array(c) for c in graph.initializer}
    cells = cell_nodes(graph)
    values = {'mean': constants['mean'], 'std': 1 / constants['scale']}
    for i, node in enumerate(cells):
        values |= _layer_values(constants, node.op_type.lower(), i)
    values |= _attention_values(constants)
    if 'running_mean_r' in constants:
        values['running_mean.keep'] = constants['running_mean_r'][0, 0, 0]
    if 'look_ahead_w' in constants:
        values['look_ahead.weight'] = constants['look_ahead_w']
    for name in ('characters', 'phonemes'):
        values |= {f'heads.{name}.weight': constants[f'{name}_w'].T, f'heads.{name}.bias': constants[f'{name}_b']}
    return {name: torch.from_numpy(np.array(value)) for name, value in values.items()}


@dataclass(frozen=True)
class Weights:
    """{parameter or buffer name: tensor}, the seconds of audio heard, the frames of a step, what the heads are for: the language
    and the tokens of the head that spells, and how the weights came about (see stages.py)."""
    values: dict
    frames_per_step: int
    heard: float
    language: str
    tokens: tuple
    stages: list


def model_of(state):
    """The model of a loaded checkpoint, with its averaged weights."""
    model = AcousticModel(ModelConfig(**state['config']), state['mean'], state['std'])
    FlatParameters(model, 1).load(state['average'])
    return model


def read_checkpoint(path):
    state = load_checkpoint(path)
    model = model_of(state)
    heard = state['heard'] if 'heard' in state else state['line']['heard_hours'] * 3600  # the best weights keep their line
    return Weights(model.state_dict(), model.config.frames_per_step, heard, model.language.code, model.spelling.tokens,
                   state.get('stages', []))


def read_weights(path):
    """What `path` holds, a bundle's folder or a checkpoint."""
    if not os.path.isdir(path):
        return read_checkpoint(path)
    description = read_description(path)
    training = description['training']
    return Weights(read_bundle(path), description['framesPerStep'], training['hoursSeen'] * 3600, description['language'],
                   read_tokens(tokens_path(path, description)), training.get('stages') or [{'bundle': f"{description['name']} {description['version']}"}])


def left_behind(weights, model):
    """Beginnings of the names of what `model` can not take over: its tokens are others."""
    if weights.language != model.language.code:
        return HEADS
    return () if weights.tokens == model.spelling.tokens else (SPELLING_HEAD,)


def refuse_another_step(path, there, here):
    """Steps of two frames and of three read windows of the same size, by weights of the same shape."""
    if there != here:
        raise SystemExit(f'{path} has steps of {there} frames, expected {here} as --frames-per-step says: give --frames-per-step {there}, or '
                         'start from another model')


def refuse_another_time_constant(path, values, targets):
    """A running mean's constant is an option of the training, not a weight: taken over in silence, it would be another one than the
    checkpoint's options say."""
    there, here = (milliseconds_of(float(table[RUNNING_MEAN])) if RUNNING_MEAN in table else None for table in (values, targets))
    if there and here and there != here:
        raise SystemExit(f'{path} has a running mean of {there} ms, expected {here} ms as --running-mean-ms says: give '
                         f'--running-mean-ms {there}, or start from another model')


def warm_start(path, model):
    """Loads `path`, a bundle's folder or a checkpoint, into `model`. A head that serves training alone may be missing or
    left over, `ADDED_LAYERS` may be missing; heads for other tokens stay behind.

    Returns the weights that were read; what they have heard counts only if it was the language of `model`.
    """
    weights = read_weights(path)
    behind = left_behind(weights, model)
    values = {name: value for name, value in weights.values.items() if not name.startswith(behind)}
    missing = (layer for layer in ADDED_LAYERS if not any(name.startswith(layer) for name in values))
    aside = (*FOR_TRAINING_ALONE, *behind, *missing)
    targets = model.state_dict()
    wanted, got = ({name: tuple(value.shape) for name, value in table.items() if not name.startswith(aside)}
                   for table in (targets, values))
    for name in sorted(wanted.keys() | got.keys()):
        if wanted.get(name) != got.get(name):
            raise SystemExit(f'{path} does not fit: {name} is {got.get(name)} there, {wanted.get(name)} here')
    refuse_another_step(path, weights.frames_per_step, model.config.frames_per_step)
    refuse_another_time_constant(path, values, targets)
    with torch.no_grad():
        for name in targets.keys() & values.keys():
            targets[name].copy_(values[name])
    return weights if weights.language == model.language.code else replace(weights, heard=0.0)
