"""The ONNX graph of a trained model, built node by node.

Inputs: features [B, steps * framesPerStep, D] and the states; outputs: the heads' log-probabilities [B, steps, tokens]
and the states that follow. Normalisation and stacking are inside. Gate orders: torch has r, z, n (GRU) and i, f, g, o
(LSTM); ONNX has z, r, h and i, o, f, c.
"""
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from .attention_graph import attention_nodes
from .look_ahead import look_ahead_nodes
from .running_mean import running_mean_nodes

GATES = {'gru': (1, 0, 2), 'lstm': (0, 3, 1, 2), 'rnn': (0,)}
OPERATOR = {'gru': 'GRU', 'lstm': 'LSTM', 'rnn': 'RNN'}
OPSETS = [helper.make_opsetid('', 17), helper.make_opsetid('com.microsoft', 1)]


class GraphBuilder:
    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, value, dtype=np.float32):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype), name))
        return name

    def node(self, operator, inputs, output, **attributes):
        outputs = output if isinstance(output, list) else [output]
        self.nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return output


def cell_nodes(graph):
    """The recurrent layers of an ONNX graph; a running mean is a node of that kind too, without a bias."""
    return [n for n in graph.node if n.op_type.lower() in GATES and n.input[3]]


def _reorder(tensor, cell, hidden):
    """Rows of torch's gate order in ONNX's."""
    return np.concatenate([tensor[g * hidden:(g + 1) * hidden] for g in GATES[cell]])


def _scaled(b, model, x):
    """`x` less the mean of the training data, over its deviation."""
    b.node('Sub', [x, b.constant('mean', model.mean)], 'centred')
    return b.node('Mul', ['centred', b.constant('scale', 1 / model.std)], 'scaled')


def input_windows(b, model):
    """features and context -> windows [T, B, stack * D]; the states as one tensor a layer."""
    c = model.config
    if c.stack % c.frames_per_step:
        raise ValueError('stack must be a multiple of frames_per_step')
    blocks, width = c.stack // c.frames_per_step, c.frames_per_step * c.coefficients
    b.constant('far', [2**31], np.int64)
    b.constant('axis_1', [1], np.int64)
    b.constant('kept_start', [c.frames_per_step - c.stack], np.int64)
    if c.running_mean_ms:
        new = running_mean_nodes(b, model.running_mean, _scaled(b, model, 'features'), c.coefficients)
        kept = normalised = b.node('Concat', ['context', new], 'frames', axis=1)
    else:
        kept = b.node('Concat', ['context', 'features'], 'frames', axis=1)
        normalised = _scaled(b, model, kept)
    b.node('Slice', [kept, 'kept_start', 'far', 'axis_1'], 'context_out')
    b.node('Reshape', [normalised, b.constant('block_shape', [0, -1, width], np.int64)], 'blocks')
    parts = []
    for i in range(blocks):  # block i of a window, oldest first, for all steps
        start = b.constant(f'start_{i}', [i], np.int64)
        end = b.constant(f'end_{i}', [i - blocks + 1 if i < blocks - 1 else 2**31], np.int64)
        parts.append(b.node('Slice', ['blocks', start, end, 'axis_1'], f'part_{i}'))
    for name in model.cell_states:
        sizes = b.constant(f'{name}_sizes', [1] * c.layers, np.int64)
        b.node('Split', [name, sizes], [f'{name}_{i}' for i in range(c.layers)], axis=0)
    b.node('Concat', parts, 'windows', axis=2)
    return b.node('Transpose', ['windows'], 'layer_input_0', perm=[1, 0, 2])


def _recurrent_layer(b, model, i, x):
    c, layer = model.config, model.layers[i]
    cell, h = c.cell, c.hidden
    weights = [b.constant(f'w_{i}', _reorder(layer.weight_ih_l0.numpy(), cell, h)[None]),
               b.constant(f'r_{i}', _reorder(layer.weight_hh_l0.numpy(), cell, h)[None]),
               b.constant(f'b_{i}', np.concatenate([_reorder(layer.bias_ih_l0.numpy(), cell, h),
                                                    _reorder(layer.bias_hh_l0.numpy(), cell, h)])[None])]
    states = [f'{name}_{i}' for name in model.cell_states]
    attributes = {'hidden_size': h}
    if cell == 'gru':
        attributes['linear_before_reset'] = 1
    b.node(OPERATOR[cell], [x, *weights, '', *states], [f'y4_{i}', *(f'{s}_new' for s in states)], **attributes)
    b.node('Squeeze', [f'y4_{i}', 'axis_1'], f'y_{i}')
    return rest_of_layer(b, model, i, x)


def rest_of_layer(b, model, i, x):
    """`y_{i}` normalised, plus the layer's input `x` from the second layer on, and the attention over that where it stands;
    returns the name of the next input."""
    norm = model.norms[i]
    b.node('LayerNormalization', [f'y_{i}', b.constant(f'g_{i}', norm.weight.numpy()), b.constant(f'n_{i}', norm.bias.numpy())],
           f'norm_{i}', axis=-1, epsilon=norm.eps)
    y = f'norm_{i}' if i == 0 else b.node('Add', [x, f'norm_{i}'], f'layer_input_{i + 1}')
    return attention_nodes(b, model.attention, y) if i == model.config.attended_layer else y


def build_graph(model, producer):
    """ONNX ModelProto of an `AcousticModel` in eval mode."""
    b = GraphBuilder()
    x = input_windows(b, model)
    for i in range(model.config.layers):
        x = _recurrent_layer(b, model, i, x)
    return assemble(b, model, x, producer)


def assemble(b, model, x, producer):
    """Heads over the encoder's output `x`, the states that follow, and the graph of all of it."""
    c = model.config
    if c.look_ahead_steps:
        x = look_ahead_nodes(b, model.look_ahead, x)
    for name in model.cell_states:
        b.node('Concat', [f'{name}_{i}_new' for i in range(c.layers)], f'{name}_out', axis=0)
    for name, head in model.heads.items():
        b.node('MatMul', [x, b.constant(f'{name}_w', head.weight.numpy().T)], f'{name}_product')
        b.node('Add', [f'{name}_product', b.constant(f'{name}_b', head.bias.numpy())], f'{name}_scores')
        b.node('LogSoftmax', [f'{name}_scores'], f'{name}_steps', axis=-1)
        b.node('Transpose', [f'{name}_steps'], f'log_probs_{name}', perm=[1, 0, 2])

    def value(name, shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ['batch' if size == -1 else size for size in shape])

    shapes = model.state_shapes
    inputs = [value('features', [-1, 'frames', c.coefficients])] + [value(n, shape) for n, shape in shapes.items()]
    outputs = [value(f'log_probs_{n}', [-1, 'steps', head.out_features]) for n, head in model.heads.items()]
    outputs += [value(f'{n}_out', shape) for n, shape in shapes.items()]
    graph = helper.make_graph(b.nodes, 'earshot', inputs, outputs, b.constants)
    proto = helper.make_model(graph, producer_name=producer, opset_imports=OPSETS, ir_version=8)
    checker.check_model(proto, full_check=True)
    return proto
