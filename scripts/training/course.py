"""What every training changes: the weights, their average, the optimizer's state, and how far it is."""
import contextlib
import math
import os
from dataclasses import asdict

from .checkpoint import keep_last, last_checkpoint, save_checkpoint
from .commit import present_commit
from .kept_options import differences
from .model import ModelConfig
from .optimizer import Optimizer
from .parallel import FlatParameters
from .stages import refuse_other_options
from .warm_start import warm_start

PROGRESS = ('update', 'elapsed', 'heard', 'best')


def refuse_another_model(path, kept, config):
    """Weights of the same shapes may be those of a model that computes something else, by another step or running mean."""
    there, here = (asdict(c) for c in (ModelConfig(**kept), config))
    if there != here:
        got, expected = differences(there, here)
        raise SystemExit(f'{path} is of a model with {got}, expected {expected} as the options say: give those that the run was begun '
                         'with, or another --run')


class Course:
    """`a`: see options.add_course_options and options.parsed. `seconds`: budget of time. `elapsed` and `heard` are in seconds, `best` is the lowest
    character error rate on dev, `commit` that of the trainer at the start of the run."""

    def __init__(self, a, model, seconds, micro_batches=1):
        self._a, self._seconds = a, seconds
        self.model, self.flat = model, FlatParameters(model, micro_batches)
        self.average = self.flat.values.clone()
        self._optimizer = Optimizer(self.flat, a.optimizer, model.config.hidden, a.weight_decay, a.muon_iterations)
        self.update, self.elapsed, self.heard, self.best = 0, 0.0, 0.0, float('inf')
        self.commit = ''
        self._earlier, self._heard_before = [], 0.0

    def _stages(self):
        """How the weights came about, this run included."""
        return [*self._earlier, {**self._a.stage, 'hours': round((self.heard - self._heard_before) / 3600, 2),
                                 'minutes': round(self.elapsed / 60, 2), 'commit': self.commit}]

    def _state(self):
        return {'values': self.flat.values, 'average': self.average, 'optimizer': self._optimizer.state_dict(),
                'config': self.model.config.__dict__, 'mean': self.model.mean, 'std': self.model.std, 'commit': self.commit,
                'stages': self._stages(), 'heard_before': self._heard_before, **{name: getattr(self, name) for name in PROGRESS}}

    def begin(self):
        """Goes on from the last checkpoint of the run, or starts from the weights asked for. Returns that checkpoint or None."""
        if found := last_checkpoint(self._a.run):
            last, state = found
            refuse_another_model(last, state['config'], self.model.config)
            if stages := state.get('stages'):  # runs of before did not say it
                refuse_other_options(last, stages[-1]['options'], self._a.stage['options'])
            self._resume(state)
            return state
        self.commit = present_commit()
        if self._a.warm_start:
            weights = warm_start(self._a.warm_start, self.model)
            self.heard = self._heard_before = weights.heard
            self._earlier = weights.stages
            self.average.copy_(self.flat.values)
        return None

    def _resume(self, state):
        self.flat.load(state['values'])
        self.average.copy_(state['average'])
        self._optimizer.load_state_dict(state['optimizer'])
        self.model.mean.copy_(state['mean'])
        self.model.std.copy_(state['std'])
        self.commit = state.get('commit', '')  # runs of before did not say it, nor what was before them
        self._earlier, self._heard_before = state.get('stages', [])[:-1], state.get('heard_before', 0.0)
        for name in PROGRESS:
            setattr(self, name, state[name])

    def done(self):
        """Share of the budget that is used up, by the clock or by updates, whichever ends first: 1 is the end."""
        return max(self.elapsed / self._seconds, self.update / self._a.updates)

    def seconds_left(self):
        """By what is done and how long it took; after the first update."""
        return max(0.0, self.elapsed * (1 / self.done() - 1))

    def learning_rate(self):
        """Warm-up, a constant part, then a cosine to 2 % at the end of the budget."""
        a = self._a
        warm = min(1.0, (self.update + 1) / max(1, a.warm_up))
        tail = max(0.0, (self.done() - a.constant_share) / (1 - a.constant_share)) if a.constant_share < 1 else 0.0
        return a.learning_rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, tail))))

    def step(self):
        """Steps along the mean gradient of the micro-batches, if it is a number: a broken batch must not break the weights.
        Returns its norm, a tensor on the device, so that nothing waits for it."""
        gradient = self.flat.gradients.sum(0).div_(len(self.flat.gradients))
        norm = gradient.norm()
        gradient.mul_((self._a.clip / (norm + 1e-6)).clamp(max=1.0)).nan_to_num_(0.0, 0.0, 0.0)
        self._optimizer.step(gradient, self.learning_rate())
        self.average.lerp_(self.flat.values, 1 - min(self._a.average_decay, (self.update + 1) / (self.update + 10)))
        self.update += 1
        return norm

    @contextlib.contextmanager
    def averaged(self):
        """The model has the averaged weights meanwhile."""
        values = self.flat.values.clone()
        self.flat.load(self.average)
        yield
        self.flat.load(values)

    def keep(self, line, frontend, **more):
        """Saves the best weights before the state that knows of them: a kill between the two loses neither."""
        cer = line.get('dev', {}).get('all', {}).get('cer', float('inf'))
        if cer < self.best:
            self.best = cer
            save_checkpoint(os.path.join(self._a.run, 'best.pt'), {
                'average': self.average.cpu(), 'config': self.model.config.__dict__, 'mean': self.model.mean.cpu(),
                'std': self.model.std.cpu(), 'frontend': frontend, 'line': line, 'commit': self.commit,
                'stages': self._stages()})
        keep_last(self._a.run, {**self._state(), **more})
