"""The fp16 ONNX graph of a trained model. A running mean stays in fp32: what a frame adds to it is less than fp16 can tell from
nothing once the mean is near.
"""
from onnxruntime.transformers.float16 import convert_float_to_float16

from .running_mean import NODE, STATE

STATE_INPUT, STATE_OUTPUT = 5, 1  # of an RNN node


def _carry_in_fp32(graph, node):
    """Connects the state of the node with the input and output of the graph, which are fp32: the conversion puts a cast to fp16
    and one back between them."""
    casts = []
    while node.input[STATE_INPUT] != STATE:
        casts.append(next(n for n in graph.node if node.input[STATE_INPUT] in n.output))
        node.input[STATE_INPUT] = casts[-1].input[0]
    while node.output[STATE_OUTPUT] != f'{STATE}_out':
        casts.append(next(n for n in graph.node if node.output[STATE_OUTPUT] in n.input))
        node.output[STATE_OUTPUT] = casts[-1].output[0]
    for cast in casts:
        graph.node.remove(cast)


def build_fp16_graph(fp32):
    """ONNX ModelProto of the one that graph.build_graph made; its inputs and outputs stay fp32."""
    proto = convert_float_to_float16(fp32, keep_io_types=True, node_block_list=[NODE])
    node = next((n for n in proto.graph.node if n.name == NODE), None)
    if node:
        _carry_in_fp32(proto.graph, node)
    return proto
