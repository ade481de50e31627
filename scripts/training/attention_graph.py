"""The ONNX nodes of `attention.WindowAttention`."""
import numpy as np

OUTSIDE = -1e4  # of a step that may not be seen: nothing is left of it after the softmax, in fp16 neither


def attention_nodes(b, attention, x):
    """Adds the nodes over `x` [T, B, H] and the states `keys` and `values`; returns the name of x plus what they give."""
    keys, values = _memory(b, attention, _projections(b, attention, x))
    b.node('MatMul', ['attention_query', keys], 'attention_products')
    b.node('Mul', ['attention_products', b.constant('attention_scale', (attention.size // attention.heads) ** -0.5)],
           'attention_scores')
    b.node('Add', ['attention_scores', _bias(b, attention)], 'attention_biased')
    b.node('Softmax', ['attention_biased'], 'attention_weights', axis=-1)
    b.node('MatMul', ['attention_weights', values], 'attention_mixed')
    b.node('Transpose', ['attention_mixed'], 'attention_by_time', perm=[2, 0, 1, 3])
    b.node('Reshape', ['attention_by_time', b.constant('attention_joined', [0, 0, attention.size], np.int64)], 'attention_heads')
    _linear(b, 'attention_out', attention.out, 'attention_heads')
    return b.node('Add', [x, 'attention_out'], 'attended')


def _linear(b, name, layer, x):
    b.node('MatMul', [x, b.constant(f'{name}_w', layer.weight.numpy().T)], f'{name}_product')
    return b.node('Add', [f'{name}_product', b.constant(f'{name}_b', layer.bias.numpy())], name)


def _projections(b, attention, x):
    """Keys and values of the new steps [B, T, A]; the query becomes `attention_query` [B, heads, T, A / heads]."""
    norm = attention.norm
    b.node('LayerNormalization', [x, b.constant('attention_g', norm.weight.numpy()), b.constant('attention_n', norm.bias.numpy())],
           'attention_input', axis=-1, epsilon=norm.eps)
    _linear(b, 'attention_in', attention.query_key_value, 'attention_input')
    b.node('Transpose', ['attention_in'], 'attention_by_batch', perm=[1, 0, 2])
    names = ['attention_q', 'attention_k', 'attention_v']
    b.node('Split', ['attention_by_batch', b.constant('attention_sizes', [attention.size] * 3, np.int64)], names, axis=2)
    b.constant('attention_split', [0, 0, attention.heads, attention.size // attention.heads], np.int64)
    _by_head(b, 'attention_q', 'attention_query', [0, 2, 1, 3])
    return names[1:]


def _by_head(b, x, name, perm):
    b.node('Reshape', [x, 'attention_split'], f'{name}_split')
    return b.node('Transpose', [f'{name}_split'], name, perm=perm)


def _memory(b, attention, new):
    """All keys [B, heads, A / heads, J] and values [B, heads, J, A / heads] in sight, J = window - 1 + T; keeps the last."""
    kept = b.constant('attention_kept', [1 - attention.window], np.int64)
    for state, now in zip(('keys', 'values'), new):
        b.node('Concat', [state, now], f'{state}_all', axis=1)
        b.node('Slice', [f'{state}_all', kept, 'far', 'axis_1'], f'{state}_out')
    return _by_head(b, 'keys_all', 'attention_keys', [0, 2, 3, 1]), _by_head(b, 'values_all', 'attention_values', [0, 2, 1, 3])


def _bias(b, attention):
    """[heads, T, J] for any T: a table of the bias at each distance, with a row on either side for what is out of sight."""
    window, heads = attention.window, attention.heads
    outside = np.full((1, heads), OUTSIDE, np.float32)
    b.constant('attention_bias_table', np.concatenate([outside, attention.distance_bias.numpy().T, outside]))
    for name, value in (('zero', 0), ('one', 1), ('last_row', window + 1), ('window', window), ('before', window - 1)):
        b.constant(f'bias_{name}', value, np.int64)
    b.node('Shape', ['attention_input'], 'attention_shape')
    b.node('Gather', ['attention_shape', 'bias_zero'], 'attention_steps')
    b.node('Add', ['attention_steps', 'bias_before'], 'attention_in_sight')
    b.node('Range', ['bias_zero', 'attention_steps', 'bias_one'], 'attention_now')
    b.node('Unsqueeze', ['attention_now', 'axis_1'], 'attention_now_column')
    b.node('Range', ['bias_zero', 'attention_in_sight', 'bias_one'], 'attention_then')
    b.node('Sub', ['attention_now_column', 'attention_then'], 'attention_difference')
    b.node('Add', ['attention_difference', 'bias_window'], 'attention_row')  # 1 + the distance; row 0: still to come
    b.node('Clip', ['attention_row', 'bias_zero', 'bias_last_row'], 'attention_clipped')
    b.node('Gather', ['attention_bias_table', 'attention_clipped'], 'attention_bias_last')
    return b.node('Transpose', ['attention_bias_last'], 'attention_bias', perm=[2, 0, 1])
