"""ONNX nodes of Keras layers, one function a kind of layer.

All tensors are [B, T, D] as in Keras. What a layer must remember from one piece of a stream to the next (the last
outputs of a recurrent layer, the last inputs of a convolution) becomes a state: an input of the graph and an output,
both zero at the start of a stream, which is where Keras starts, too.
"""
import numpy as np

from .graph import GraphBuilder
from .keras_backend import keras

# Keras: z, r, h (GRU) and i, f, c, o (LSTM); ONNX: z, r, h and i, o, f, c.
GATES = {'GRU': (0, 1, 2), 'LSTM': (0, 3, 1, 2), 'SimpleRNN': (0,)}
OPERATOR = {'GRU': 'GRU', 'LSTM': 'LSTM', 'SimpleRNN': 'RNN'}
GATE_ACTIVATIONS = {'sigmoid': 'Sigmoid', 'tanh': 'Tanh', 'relu': 'Relu'}
ACTIVATIONS = {**GATE_ACTIVATIONS, 'elu': 'Elu', 'selu': 'Selu', 'softplus': 'Softplus'}
NORMALISED = ('softmax', 'log_softmax')  # of the last layer: the graph ends in LogSoftmax in any case


convert_to_numpy = keras.ops.convert_to_numpy


class Unsupported(ValueError):
    """What has no streaming counterpart here, with what to do instead."""


class StreamBuilder(GraphBuilder):
    """A graph with states. `states`: name -> shape with -1 on the batch axis; `outputs`: the Keras tensors that are wanted."""

    def __init__(self, outputs):
        super().__init__()
        self.states, self.outputs = {}, outputs

    def state(self, name, shape):
        self.states[name] = shape
        return name

    def integers(self, name, values):
        return self.constant(name, values, np.int64)


def emit(b, layer, inputs, is_head=False):
    """Adds the nodes of `layer` over the tensors named `inputs`; returns the name of its result."""
    kind = type(layer).__name__
    if kind == 'Bidirectional':
        raise Unsupported(f'layer "{layer.name}" is a Bidirectional, which reads the stream from its end; expected layers that '
                          'read forwards')
    if kind not in EMITTERS:
        raise Unsupported(f'layer "{layer.name}" is a {kind}; layers that can be imported: {", ".join(sorted(EMITTERS))}')
    return EMITTERS[kind](b, layer, inputs if kind in MERGING else inputs[0], is_head)


def demand(layer, ok, expected, got):
    if not ok:
        raise Unsupported(f'layer "{layer.name}" ({type(layer).__name__}): expected {expected}, got {got}')


def last_axis(layer):
    axis = layer.axis if isinstance(layer.axis, int) else tuple(layer.axis)
    demand(layer, axis in (-1, 2, (-1,), (2,)), 'the last axis (axis=-1)', f'axis={axis}')


def activate(b, layer, x, is_head):
    name = layer.activation.__name__
    if name == 'linear' or (is_head and name in NORMALISED):
        return x
    known = {**ACTIVATIONS, 'softmax': 'Softmax', 'log_softmax': 'LogSoftmax'}
    demand(layer, name in known, f'an activation of {", ".join(sorted(known))}', f'"{name}"')
    return b.node(known[name], [x], f'{layer.name}_activated')


# --- layers without a memory ---


def nothing(_b, _layer, x, _is_head):
    """Dropout, noise and masks only act in training."""
    return x


def activation(b, layer, x, is_head):
    return activate(b, layer, x, is_head)


def softmax(b, layer, x, is_head):
    last_axis(layer)
    return x if is_head else b.node('Softmax', [x], layer.name, axis=-1)


def relu(b, layer, x, _is_head):
    plain = layer.max_value is None and not layer.negative_slope and not layer.threshold
    demand(layer, plain, 'a plain ReLU', 'max_value, negative_slope or threshold')
    return b.node('Relu', [x], layer.name)


def dense(b, layer, x, is_head):
    kernel, *bias = layer.get_weights()
    y = b.node('MatMul', [x, b.constant(f'{layer.name}_kernel', kernel)], f'{layer.name}_product')
    if bias:
        y = b.node('Add', [y, b.constant(f'{layer.name}_bias', bias[0])], f'{layer.name}_sum')
    return activate(b, layer, y, is_head)


def time_distributed(b, layer, x, is_head):
    demand(layer, type(layer.layer).__name__ in ('Dense', 'LayerNormalization'), 'a Dense or LayerNormalization layer inside',
           type(layer.layer).__name__)
    return emit(b, layer.layer, [x], is_head)


def reshape(b, layer, x, _is_head):
    shape = tuple(layer.target_shape)
    demand(layer, len(shape) == 2 and shape[0] == -1, 'Reshape((-1, n * D)), which joins n frames to a step', f'{shape}')
    return b.node('Reshape', [x, b.integers(f'{layer.name}_shape', [0, *shape])], layer.name)


def scale_and_shift(b, layer, x, scale, shift):
    """x * scale + shift, along the last axis."""
    y = b.node('Mul', [x, b.constant(f'{layer.name}_scale', scale)], f'{layer.name}_scaled')
    return b.node('Add', [y, b.constant(f'{layer.name}_shift', shift)], layer.name)


def normalization(b, layer, x, _is_head):
    last_axis(layer)
    demand(layer, not layer.invert, 'invert=False', 'invert=True')
    mean, variance = (np.asarray(convert_to_numpy(v), np.float64).reshape(-1) for v in (layer.mean, layer.variance))
    deviation = np.maximum(np.sqrt(variance), 1e-7)  # keras.config.epsilon()
    centred = b.node('Sub', [x, b.constant(f'{layer.name}_mean', mean)], f'{layer.name}_centred')
    return b.node('Div', [centred, b.constant(f'{layer.name}_deviation', deviation)], layer.name)


def batch_normalization(b, layer, x, _is_head):
    last_axis(layer)
    mean, variance = (np.asarray(convert_to_numpy(v), np.float64) for v in (layer.moving_mean, layer.moving_variance))
    scale = (convert_to_numpy(layer.gamma) if layer.scale else 1) / np.sqrt(variance + layer.epsilon)
    return scale_and_shift(b, layer, x, scale, (convert_to_numpy(layer.beta) if layer.center else 0) - mean * scale)


def layer_normalization(b, layer, x, _is_head):
    last_axis(layer)
    demand(layer, not getattr(layer, 'rms_scaling', False), 'rms_scaling=False', 'True')
    width = (layer.gamma if layer.scale else layer.beta).shape[0] if layer.scale or layer.center else layer.input.shape[-1]
    gamma = convert_to_numpy(layer.gamma) if layer.scale else np.ones(width)
    beta = convert_to_numpy(layer.beta) if layer.center else np.zeros(width)
    inputs = [x, b.constant(f'{layer.name}_gamma', gamma), b.constant(f'{layer.name}_beta', beta)]
    return b.node('LayerNormalization', inputs, layer.name, axis=-1, epsilon=layer.epsilon)


def add(b, layer, inputs, _is_head):
    return b.node('Sum', inputs, layer.name)


def concatenate(b, layer, inputs, _is_head):
    last_axis(layer)
    return b.node('Concat', inputs, layer.name, axis=-1)


# --- layers with a memory ---


def convolution(b, layer, x, is_head):
    """Causal, so that it needs no frames to come: it remembers the frames that its kernel reaches back to."""
    name, (kernel, *bias) = layer.name, layer.get_weights()
    demand(layer, layer.padding == 'causal', 'padding="causal" (other convolutions wait for frames to come)', f'"{layer.padding}"')
    demand(layer, layer.data_format == 'channels_last', 'data_format="channels_last"', f'"{layer.data_format}"')
    kept = (layer.kernel_size[0] - 1) * layer.dilation_rate[0]
    if kept:
        frames = b.state(f'{name}_frames', [-1, kept, kernel.shape[1] * layer.groups])
        x = b.node('Concat', [frames, x], f'{name}_heard', axis=1)
        b.node('Slice', [x, b.integers(f'{name}_kept', [-kept]), b.integers(f'{name}_end', [2**31]),
                         b.integers(f'{name}_axis', [1])], f'{frames}_out')
    x = b.node('Transpose', [x], f'{name}_channels', perm=[0, 2, 1])
    weights = [b.constant(f'{name}_kernel', kernel.transpose(2, 1, 0)), *(b.constant(f'{name}_bias', v) for v in bias)]
    b.node('Conv', [x, *weights], f'{name}_filtered', strides=layer.strides, dilations=layer.dilation_rate, group=layer.groups)
    y = b.node('Transpose', [f'{name}_filtered'], f'{name}_steps', perm=[0, 2, 1])
    return activate(b, layer, y, is_head)


def recurrent(b, layer, x, _is_head):
    name, kind = layer.name, type(layer).__name__
    demand(layer, layer.return_sequences, 'return_sequences=True', 'False')
    demand(layer, not layer.go_backwards, 'a layer that reads forwards', 'go_backwards=True')
    x = b.node('Transpose', [x], f'{name}_by_time', perm=[1, 0, 2])
    states = [b.state(f'{name}_{s}', [1, -1, layer.units]) for s in (('hidden', 'cell') if kind == 'LSTM' else ('hidden',))]
    attributes = {'hidden_size': layer.units, 'activations': gate_activations(layer)}
    if kind == 'GRU':  # whether the reset gate acts after the recurrent product (the default of Keras) or before
        attributes['linear_before_reset'] = int(layer.reset_after)
    b.node(OPERATOR[kind], [x, *recurrent_weights(b, layer), '', *states],
           [f'{name}_directions', *(f'{s}_out' for s in states)], **attributes)
    y = b.node('Squeeze', [f'{name}_directions', b.integers(f'{name}_direction', [1])], f'{name}_steps')
    return b.node('Transpose', [y], f'{name}_outputs', perm=[1, 0, 2])


def gate_activations(layer):
    """In ONNX's order: of the gates, then of the candidate (GRU) or of the candidate and of the output (LSTM)."""
    kind = type(layer).__name__
    functions = {'SimpleRNN': ['activation'], 'GRU': ['recurrent_activation', 'activation'],
                 'LSTM': ['recurrent_activation', 'activation', 'activation']}[kind]
    names = [getattr(layer, f).__name__ for f in functions]
    for name in names:
        demand(layer, name in GATE_ACTIVATIONS, f'activations of {", ".join(sorted(GATE_ACTIVATIONS))}', f'"{name}"')
    return [GATE_ACTIVATIONS[name] for name in names]


def recurrent_weights(b, layer):
    """W [1, gates * H, D], R [1, gates * H, H] and B [1, 2 * gates * H] (of the input, then recurrent), gates in ONNX's order."""
    name, order = layer.name, GATES[type(layer).__name__]
    kernel, recurrent_kernel, *bias = layer.get_weights()
    biases = bias[0] if bias else np.zeros(kernel.shape[1])
    if biases.ndim == 1:  # only a GRU with reset_after has both
        biases = np.stack([biases, np.zeros_like(biases)])

    def ordered(columns):
        gates = np.split(columns, len(order), axis=-1)
        return np.concatenate([gates[g] for g in order], axis=-1)

    return [b.constant(f'{name}_w', ordered(kernel).T[None]), b.constant(f'{name}_r', ordered(recurrent_kernel).T[None]),
            b.constant(f'{name}_b', ordered(biases).reshape(1, -1))]


MERGING = ('Add', 'Concatenate')
EMITTERS = {
    **dict.fromkeys(('Dropout', 'SpatialDropout1D', 'GaussianDropout', 'GaussianNoise', 'Masking', 'ActivityRegularization'), nothing),
    **dict.fromkeys(('GRU', 'LSTM', 'SimpleRNN'), recurrent),
    'Activation': activation, 'Softmax': softmax, 'ReLU': relu, 'Dense': dense, 'TimeDistributed': time_distributed,
    'Reshape': reshape, 'Normalization': normalization, 'BatchNormalization': batch_normalization,
    'LayerNormalization': layer_normalization, 'Add': add, 'Concatenate': concatenate, 'Conv1D': convolution,
}
