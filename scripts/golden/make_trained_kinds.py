"""Makes test/fixtures/tiny-hybrid, recurrent layers with attention over a window, and tiny-look-ahead, with random weights.

The graphs are what the trainer exports of such models; the expected log-probabilities are those of PyTorch over all steps
at once, in line with the steps. Run it again only to change the fixtures:

    PYTHONPATH=scripts python scripts/golden/make_trained_kinds.py

needs scripts/training/requirements.txt.
"""

import argparse
import json
from pathlib import Path

import torch
from make_tiny_bundle import FEATURE_SCALE, FRAMES_PER_STEP, GOLDEN_STEPS, VARIANTS, describe, golden_features, state
from training.graph import build_graph
from training.model import AcousticModel, ModelConfig
from training.recording import hear
from training.warm_start import ADDED_LAYERS

SHAPE = {"hidden": 8, "layers": 2, "frames_per_step": FRAMES_PER_STEP, "stack": 2 * FRAMES_PER_STEP}
CONFIGS = {
    "tiny-hybrid": ModelConfig(**SHAPE, attention_window=4, attention_size=8, attention_heads=2),  # fewer steps than the golden stream
    "tiny-look-ahead": ModelConfig(**SHAPE, look_ahead_steps=2),
}


def make_model(config: ModelConfig) -> AcousticModel:
    torch.manual_seed(20)
    scale = torch.from_numpy(FEATURE_SCALE)
    model = AcousticModel(config, 0.5 * scale, scale).eval().requires_grad_(False)
    for name, parameter in model.named_parameters():
        if name.startswith(ADDED_LAYERS):  # fresh ones change nothing
            parameter.normal_(0, 0.8)
    for head in model.heads.values():
        head.weight.mul_(5)
    return model


def write_golden(path: Path, model: AcousticModel) -> None:
    features = torch.from_numpy(golden_features())
    heads = hear(model, features[None])
    golden = {
        "steps": GOLDEN_STEPS,
        "features": [round(float(v), 2) for v in features.flatten()],
        "logProbs": {name: [round(float(v), 6) for v in rows.flatten()] for name, rows in heads.items()},
    }
    path.write_text(json.dumps(golden) + "\n", "utf-8")


def write_bundle(out: Path, model: AcousticModel) -> None:
    out.mkdir(parents=True, exist_ok=True)
    graph = build_graph(model, "earshot golden").SerializeToString(deterministic=True)
    (out / "model.fp32.onnx").write_bytes(graph)
    states = [state(name, shape) for name, shape in model.state_shapes.items()]
    ahead = model.config.look_ahead_steps * FRAMES_PER_STEP
    description = describe(VARIANTS[0], graph) | {"name": out.name, "states": states, "lookaheadFrames": ahead}
    (out / "model.json").write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n", "utf-8")
    for name, tokens in (("characters", model.language.characters), ("phonemes", model.language.phonemes)):
        (out / f"tokens.{name}.txt").write_text("\n".join(tokens) + "\n", "utf-8")
    write_golden(out / "golden.json", model)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("test/fixtures"), help="folder that gets the bundles")
    out = parser.parse_args().out
    for name, config in CONFIGS.items():
        write_bundle(out / name, make_model(config))


if __name__ == "__main__":
    main()
