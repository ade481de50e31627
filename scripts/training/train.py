"""Trains the acoustic model.

    python -m training.train --data runs/data --run runs/en-base --hours 2

Stops after --hours of wall-clock time (over all resumes) or --updates, and lowers the learning rate towards that end. A
run that was killed goes on from its last checkpoint when the same command is given again. RUN/log.jsonl has a line a
report, RUN/report.html shows it, RUN/best.pt has the averaged weights with the lowest character error rate on dev.
"""
import argparse
import functools
import json
import math
import os
import sys
import time

import torch
import torch.nn.functional as F

from .alignment import Alignment
from .augment import AugmentConfig, add_tail, augment
from .checkpoint import load_checkpoint, save_checkpoint
from .dataset import Part, pad, plan_epoch, prepared_folders
from .evaluate import TAIL_FRAMES, evaluate
from .held_out import is_held_out
from .languages import LANGUAGES
from .model import CELLS, AcousticModel, ModelConfig
from .optimizer import Optimizer
from .parallel import FlatParameters, Team
from .report.page import FACTS_FILE, write_report
from .report.utterances import WORST_FILE, WorstUtterances
from .run_log import RunLog
from .text import Lexicon, character_ids
from .warm_start import warm_start

HOP_SECONDS = 0.01


class Corpus:
    """The training clips at all prepared speeds, with their targets."""

    def __init__(self, folders, lexicon, a):
        self.a = a
        self.parts = [Part(folder) for folder in folders]
        clips = self.parts[0].clips
        self.characters = [character_ids(c['text'], LANGUAGES[a.language]) for c in clips]
        self.phonemes = [lexicon.phoneme_ids(c['text']) for c in clips]
        self.cosine = self.parts[0].cosine
        self.alignments = [Alignment.read(folder, a.frames_per_step) for folder in folders] if a.alignment else None
        self._plan = functools.lru_cache(3)(self._plan)  # epoch 0 and the present one

    def _plan(self, epoch):
        a, frames = self.a, self.parts[0].frames
        fits = [True] * len(frames)
        if self.alignments is not None:
            fits, frames = self.alignments[0].misfit <= a.most_misfit, self.alignments[0].trimmed_frames(frames)
        uses = [a.repeat.get(clip['dataset'], 1) if len(t) > 0 and n >= 20 and fit else 0
                for clip, t, n, fit in zip(self.parts[0].clips, self.characters, frames, fits)]
        return plan_epoch(frames, epoch, a, uses)

    def plan(self, index):
        """Clips of the index-th batch since the start of the training."""
        per_epoch = len(self._plan(0))  # epochs differ by a few batches: the plan wraps
        plan = self._plan(index // per_epoch)
        return plan[index % per_epoch % len(plan)]

    def mfcc_statistics(self, clips=400):
        """Mean and standard deviation [D] of the coefficients of loud and soft clips."""
        part = self.parts[0]
        step = max(1, len(part) // clips)
        rows = torch.cat([part.log_mel(i) for i in range(0, len(part), step)]) @ self.cosine.t()
        return rows.mean(0), rows.std(0)


def ramp(update, start, end):
    """0 up to `start`, 1 from `end` on: strong augmentation from the first update on keeps CTC from taking off."""
    return min(1.0, max(0.0, (update - start) / max(1, end - start)))


def forward(model, mfcc, bptt_steps):
    """{head: log-probabilities [B, T, tokens]}. With `bptt_steps` the states are carried on every so many steps, but no
    gradient goes back over these borders: truncated back-propagation through time (Williams and Peng 1990). The loss is
    still that of the whole recording. 0: no borders."""
    states, parts = model.initial_states(len(mfcc), mfcc), []
    for piece in mfcc.split(bptt_steps * model.config.frames_per_step or mfcc.shape[1], 1):
        heads, states = model(piece, [s.detach() for s in states])
        parts.append(heads)
    return {name: torch.cat([heads[name] for heads in parts], 1) for name in parts[0]}


class Task:
    """Computes the gradient of one micro-batch."""

    def __init__(self, a, corpus, noises, model, flat):
        self.a, self.corpus, self.noises, self.model, self.flat = a, corpus, noises, model, flat
        self.config = AugmentConfig()

    def batch(self, update, k):
        """mfcc [B, F, D], lengths in frames, clip indices and, for each clip, the phoneme of every step or None; depends on
        seed, update and k alone."""
        g = torch.Generator().manual_seed(hash((self.a.seed, update, k)) & 0x7FFFFFFF)
        share = self.a.augment_share * ramp(update, self.a.augment_from, self.a.augment_full)
        indices, clips, labels = self.corpus.plan(update * self.a.micro_batches + k), [], []
        for i in indices:
            p = int(torch.randint(len(self.corpus.parts), (), generator=g))
            clip, spoken = self.corpus.parts[p].log_mel(i), None
            if self.corpus.alignments is not None:
                clip, spoken = self.corpus.alignments[p].trim(i, clip, g)
            changed = torch.rand((), generator=g) < share
            clips.append(augment(clip, self.noises, self.config, g) if changed else add_tail(clip, TAIL_FRAMES))
            labels.append(None if changed else spoken)
        x, lengths = pad(clips)
        torch.manual_seed(int(torch.randint(1 << 31, (), generator=g)))  # dropout
        return x @ self.corpus.cosine.t(), lengths, indices, labels

    def loss(self, log_probs, steps, targets):
        """Sum of CTC losses in nats over clips that have a target, and the number of tokens of these."""
        rows = [r for r, t in enumerate(targets) if t is not None]
        if not rows:
            return log_probs.new_zeros(()), 0
        chosen = [torch.tensor(targets[r]) for r in rows]
        sizes = torch.tensor([len(t) for t in chosen])
        value = F.ctc_loss(log_probs[:, rows], torch.cat(chosen), steps[rows], sizes, reduction='sum', zero_infinity=True)
        return value, int(sizes.sum())

    def frame_loss(self, log_probs, labels):
        """Mean cross-entropy in nats of the steps [B, T, 40] of clips whose phonemes are known."""
        rows = [r for r, spoken in enumerate(labels) if spoken is not None]
        if not rows:
            return log_probs.new_zeros(())
        known = [torch.from_numpy(labels[r][:log_probs.shape[1]]).long() for r in rows]
        return F.nll_loss(torch.cat([log_probs[r, :len(t)] for r, t in zip(rows, known)]), torch.cat(known))

    def __call__(self, update, k):
        self.model.train()
        self.flat.collect_into(k)
        mfcc, lengths, indices, labels = self.batch(update, k)
        steps = lengths // self.model.config.frames_per_step
        heads = forward(self.model, mfcc, self.a.bptt_steps)
        c, nc = self.loss(heads['characters'].transpose(0, 1), steps, [self.corpus.characters[i] for i in indices])
        p, np_ = self.loss(heads['phonemes'].transpose(0, 1), steps, [self.corpus.phonemes[i] for i in indices])
        total, f = c / max(1, nc) + p / max(1, np_), 0.0
        if 'frames' in heads:
            frame_loss = self.frame_loss(heads['frames'], labels)
            total, f = total + self.a.frame_weight * frame_loss, frame_loss.item()
        total.backward()
        return [c.item(), nc, p.item(), np_, float(lengths.sum()) * HOP_SECONDS, f]


class Trainer:
    def __init__(self, a):
        self.a = a
        self.lexicon = Lexicon(LANGUAGES[a.language])
        self.corpus = Corpus(prepared_folders(a.data), self.lexicon, a)
        self.dev = Part(os.path.join(a.data, 'dev'))
        noise = Part(os.path.join(a.data, 'noise'))
        noises = [noise.log_mel(i) for i in range(len(noise)) if noise.frames[i] > 50 and not is_held_out(noise.clips[i]['file'])]
        config = ModelConfig(cell=a.cell, hidden=a.hidden, layers=a.layers, frames_per_step=a.frames_per_step,
                             stack=a.stack, dropout=a.dropout, frame_head=a.frame_weight > 0, language=a.language,
                             attention_window=a.attention_window)
        torch.manual_seed(a.seed)
        self.model = AcousticModel(config, *self.corpus.mfcc_statistics())
        self.flat = FlatParameters(self.model, a.micro_batches)
        self.task = Task(a, self.corpus, noises, self.model, self.flat)
        self.average = self.flat.values.clone()
        self.optimizer = Optimizer(self.flat, a.optimizer, config.hidden, a.weight_decay, a.muon_iterations)
        self.update, self.elapsed, self.heard, self.best = 0, 0.0, 0.0, float('inf')
        self.log = RunLog(os.path.join(a.run, 'log.jsonl'))

    def state(self):
        return {'values': self.flat.values, 'average': self.average, 'optimizer': self.optimizer.state_dict(),
                'update': self.update, 'elapsed': self.elapsed, 'heard': self.heard, 'best': self.best,
                'config': self.model.config.__dict__, 'mean': self.model.mean, 'std': self.model.std}

    def resume(self, state):
        self.flat.load(state['values'])
        self.average.copy_(state['average'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.model.mean.copy_(state['mean'])
        self.model.std.copy_(state['std'])
        self.update, self.elapsed, self.heard, self.best = (state[k] for k in ('update', 'elapsed', 'heard', 'best'))

    def done(self):
        """Share of the budget that is used up, by the clock or by updates, whichever ends first: 1 is the end."""
        return max(self.elapsed / (self.a.hours * 3600), self.update / self.a.updates)

    def learning_rate(self):
        """Warm-up, a constant part, then a cosine to 2 % at the end of the budget."""
        warm = min(1.0, (self.update + 1) / self.a.warm_up)
        tail = max(0.0, (self.done() - self.a.constant_share) / (1 - self.a.constant_share))
        return self.a.learning_rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, tail))))

    def apply(self):
        gradient = self.flat.gradients.sum(0).div_(self.a.micro_batches)
        norm = gradient.norm()
        if not torch.isfinite(norm):
            return float('nan')  # skip the update: a broken batch must not break the weights
        gradient.mul_(min(1.0, self.a.clip / (norm.item() + 1e-6)))
        self.optimizer.step(gradient, self.learning_rate())
        self.average.lerp_(self.flat.values, 1 - min(self.a.average_decay, (self.update + 1) / (self.update + 10)))
        return norm.item()

    def measure(self):
        """Error rates of the averaged weights on dev."""
        values = self.flat.values.clone()
        self.flat.load(self.average)
        worst = WorstUtterances(self.dev)
        result = evaluate(self.model, self.dev, self.lexicon, on_clip=worst.add)
        self.flat.load(values)
        self.write_json(WORST_FILE, worst.all())
        return result

    def write_json(self, name, value):
        path = os.path.join(self.a.run, name)
        with open(path + '.new', 'w', encoding='utf8') as f:
            json.dump(value, f)
        os.replace(path + '.new', path)

    def report(self, sums, norm):
        """Logs what the updates since the last report came to."""
        c, nc, p, np_, _, f, updates = sums
        line = {'update': self.update, 'heard_hours': round(self.heard / 3600, 2), 'minutes': round(self.elapsed / 60, 1),
                'characters': round(c / max(1, nc), 4), 'phonemes': round(p / max(1, np_), 4),
                'frames': round(f / self.a.micro_batches / updates, 4),
                'gradient_norm': round(norm, 3), 'learning_rate': self.learning_rate()}
        if self.done() >= 1 or self.update % self.a.eval_every == 0:
            line['dev'] = self.measure()
        self.log.append(line)
        write_report(self.a.run, self.dev, self.a.speech, os.path.join(self.a.run, 'report.html'))
        left = max(0, self.a.hours * 3600 - self.elapsed) / 60
        dev = line.get('dev', {}).get('all', '')
        print(f"{line['minutes']:7.1f} min, {left:6.1f} left | update {line['update']} heard {line['heard_hours']} h | "
              f"nats a token: {line['characters']:.3f} {line['phonemes']:.3f} {line['frames']:.3f} | {dev}", flush=True)
        return line

    def keep(self, line):
        """Saves the best weights before the state that knows of them: a kill between the two loses neither."""
        cer = line.get('dev', {}).get('all', {}).get('cer', float('inf'))
        if cer < self.best:
            self.best = cer
            save_checkpoint(os.path.join(self.a.run, 'best.pt'), {
                'average': self.average, 'config': self.model.config.__dict__, 'mean': self.model.mean,
                'std': self.model.std, 'frontend': self.dev.frontend, 'line': line})
        save_checkpoint(os.path.join(self.a.run, 'last.pt'), self.state())

    def run(self):
        self.log.return_to(self.update)
        self.write_json(FACTS_FILE, {**vars(self.a), 'parameters': self.flat.values.numel(), 'clips': len(self.corpus.parts[0])})
        team = Team(self.a.workers, self.a.micro_batches, self.task)
        sums, since = [0.0] * 7, time.monotonic()
        try:
            while self.done() < 1:
                reports = team.run(self.update)[:, :6].sum(0).tolist()
                norm = self.apply()
                self.update += 1
                self.heard += reports[4]
                sums = [x + y for x, y in zip(sums, [*reports, 1])]
                now = time.monotonic()
                self.elapsed, since = self.elapsed + now - since, now
                if self.update % self.a.report_every == 0 or self.done() >= 1:
                    line = self.report(sums, norm)
                    sums = [0.0] * 7
                    if self.update % self.a.save_every == 0 or self.done() >= 1:
                        self.keep(line)
        finally:
            team.close()


def repeats(text):
    return {name: int(count) for name, count in (item.split('=') for item in text.split(','))}


def arguments(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--data', default='runs/data')
    p.add_argument('--run', required=True, help='folder of checkpoints, log and report.html')
    p.add_argument('--speech', default='../shared/speech', help='recordings, for the players of the report')
    p.add_argument('--hours', type=float, default=2.0, help='wall-clock budget')
    p.add_argument('--updates', type=int, default=1 << 60, help='stop after so many, even if time is left; the learning rate then depends on no clock')
    p.add_argument('--warm-start', help='a bundle or a checkpoint whose weights are the start; of another '
                   'language, the recurrent layers alone')
    p.add_argument('--language', choices=sorted(LANGUAGES), default='en', help='that of the recordings')
    p.add_argument('--cell', choices=sorted(CELLS), default='gru')
    p.add_argument('--attention-window', type=int, default=0, metavar='STEPS', help='a hybrid: one causal attention layer above half '
                   'of the recurrent ones, over so many steps, the present one included; 0: none')
    p.add_argument('--hidden', type=int, default=512)
    p.add_argument('--layers', type=int, default=4)
    p.add_argument('--frames-per-step', type=int, default=3)
    p.add_argument('--stack', type=int, default=6)
    p.add_argument('--dropout', type=float, default=0.1)
    p.add_argument('--optimizer', choices=['adamw', 'muon'], default='muon')
    p.add_argument('--muon-iterations', type=int, default=5, help='Newton-Schulz iterations; 3 are cheaper for small batches')
    p.add_argument('--learning-rate', type=float, default=1.6e-3)
    p.add_argument('--constant-share', type=float, default=0.5, help='share of the budget before the rate goes down')
    p.add_argument('--warm-up', type=int, default=200, help='updates')
    p.add_argument('--weight-decay', type=float, default=1e-3)
    p.add_argument('--clip', type=float, default=1.0, help='largest gradient norm')
    p.add_argument('--bptt-steps', type=int, default=0, help='steps after which gradients end, while states go on; 0: never')
    p.add_argument('--average-decay', type=float, default=0.998)
    p.add_argument('--augment-share', type=float, default=0.5, help='share of clips that are augmented in the end')
    p.add_argument('--augment-from', type=int, default=400, help='update after which augmentation starts')
    p.add_argument('--augment-full', type=int, default=3500, help='update from which on it has its full share')
    p.add_argument('--alignment', action='store_true', help='use what training.align found: leave out clips that do not fit '
                   'their text, and cut off long silences')
    p.add_argument('--most-misfit', type=float, default=2.5, help='with --alignment: nats a character above which a clip is left out')
    p.add_argument('--frame-weight', type=float, default=0.0, help='with --alignment: weight of the cross-entropy of each '
                   "step's phoneme at the layer below the last; 0 is none")
    p.add_argument('--repeat', type=repeats, default={}, metavar='SET=N,…', help='use these data sets N times an epoch')
    p.add_argument('--frames-per-batch', type=int, default=20000)
    p.add_argument('--max-clips', type=int, default=100)
    p.add_argument('--micro-batches', type=int, default=2, help='batches an update')
    p.add_argument('--workers', type=int, default=1, help='processes of one thread each')
    p.add_argument('--report-every', type=int, default=50)
    p.add_argument('--eval-every', type=int, default=250)
    p.add_argument('--save-every', type=int, default=250)
    p.add_argument('--seed', type=int, default=1)
    return p.parse_args(argv)


def main():
    a = arguments()
    os.makedirs(a.run, exist_ok=True)
    torch.set_num_threads(1)
    trainer = Trainer(a)
    last = os.path.join(a.run, 'last.pt')
    if os.path.exists(last):
        trainer.resume(load_checkpoint(last))
    elif a.warm_start:
        trainer.heard = warm_start(a.warm_start, trainer.model)
        trainer.average.copy_(trainer.flat.values)
    known = sum(t is not None for t in trainer.corpus.phonemes)
    print(f'{len(trainer.corpus.characters)} clips, {known} with pronunciations, {trainer.flat.values.numel() / 1e6:.2f} M '
          'parameters', flush=True)
    trainer.run()


if __name__ == '__main__':
    sys.exit(main())
