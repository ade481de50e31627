"""Makes test/fixtures/tiny-keras: a small model trained in Keras on made-up features, imported as anyone would import it.

Each letter is a vector that lasts for some frames, in noise; CTC training teaches the model to spell. The expected
log-probabilities, and the text, are what Keras computes of the saved model. Run it again only to change the fixture:

    PYTHONPATH=scripts python scripts/golden/make_keras_bundle.py --out test/fixtures/tiny-keras

needs scripts/training/requirements-keras.txt and a backend of Keras; takes a minute.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from training import import_keras
from training.keras_backend import keras

TOKENS = ["<blank>", "▁", "a", "e", "n", "o", "s", "t"]
DIM, FRAMES_PER_STEP = 40, 4
LETTERS, MOST_FRAMES = 10, 8  # of an utterance; of a letter
# Of real speech: the zeroth coefficient is large, the others are small.
FEATURE_SCALE = np.float32([300.0] + [40.0] * (DIM - 1))
UPDATES, BATCH = 400, 16
GOLDEN_TEXT = "▁no▁tea"


def sound(ids: list[int], random: np.random.Generator) -> np.ndarray:
    """[frames, 40]: each token's own vector for one or two steps, in noise, then a step of silence."""
    vectors = np.random.default_rng(5).standard_normal((len(TOKENS), DIM))
    vectors[0] = 0
    frames = [i for token in [*ids, 0] for i in [token] * (FRAMES_PER_STEP * int(random.integers(1, 3)))]
    noise = 0.3 * random.standard_normal((len(frames), DIM))
    return np.round((vectors[frames] + noise) * FEATURE_SCALE).astype(np.float32)


def utterance(random: np.random.Generator) -> list[int]:
    """Token ids, never the same twice in a row: words begin at random."""
    ids = [1]
    while len(ids) < LETTERS:
        token = int(random.integers(1, len(TOKENS)))
        if token != ids[-1]:
            ids.append(token)
    return ids


def batch(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Features [B, F, 40], padded with zeros, and token ids [B, LETTERS]."""
    texts = [utterance(random) for _ in range(BATCH)]
    features = np.zeros((BATCH, MOST_FRAMES * (LETTERS + 1), DIM), np.float32)
    for row, ids in zip(features, texts):
        clip = sound(ids, random)
        row[: len(clip)] = clip
    return features, np.int32(texts)


def make_model() -> keras.Model:
    """Both forms of the GRU: the reset gate after the recurrent product and before it."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((None, DIM)),
            layers.Normalization(mean=np.zeros(DIM), variance=FEATURE_SCALE**2),
            layers.Reshape((-1, FRAMES_PER_STEP * DIM)),
            layers.Dense(8, activation="tanh"),
            layers.GRU(12, return_sequences=True),
            layers.GRU(12, return_sequences=True, reset_after=False),
            layers.Dense(len(TOKENS)),
        ]
    )


def train(model: keras.Model) -> None:
    random = np.random.default_rng(1)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=keras.losses.CTC())
    for update in range(UPDATES):
        loss = model.train_on_batch(*batch(random))
        if update % 50 == 0:
            print(f"update {update}: loss {loss:.3f}", flush=True)


def greedy(log_probs: np.ndarray) -> str:
    best = log_probs.argmax(-1)
    return "".join(TOKENS[i] for i, before in zip(best, [0, *best]) if i != before and i)


def write_golden(path: Path, model: keras.Model) -> None:
    features = sound([TOKENS.index(letter) for letter in GOLDEN_TEXT], np.random.default_rng(3))
    (log_probs,) = import_keras.keras_log_probs(model, features[None], None)
    text = greedy(log_probs[0])
    if text != GOLDEN_TEXT:
        raise SystemExit(f"expected a model that spells {GOLDEN_TEXT}, got {text}: train it for longer")
    golden = {
        "steps": log_probs.shape[1],
        "features": [int(v) for v in features.reshape(-1)],
        "logProbs": {"characters": [round(float(v), 6) for v in log_probs.reshape(-1)]},
        "text": text,
    }
    path.write_text(json.dumps(golden, ensure_ascii=False) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("test/fixtures/tiny-keras"), help="folder of the bundle")
    out = parser.parse_args().out
    keras.utils.set_random_seed(0)
    model = make_model()
    train(model)
    with tempfile.TemporaryDirectory() as scratch:
        saved, tokens = Path(scratch, "model.keras"), Path(scratch, "tokens.txt")
        model.save(saved)
        tokens.write_text("\n".join(TOKENS) + "\n", "utf-8")
        import_keras.main([str(saved), "--head", f"characters={tokens}", "--out", str(out), "--name", "tiny-keras",
                           "--licence", "Apache-2.0"])
        write_golden(out / "golden.json", keras.saving.load_model(saved, compile=False))


if __name__ == "__main__":
    main()
