"""The ONNX graph of a Keras model as a stream: features and states in, log-probabilities and states out."""
from dataclasses import dataclass

from onnx import TensorProto, checker, helper

from .graph import OPSETS
from .keras_backend import keras
from .keras_layers import StreamBuilder, Unsupported, emit

FRAMES = 2520  # a length that most numbers of frames a step divide


@dataclass(frozen=True)
class KerasStream:
    graph: object  # onnx.ModelProto
    states: dict  # name -> shape with -1 on the batch axis; the output's name ends in _out
    frames_per_step: int
    heads: tuple  # (name, number of tokens)


def only_input(model):
    """The features [B, T, D]; a model that is a list of layers or a graph of layers has it."""
    if not getattr(model, 'inputs', None):
        raise Unsupported('expected a Sequential or functional model that is built, got one without inputs (a subclassed '
                          'model hides its layers: write it as a functional model and copy the weights)')
    if len(model.inputs) != 1 or len(model.inputs[0].shape) != 3:
        raise Unsupported('expected one input [batch, frames, coefficients], got '
                          f'{[tuple(x.shape) for x in model.inputs]}; states need no inputs, the import adds them')
    _, frames, width = model.inputs[0].shape
    if frames is not None or width is None:
        raise Unsupported(f'expected Input((None, D)), any number of frames of a fixed size, got {(frames, width)}; '
                          'build the model again with None and load the weights into it')
    return model.inputs[0]


def frames_per_output(model):
    """How many rows of input a row of output stands for: what convolutions and Reshape join."""
    outputs = model.compute_output_shape((1, FRAMES, model.inputs[0].shape[-1]))
    shapes = [outputs] if len(model.outputs) == 1 else list(outputs)
    lengths = {shape[1] if len(shape) == 3 else None for shape in shapes}
    if len(lengths) != 1 or None in lengths:
        raise Unsupported(f'expected outputs [batch, steps, tokens] of the same number of steps, got {shapes}')
    steps = lengths.pop()
    if FRAMES % steps:
        raise Unsupported(f'expected a whole number of frames a step that divides {FRAMES}, got {FRAMES} frames for {steps} steps')
    return FRAMES // steps


def tensor_name(b, tensor, names):
    """Adds the nodes that give a Keras tensor, those before it first; `names`: (layer's id, index of a call) -> ONNX name.

    A Keras tensor knows the layer that gave it and in which of the layer's calls (a Sequential model calls its layers again
    for each layer that is added); no public interface tells the same.
    """
    layer, call, _ = tensor._keras_history
    if (id(layer), call) in names:
        return names[id(layer), call]
    if not isinstance(layer, keras.layers.Layer):
        raise Unsupported(f'"{layer.name}" is the operation {type(layer).__name__}; expected layers in place of operators and '
                          'keras.ops, such as layers.Add in place of +')
    inputs = [tensor_name(b, x, names) for x in layer._inbound_nodes[call].input_tensors]
    if any(known == id(layer) for known, _ in names):
        raise Unsupported(f'layer "{layer.name}" is used twice; expected a layer of its own each time')
    is_head = any(x._keras_history[:2] == (layer, call) for x in b.outputs)
    return names.setdefault((id(layer), call), emit(b, layer, inputs, is_head))


def input_nodes(b, width, coefficients, normalization):
    """features [B, F, coefficients], normalised as it was outside of the model, as rows [B, F / n, width]."""
    if width % coefficients:
        raise Unsupported(f'expected an input of {coefficients} coefficients a frame or whole frames joined, got {width} values')
    x = 'features'
    if normalization is not None:
        b.node('Sub', [x, b.constant('feature_mean', normalization[0])], 'features_centred')
        x = b.node('Div', ['features_centred', b.constant('feature_deviation', normalization[1])], 'features_normalised')
    if width != coefficients:
        x = b.node('Reshape', [x, b.integers('features_shape', [0, -1, width])], 'features_joined')
    return x


def build_stream(model, head_names, coefficients, normalization=None):
    """A `KerasStream` of a Keras model. normalization: (mean, deviation) a coefficient, done outside of the model."""
    tensor, b = only_input(model), StreamBuilder(model.outputs)
    if len(head_names) != len(model.outputs):
        raise Unsupported(f'expected as many heads as the model has outputs ({len(model.outputs)}), got {len(head_names)}')
    width = tensor.shape[-1]
    layer, call, _ = tensor._keras_history
    names = {(id(layer), call): input_nodes(b, width, coefficients, normalization)}
    for name, output in zip(head_names, model.outputs):
        b.node('LogSoftmax', [tensor_name(b, output, names)], f'log_probs_{name}', axis=-1)
    heads = tuple((name, int(x.shape[-1])) for name, x in zip(head_names, model.outputs))
    frames_per_step = width // coefficients * frames_per_output(model)
    return KerasStream(assemble(b, coefficients, heads), b.states, frames_per_step, heads)


def assemble(b, coefficients, heads):
    def value(name, shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ['batch' if size == -1 else size for size in shape])

    inputs = [value('features', [-1, 'frames', coefficients]), *(value(n, s) for n, s in b.states.items())]
    outputs = [*(value(f'log_probs_{n}', [-1, 'steps', size]) for n, size in heads),
               *(value(f'{n}_out', s) for n, s in b.states.items())]
    graph = helper.make_graph(b.nodes, 'keras', inputs, outputs, b.constants)
    proto = helper.make_model(graph, producer_name='earshot import from Keras', opset_imports=OPSETS, ir_version=8)
    checker.check_model(proto, full_check=True)
    return proto
