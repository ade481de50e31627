"""Makes the tiny model bundles of test/fixtures, and the log-probabilities they must give.

The graphs are built node by node with random but fixed weights; the expected numbers come from NumPy code that
shares nothing with ONNX but those weights. Run it again only to change the fixtures:

    python scripts/golden/make_tiny_bundle.py --out test/fixtures

needs numpy and onnx. The same versions give the same bytes.
"""

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

DIM = 40
FRAMES_PER_STEP = 4
STACKED = 2 * FRAMES_PER_STEP * DIM  # the frames of the step and of the one before
PROJECTION = 12
HIDDEN = 16
CHARACTERS = ["<blank>", "▁", "'", *"abcdefghijklmnopqrstuvwxyz"]
PHONEMES = ["<blank>", "aa", "b", "d", "eh", "f", "iy", "k", "n", "s", "t", "uw"]
GOLDEN_STEPS = 6
# Of real speech: the zeroth coefficient is large, the others are small.
FEATURE_SCALE = np.float32([300.0] + [40.0] * (DIM - 1))


@dataclass(frozen=True)
class Variant:
    folder: str
    cell: str  # GRU or LSTM
    quantised: bool  # quantise the projection's input with one scale for the whole batch

    @property
    def gates(self) -> int:
        return {"GRU": 3, "LSTM": 4}[self.cell]


VARIANTS = [
    Variant("tiny-model", "GRU", False),
    Variant("tiny-lstm", "LSTM", False),
    Variant("tiny-batch-dependent", "GRU", True),
]


def make_weights(variant: Variant) -> dict[str, np.ndarray]:
    random = np.random.default_rng(20)

    def normal(*shape: int, scale: float) -> np.ndarray:
        return (random.standard_normal(shape) * scale).astype(np.float32)

    rows = variant.gates * HIDDEN
    characters_bias = normal(len(CHARACTERS), scale=0.3)
    characters_bias[0] += 2.5  # blanks between the letters, as a trained model gives
    return {
        "mean": FEATURE_SCALE * np.float32(0.5),
        "inverse_deviation": np.float32(1.0) / FEATURE_SCALE,
        "projection": normal(STACKED, PROJECTION, scale=0.15),
        "projection_bias": normal(PROJECTION, scale=0.1),
        "W": normal(1, rows, PROJECTION, scale=0.6),
        "R": normal(1, rows, HIDDEN, scale=0.5),
        "B": normal(1, 2 * rows, scale=0.1),
        "characters": normal(HIDDEN, len(CHARACTERS), scale=3.0),
        "characters_bias": characters_bias,
        "phonemes": normal(HIDDEN, len(PHONEMES), scale=3.0),
        "phonemes_bias": normal(len(PHONEMES), scale=0.3),
    }


# --- the ONNX graph ---


def make_graph(variant: Variant, weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """features [B, 4·S, 40], context [B, 4, 40], hidden [1, B, 16] (cell too for LSTM) -> log-probs, states."""
    states = ["hidden", "cell"] if variant.cell == "LSTM" else ["hidden"]
    node = helper.make_node
    constants = {
        "minus_one": np.int64([-1]),
        "zero": np.int64([0]),
        "one": np.int64([1]),
        "end": np.int64([2**31]),
        "time_axis": np.int64([1]),
        "last_frames": np.int64([-FRAMES_PER_STEP]),
        "step_shape": np.int64([0, -1, FRAMES_PER_STEP * DIM]),
    }
    nodes = [
        node("Concat", ["context", "features"], ["frames"], axis=1),
        node("Slice", ["frames", "last_frames", "end", "time_axis"], ["context_out"]),
        node("Sub", ["frames", "mean"], ["centred"]),
        node("Mul", ["centred", "inverse_deviation"], ["normalised"]),
        node("Reshape", ["normalised", "step_shape"], ["by_step"]),
        node("Slice", ["by_step", "zero", "minus_one", "time_axis"], ["before"]),
        node("Slice", ["by_step", "one", "end", "time_axis"], ["now"]),
        node("Concat", ["before", "now"], ["stacked"], axis=2),
        *projection_nodes(variant),
        node("Transpose", ["projected"], ["by_time"], perm=[1, 0, 2]),
        recurrent_node(variant, states),
        node("Squeeze", ["recurrent", "one"], ["outputs"]),  # [S, 1, B, H] -> [S, B, H]
        node("Transpose", ["outputs"], ["by_batch"], perm=[1, 0, 2]),
        *head_nodes("characters"),
        *head_nodes("phonemes"),
    ]
    inputs = [
        value_info("features", ["batch", "frames", DIM]),
        value_info("context", ["batch", FRAMES_PER_STEP, DIM]),
        *[value_info(name, [1, "batch", HIDDEN]) for name in states],
    ]
    outputs = [
        value_info("log_probs_characters", ["batch", "steps", len(CHARACTERS)]),
        value_info("log_probs_phonemes", ["batch", "steps", len(PHONEMES)]),
        value_info("context_out", ["batch", FRAMES_PER_STEP, DIM]),
        *[value_info(f"{name}_out", [1, "batch", HIDDEN]) for name in states],
    ]
    initialisers = [numpy_helper.from_array(value, name) for name, value in (weights | constants).items()]
    graph = helper.make_graph(nodes, variant.folder, inputs, outputs, initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def value_info(name: str, shape: list) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def projection_nodes(variant: Variant) -> list[onnx.NodeProto]:
    node = helper.make_node
    source, quantise = "stacked", []
    if variant.quantised:
        source = "dequantised"
        quantise = [
            node("DynamicQuantizeLinear", ["stacked"], ["quantised", "scale", "zero_point"]),
            node("DequantizeLinear", ["quantised", "scale", "zero_point"], ["dequantised"]),
        ]
    return [
        *quantise,
        node("MatMul", [source, "projection"], ["products"]),
        node("Add", ["products", "projection_bias"], ["sums"]),
        node("Relu", ["sums"], ["projected"]),
    ]


def recurrent_node(variant: Variant, states: list[str]) -> onnx.NodeProto:
    inputs = ["by_time", "W", "R", "B", "", *states]
    outputs = ["recurrent", *[f"{name}_out" for name in states]]
    options = {"linear_before_reset": 1} if variant.cell == "GRU" else {}
    return helper.make_node(variant.cell, inputs, outputs, hidden_size=HIDDEN, **options)


def head_nodes(name: str) -> list[onnx.NodeProto]:
    node = helper.make_node
    return [
        node("MatMul", ["by_batch", name], [f"{name}_products"]),
        node("Add", [f"{name}_products", f"{name}_bias"], [f"{name}_logits"]),
        node("LogSoftmax", [f"{name}_logits"], [f"log_probs_{name}"], axis=-1),
    ]


# --- the same in NumPy ---


def golden_features() -> np.ndarray:
    """[frames, 40], float32."""
    random = np.random.default_rng(7)
    features = random.standard_normal((GOLDEN_STEPS * FRAMES_PER_STEP, DIM)) * FEATURE_SCALE
    return np.round(features, 2).astype(np.float32)


def reference_log_probs(variant: Variant, weights: dict, features: np.ndarray) -> dict[str, np.ndarray]:
    """Log-probabilities of every head, [steps, tokens], step by step in float64."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    context = np.zeros((FRAMES_PER_STEP, DIM))
    hidden, cell = np.zeros(HIDDEN), np.zeros(HIDDEN)
    rows: dict[str, list] = {"characters": [], "phonemes": []}
    for step in features.reshape(-1, FRAMES_PER_STEP, DIM):
        stacked = ((np.concatenate([context, step]) - w["mean"]) * w["inverse_deviation"]).reshape(-1)
        projected = np.maximum(stacked @ w["projection"] + w["projection_bias"], 0)
        if variant.cell == "GRU":
            hidden = gru_cell(w, projected, hidden)
        else:
            hidden, cell = lstm_cell(w, projected, hidden, cell)
        context = step
        for name, out in rows.items():
            logits = hidden @ w[name] + w[f"{name}_bias"]
            out.append(logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max())
    return {name: np.stack(out) for name, out in rows.items()}


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def gru_cell(w: dict, x: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Gate order z, r, h; the reset gate acts on the recurrent product (linear_before_reset = 1)."""
    input_bias, recurrent_bias = np.split(w["B"][0], 2)
    from_input = np.split(w["W"][0] @ x + input_bias, 3)
    from_hidden = np.split(w["R"][0] @ hidden + recurrent_bias, 3)
    update = sigmoid(from_input[0] + from_hidden[0])
    reset = sigmoid(from_input[1] + from_hidden[1])
    candidate = np.tanh(from_input[2] + reset * from_hidden[2])
    return (1 - update) * candidate + update * hidden


def lstm_cell(w: dict, x: np.ndarray, hidden: np.ndarray, cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gate order i, o, f, c."""
    sums = w["W"][0] @ x + w["R"][0] @ hidden + w["B"][0].reshape(2, -1).sum(axis=0)
    gate_in, gate_out, gate_forget, candidate = np.split(sums, 4)
    cell = sigmoid(gate_forget) * cell + sigmoid(gate_in) * np.tanh(candidate)
    return sigmoid(gate_out) * np.tanh(cell), cell


# --- the bundle ---


def describe(variant: Variant, onnx_bytes: bytes) -> dict:
    states = [state("context", [-1, FRAMES_PER_STEP, DIM]), state("hidden", [1, -1, HIDDEN])]
    if variant.cell == "LSTM":
        states.append(state("cell", [1, -1, HIDDEN]))
    return {
        "formatVersion": 1,
        "name": variant.folder,
        "version": "1.0.0",
        "language": "en",
        "licence": "Apache-2.0",
        "sampleRate": 16000,
        "frontend": {
            "type": "mfcc",
            "bufferSize": 512,
            "hop": 160,
            "window": "hanning",
            "melBands": 40,
            "coefficients": DIM,
        },
        "framesPerStep": FRAMES_PER_STEP,
        "lookaheadFrames": 0,
        "files": {"fp32": {"path": "model.fp32.onnx", "sha256": hashlib.sha256(onnx_bytes).hexdigest()}},
        "inputs": {"features": "features"},
        "heads": [head("characters", "▁"), head("phonemes", None)],
        "states": states,
        "decoder": {"head": "characters"},
        "endpoint": {},
        "languageModel": None,
        "lexicon": None,
        "training": {"commit": "", "hoursSeen": 0, "data": [], "results": []},
    }


def state(name: str, shape: list[int]) -> dict:
    return {"input": name, "output": f"{name}_out", "shape": shape, "type": "float32"}


def head(name: str, word_boundary: str | None) -> dict:
    return {
        "name": name,
        "output": f"log_probs_{name}",
        "tokens": f"tokens.{name}.txt",
        "blank": 0,
        "wordBoundary": word_boundary,
    }


def write_bundle(out: Path, variant: Variant) -> None:
    folder = out / variant.folder
    folder.mkdir(parents=True, exist_ok=True)
    weights = make_weights(variant)
    onnx_bytes = make_graph(variant, weights).SerializeToString(deterministic=True)
    (folder / "model.fp32.onnx").write_bytes(onnx_bytes)
    (folder / "tokens.characters.txt").write_text("\n".join(CHARACTERS) + "\n", "utf-8")
    (folder / "tokens.phonemes.txt").write_text("\n".join(PHONEMES) + "\n", "utf-8")
    description = json.dumps(describe(variant, onnx_bytes), indent=2, ensure_ascii=False)
    (folder / "model.json").write_text(description + "\n", "utf-8")
    if not variant.quantised:
        write_golden(folder / "golden.json", variant, weights)


def write_golden(path: Path, variant: Variant, weights: dict[str, np.ndarray]) -> None:
    features = golden_features()
    expected = reference_log_probs(variant, weights, features)
    golden = {
        "steps": GOLDEN_STEPS,
        "features": [round(float(value), 2) for value in features.reshape(-1)],
        "logProbs": {name: [round(float(v), 6) for v in rows.reshape(-1)] for name, rows in expected.items()},
    }
    path.write_text(json.dumps(golden) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("test/fixtures"), help="folder that gets the bundles")
    arguments = parser.parse_args()
    for variant in VARIANTS:
        write_bundle(arguments.out, variant)


if __name__ == "__main__":
    main()
