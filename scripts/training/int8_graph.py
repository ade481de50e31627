"""The int8 ONNX graph of a trained GRU model.

Weights: one scale an output channel, symmetric (Wu et al. 2020, "Integer quantization for deep learning inference",
section 3), signed and within ±64: beside an unsigned activation that is as much as AVX2 kernels add up in pairs without
saturating, and their products of signed weights take a third less time than those of unsigned ones. Activations:
unsigned with zero point 128, one scale a layer, fixed in advance, so that a stream's result does not depend on what else
is in the batch: a GRU's states lie in (-1, 1); the range of the layer inputs is measured on training clips. The gates,
normalisation, attention and heads stay in fp32.
"""
import numpy as np
import torch
from onnx import TensorProto, helper

from .graph import GraphBuilder, assemble, input_windows, rest_of_layer

ZERO = 128  # of activations
LARGEST_ACTIVATION, LARGEST_WEIGHT = 127, 64  # as steps away from zero; 2 * 255 * 64 fits into 16 bits


class QuantizedProducts:
    """Adds the products of a graph: fixed scales in, per-channel weights, fp32 out."""

    def __init__(self, builder):
        self._b = builder
        builder.constant('zero', ZERO, np.uint8)
        builder.constant('weight_zero', 0, np.int8)

    def activation(self, name, largest):
        """Constant for the scale of an activation within ±largest."""
        return self._b.constant(f'{name}_scale', largest / LARGEST_ACTIVATION)

    def weight(self, name, matrix):
        """Constants for `matrix` [outputs, inputs]."""
        scale = np.maximum(np.abs(matrix).max(1), 1e-8) / LARGEST_WEIGHT
        self._b.constant(f'{name}_q', np.round(matrix / scale[:, None]).T, np.int8)
        return self._b.constant(f'{name}_scale', scale)

    def nodes(self, x, scale, weight, bias):
        """Nodes that compute `x @ weight.T + bias` as `<weight>_product`."""
        quantized = helper.make_node('QuantizeLinear', [x, scale, 'zero'], [f'{weight}_in'])
        inputs = [f'{weight}_in', f'{weight}_q', scale, f'{weight}_scale', 'zero', 'weight_zero', bias]
        product = helper.make_node('MatMulIntegerToFloat', inputs, [f'{weight}_product'], domain='com.microsoft')
        return [quantized, product]


def _step_nodes(i):
    """A GRU step from the products of input (`x_rz`, `x_n`) and state (`r_{i}_product`): Cho et al. 2014, reset after."""
    make = helper.make_node
    return [
        make('Split', [f'r_{i}_product', 'gate_sizes'], ['h_rz', 'h_n'], axis=1),
        make('Add', ['x_rz', 'h_rz'], ['rz_sum']), make('Sigmoid', ['rz_sum'], ['rz']),
        make('Split', ['rz', 'half_sizes'], ['r', 'z'], axis=1),
        make('Mul', ['r', 'h_n'], ['reset']), make('Add', ['x_n', 'reset'], ['n_sum']), make('Tanh', ['n_sum'], ['n']),
        make('Sub', ['h', 'n'], ['difference']), make('Mul', ['z', 'difference'], ['kept']),
        make('Add', ['n', 'kept'], ['h_new']), make('Identity', ['h_new'], ['y']),
    ]


def _recurrent_layer(b, products, model, i, x, largest):
    layer, h = model.layers[i], model.config.hidden
    products.weight(f'w_{i}', layer.weight_ih_l0.numpy())
    bias = b.constant(f'b_{i}', layer.bias_ih_l0.numpy())
    b.nodes += products.nodes(x, products.activation(f'x_{i}', largest), f'w_{i}', bias)
    b.node('Split', [f'w_{i}_product', 'gate_sizes'], [f'x_rz_{i}', f'x_n_{i}'], axis=2)  # once for all steps
    products.weight(f'r_{i}', layer.weight_hh_l0.numpy())
    b.node('Squeeze', [f'hidden_{i}', 'axis_0'], f'hidden_{i}_row')

    def row(name, width):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ['batch', width])

    product = products.nodes('h', 'state_scale', f'r_{i}', b.constant(f'c_{i}', layer.bias_hh_l0.numpy()))
    body = helper.make_graph(product + _step_nodes(i), f'step_{i}', [row('h', h), row('x_rz', 2 * h), row('x_n', h)],
                             [row('h_new', h), row('y', h)])
    b.node('Scan', [f'hidden_{i}_row', f'x_rz_{i}', f'x_n_{i}'], [f'hidden_{i}_last', f'y_{i}'], body=body, num_scan_inputs=2)
    b.node('Unsqueeze', [f'hidden_{i}_last', 'axis_0'], f'hidden_{i}_new')
    return rest_of_layer(b, model, i, x)


def layer_ranges(model, batches, quantile=0.9999):
    """Largest magnitude, but for outliers, of each layer's input over `batches` of mfcc [B, F, D]."""
    inputs = [[] for _ in model.layers]
    hooks = [layer.register_forward_pre_hook(lambda _, args, i=i: inputs[i].append(args[0].abs().flatten()))
             for i, layer in enumerate(model.layers)]
    with torch.no_grad():
        for mfcc in batches:
            model(mfcc, model.initial_states(len(mfcc), mfcc))
    for hook in hooks:
        hook.remove()
    return [float(np.quantile(torch.cat(values).numpy(), quantile)) for values in inputs]


def build_int8_graph(model, ranges, producer):
    """ONNX ModelProto in int8 of a GRU `AcousticModel` in eval mode; `ranges` as of `layer_ranges`."""
    if model.config.cell != 'gru':
        raise ValueError(f'int8 graphs are made of GRU models, this one is {model.config.cell}')
    b, h = GraphBuilder(), model.config.hidden
    products = QuantizedProducts(b)
    b.constant('state_scale', 1 / LARGEST_ACTIVATION)
    b.constant('gate_sizes', [2 * h, h], np.int64)
    b.constant('half_sizes', [h, h], np.int64)
    b.constant('axis_0', [0], np.int64)
    x = input_windows(b, model)
    for i, largest in enumerate(ranges):
        x = _recurrent_layer(b, products, model, i, x, largest)
    return assemble(b, model, x, producer)
