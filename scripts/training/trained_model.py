"""A model as it was trained, of whatever kind and size: from a bundle or a checkpoint."""
import hashlib
import os

import onnx
import torch
from onnx import numpy_helper

from .checkpoint import load_checkpoint
from .graph import cell_nodes
from .languages import LANGUAGES
from .model import AcousticModel, ModelConfig
from .running_mean import milliseconds_of
from .spelling import read_tokens
from .warm_start import read_description, tokens_path, warm_start

ALONE = {'frame_head': False, 'beside': '', 'dropout': 0.0, 'recurrent_dropout': 0.0}


def config_of(path):
    """The `ModelConfig` of a bundle's folder or of a checkpoint, without what serves training alone: in train mode, which has
    the fast path of the layers, the model computes what it does in eval mode."""
    if not os.path.isdir(path):
        return ModelConfig(**{**load_checkpoint(path)['config'], **ALONE})
    description = read_description(path)
    graph = onnx.load(os.path.join(path, description['files']['fp32']['path'])).graph
    shapes = {s['input']: s['shape'] for s in description['states']}
    per_step = description['framesPerStep']
    constants = {c.name: numpy_helper.to_array(c) for c in graph.initializer}
    tokens, more = read_tokens(tokens_path(path, description)), {}
    if tokens != LANGUAGES[description['language']].characters:
        more['pieces'] = tokens
    if 'keys' in shapes:
        more |= {'attention_window': shapes['keys'][1] + 1, 'attention_size': shapes['keys'][2],
                 'attention_heads': constants['attention_bias_table'].shape[1]}
    if 'average' in shapes:
        more['running_mean_ms'] = milliseconds_of(constants['running_mean_r'][0, 0, 0])
    return ModelConfig(
        cell=cell_nodes(graph)[0].op_type.lower(), layers=shapes['hidden'][0],
        hidden=shapes['hidden'][2], frames_per_step=per_step, stack=shapes['context'][1] + per_step,
        coefficients=shapes['context'][2], language=description['language'],
        look_ahead_steps=description['lookaheadFrames'] // per_step, **ALONE, **more)


def open_trained(path):
    """The model of a bundle's folder or of a checkpoint."""
    config = config_of(path)
    model = AcousticModel(config, torch.zeros(config.coefficients), torch.ones(config.coefficients))
    warm_start(path, model)
    return model


def digest_of(model):
    """Of its weights and constants: models that were trained differ in it."""
    digest = hashlib.blake2b(digest_size=16)
    for name, values in model.state_dict().items():
        digest.update(name.encode() + values.contiguous().numpy().tobytes())
    return digest.hexdigest()
