"""Forced alignment of CTC outputs: the likeliest path that spells a given token sequence.

Graves et al. 2006, "Connectionist temporal classification", section 4.1, with the maximum in place of the sum.
"""
import numpy as np
import torch


def ctc_alignments(log_probs, steps, targets):
    """The best paths of a batch.

    log_probs [B, T, V]: natural logarithms, token 0 is blank. steps: B lengths. targets: B lists of token ids.
    Returns B pairs (log-probability of the path, token position of every step as int array [steps], -1 for blank), or
    None where the steps are too few for the tokens.
    """
    batch, length, _ = log_probs.shape
    widest = max(3, 2 * max(len(t) for t in targets) + 1)  # empty ones too have a first token, which no path may end in
    states = torch.zeros(batch, widest, dtype=torch.long)
    for row, target in zip(states, targets):
        row[1:2 * len(target):2] = torch.tensor(target, dtype=torch.long)
    can_skip = torch.zeros(batch, widest, dtype=torch.bool)
    can_skip[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]  # over the blank between two tokens that differ
    scores = torch.full((batch, widest), -torch.inf)
    scores[:, 0] = log_probs[:, 0, 0]
    scores[:, 1] = log_probs[:, 0].gather(1, states[:, 1:2])[:, 0]
    moves = np.zeros((length, batch, widest), np.uint8)
    history = [scores]
    for t in range(1, length):
        step = torch.nn.functional.pad(scores, (1, 0), value=-torch.inf)[:, :-1]
        skip = torch.nn.functional.pad(scores, (2, 0), value=-torch.inf)[:, :-2].masked_fill(~can_skip, -torch.inf)
        scores, move = torch.stack([scores, step, skip]).max(0)
        scores = scores + log_probs[:, t].gather(1, states)
        moves[t] = move.numpy()
        history.append(scores)
    return [_trace(history[n - 1][b].numpy(), moves[:n, b], len(targets[b])) for b, n in enumerate(steps)]


def _trace(scores, moves, tokens):
    last = 2 * tokens
    state = last if tokens == 0 or scores[last] >= scores[last - 1] else last - 1
    total = float(scores[state])
    if not np.isfinite(total):
        return None
    path = np.full(len(moves), -1)
    for t in range(len(moves) - 1, -1, -1):
        if state % 2:
            path[t] = state // 2
        state -= int(moves[t, state])
    return total, path
