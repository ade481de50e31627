"""Learning from what a trained model of the same step and tokens hears.

At every step the student is to have the teacher's posteriors: Kurata and Audhkhasi 2019, "Guiding CTC posterior spike timings
for improved posterior fusion and knowledge distillation". A student that begins from nothing comes to spell
where the teacher does; one that spells already, sooner than its teacher, needs `--teacher-lag-ms`. A look-ahead of either changes
nothing: rows are in line with the sound.
"""
import torch
from torch import nn

from .look_ahead import steps_of
from .recording import hear
from .trained_model import open_trained

HEADS = ('characters', 'phonemes')


def add_teacher_options(p):
    p.add_argument('--teacher', help='a bundle or a checkpoint of the same step and tokens, whose posteriors are learned beside the texts')
    p.add_argument('--teacher-weight', type=float, default=1.0, help='of the divergence from the teacher, in nats a step')
    p.add_argument('--teacher-lag-ms', type=int, default=0, metavar='MS', help='by which the teacher spells later than a student that goes '
                   'on from other weights, a multiple of the step')


class Teacher(nn.Module):
    """mfcc [B, F, D] -> {head: log-probabilities [B, T, tokens]} of the model at `path`, which must fit `student`; row t is that of
    the step `lag_ms` later, where there is one."""

    def __init__(self, path, student, lag_ms=0):
        super().__init__()
        self.lag = steps_of(lag_ms, student.config.frames_per_step)
        self.model = open_trained(path).requires_grad_(False)
        for what, of in (('step', lambda m: m.config.frames_per_step), ('language', lambda m: m.language.code),
                         ('tokens', lambda m: m.spelling.tokens)):
            if of(self.model) != of(student):
                raise SystemExit(f'{path} can not teach this model: its {what} is {of(self.model)}, expected {of(student)}')
        self.to(student.mean.device)

    @torch.no_grad()
    def forward(self, mfcc):
        heard = hear(self.model.train(), mfcc)  # the fast path of the layers; without dropout it computes the same
        steps = next(iter(heard.values())).shape[1]
        later = torch.arange(self.lag, self.lag + steps, device=mfcc.device).clamp(max=steps - 1)
        return {head: rows[:, later] for head, rows in heard.items()}


def divergence(heard, taught, steps):
    """Kullback-Leibler divergence of the teacher's posteriors from `heard`, both {head: log-probabilities [B, T, tokens]}, in nats:
    the mean over the first `steps` [B] steps of the rows, summed over the heads."""
    there = torch.arange(heard[HEADS[0]].shape[1])[None] < steps[:, None]
    there = there.to(heard[HEADS[0]].device)
    return sum(((taught[h].exp() * (taught[h] - heard[h])).sum(-1) * there).sum() for h in HEADS) / there.sum().clamp(min=1)
