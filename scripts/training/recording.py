"""What a model hears in whole recordings, its rows in line with the sound."""
import torch
import torch.nn.functional as F

UNDELAYED = 'frames'  # the head below the look-ahead


def hear(model, mfcc, bptt_steps=0):
    """mfcc [B, F, D] -> {head: log-probabilities [B, T, tokens]}, T = F // frames_per_step: row t is of step t, also where the
    model looks ahead; digital silence follows the last frame.

    With `bptt_steps` the states are carried on every so many steps, but no gradient goes back over these borders: truncated
    back-propagation through time (Williams and Peng 1990). A loss is still that of the whole recording. 0: no borders."""
    c = model.config
    steps = mfcc.shape[1] // c.frames_per_step
    mfcc = F.pad(mfcc, (0, 0, 0, c.look_ahead_steps * c.frames_per_step))
    mfcc = mfcc[:, :(steps + c.look_ahead_steps) * c.frames_per_step]  # frames short of a step would be a piece without one
    states, parts = model.initial_states(len(mfcc), mfcc), []
    for piece in mfcc.split(bptt_steps * c.frames_per_step or mfcc.shape[1], 1):
        heads, states = model(piece, [s.detach() for s in states])
        parts.append(heads)
    whole = {name: torch.cat([heads[name] for heads in parts], 1) for name in parts[0]}
    return {name: rows[:, :steps] if name == UNDELAYED else rows[:, c.look_ahead_steps:] for name, rows in whole.items()}
