"""Makes test/fixtures/tiny-hybrid: recurrent layers with attention over a window, with random weights.

The graph is what the trainer exports of such a model; the expected log-probabilities are those of PyTorch over all steps
at once. Run it again only to change the fixture:

    PYTHONPATH=scripts python scripts/golden/make_hybrid_bundle.py --out test/fixtures/tiny-hybrid

needs scripts/training/requirements.txt.
"""

import argparse
import json
from pathlib import Path

import torch
from make_tiny_bundle import FEATURE_SCALE, FRAMES_PER_STEP, GOLDEN_STEPS, VARIANTS, describe, golden_features, state
from training.graph import build_graph
from training.model import AcousticModel, ModelConfig

CONFIG = ModelConfig(
    hidden=8,
    layers=2,
    frames_per_step=FRAMES_PER_STEP,
    stack=2 * FRAMES_PER_STEP,
    attention_window=4,  # shorter than the golden stream
    attention_size=8,
    attention_heads=2,
)


def make_model() -> AcousticModel:
    torch.manual_seed(20)
    scale = torch.from_numpy(FEATURE_SCALE)
    model = AcousticModel(CONFIG, 0.5 * scale, scale).eval().requires_grad_(False)
    for parameter in model.attention.parameters():  # fresh ones give nothing
        parameter.normal_(0, 0.8)
    for head in model.heads.values():
        head.weight.mul_(5)
    return model


def write_golden(path: Path, model: AcousticModel) -> None:
    features = torch.from_numpy(golden_features())
    heads, _ = model(features[None], model.initial_states(1, features))
    golden = {
        "steps": GOLDEN_STEPS,
        "features": [round(float(v), 2) for v in features.flatten()],
        "logProbs": {name: [round(float(v), 6) for v in rows.flatten()] for name, rows in heads.items()},
    }
    path.write_text(json.dumps(golden) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("test/fixtures/tiny-hybrid"), help="folder of the bundle")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    model = make_model()
    graph = build_graph(model, "earshot golden").SerializeToString(deterministic=True)
    (out / "model.fp32.onnx").write_bytes(graph)
    states = [state(name, shape) for name, shape in model.state_shapes.items()]
    description = describe(VARIANTS[0], graph) | {"name": "tiny-hybrid", "states": states}
    (out / "model.json").write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n", "utf-8")
    for name, tokens in (("characters", model.language.characters), ("phonemes", model.language.phonemes)):
        (out / f"tokens.{name}.txt").write_text("\n".join(tokens) + "\n", "utf-8")
    write_golden(out / "golden.json", model)


if __name__ == "__main__":
    main()
