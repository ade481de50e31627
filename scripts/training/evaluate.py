"""Greedy error rates of a model on a prepared part."""
import collections

import torch

from .augment import add_tail
from .dataset import pad
from .recording import hear
from .text import collapse, edit_distance

TAIL_FRAMES = 32


@torch.no_grad()
def log_probs_of(model, part, cosine, indices):
    """Yields (clip index, {head: [T, tokens]}) for clips taken in batches of like length."""
    order = sorted(indices, key=lambda i: part.frames[i])
    for start in range(0, len(order), 32):
        batch = order[start:start + 32]
        x, lengths = pad([add_tail(part.log_mel(i), TAIL_FRAMES) for i in batch])
        x = (x @ cosine.t()).to(model.mean.device)
        heads = {name: lp.cpu() for name, lp in hear(model, x).items()}
        for row, i in enumerate(batch):
            steps = int(lengths[row]) // model.config.frames_per_step
            yield i, {name: lp[row, :steps] for name, lp in heads.items()}


def evaluate(model, part, lexicon, indices=None, on_clip=lambda i, heard, errors: None):
    """{dataset: {'cer', 'wer', 'per'}} in percent, 'all' included; no 'per' where no phoneme is known. `on_clip` gets each clip's index, the text heard, and the
    characters wrong in it."""
    model.eval()
    errors = collections.defaultdict(lambda: [0] * 6)
    for i, heads in log_probs_of(model, part, part.cosine, indices if indices is not None else range(len(part))):
        clip = part.clips[i]
        text = model.spelling.text(collapse(heads['characters'].argmax(-1).tolist()))
        counts = [edit_distance(clip['text'], text), len(clip['text']),
                  edit_distance(clip['text'].split(), text.split()), len(clip['text'].split()), 0, 0]
        on_clip(i, text, counts[0])
        phones = lexicon.phoneme_ids(clip['text'])
        if phones:
            counts[4:] = [edit_distance(phones, collapse(heads['phonemes'].argmax(-1).tolist())), len(phones)]
        for key in (clip['dataset'], 'all'):
            errors[key] = [a + b for a, b in zip(errors[key], counts)]
    return {key: {'cer': round(100 * e[0] / max(1, e[1]), 2), 'wer': round(100 * e[2] / max(1, e[3]), 2),
                  **({'per': round(100 * e[4] / e[5], 2)} if e[5] else {})} for key, e in errors.items()}
