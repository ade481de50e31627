"""Trains the acoustic model on one GPU from packed sound.

    python -m training.pack --data runs/data --out runs/pack
    python -m training.sound_store runs/pack
    python -m training.train_gpu --pack runs/pack --run runs/en-base --minutes 10

Sound is augmented on the GPU batch by batch (sound_augment.py), so every epoch hears other microphones, rooms and noises.
Stops after --minutes of wall-clock time (over all resumes) and lowers the learning rate towards that end. The same command
goes on from the last checkpoint. RUN/best.pt is what training.export reads, RUN/log.jsonl has a line a report.
"""
import argparse
import contextlib
import json
import math
import os
import sys
import time

import torch
import torch.nn.functional as F

from .checkpoint import load_checkpoint, save_checkpoint
from .evaluate import evaluate
from .held_out import is_held_out
from .model import CELLS, AcousticModel, ModelConfig
from .optimizer import Optimizer
from .parallel import FlatParameters
from .run_log import RunLog
from .sound_augment import SoundAugmentConfig
from .sound_batches import SoundBatches
from .sound_frontend import SoundFrontend
from .sound_store import SoundStore
from .warm_start import warm_start

PRECISIONS = {'fp32': None, 'bf16': torch.bfloat16, 'fp16': torch.float16}
HEADS = ('characters', 'phonemes')


class PackedPart:
    """The dev clips of a store as `evaluate` wants them (see dataset.Part)."""

    def __init__(self, store, part='dev'):
        frontend = SoundFrontend(store.frontend, store.samples.device)
        self.cosine, self.clips, self._log_mel = store.cosine, [], []
        for i, start, length in zip(store.indices[part], store.starts[part], store.lengths[part]):
            self.clips.append({name: str(store.clips[f'{part}_{name}'][i]) for name in ('dataset', 'text', 'file')})
            self._log_mel.append(frontend.log_mel(store.samples[start:start + length][None].float())[0].cpu())
        self.frames = [len(x) for x in self._log_mel]

    def __len__(self):
        return len(self.clips)

    def log_mel(self, i):
        return self._log_mel[i]


class PackedLexicon:
    """The pronunciations that training.pack found, by text."""

    def __init__(self, store, part='dev'):
        ids, start = store.clips[f'{part}_phonemes'], store.clips[f'{part}_phonemes_start']
        self._known = {str(text): ids[start[i]:start[i + 1]].tolist() for i, text in enumerate(store.clips[f'{part}_text'])}

    def phoneme_ids(self, text):
        return self._known[text] or None


class Targets:
    """Token ids of clips as padded tensors on a device."""

    def __init__(self, store, device):
        self._ids = {h: (store.clips[f'train_{h}'], store.clips[f'train_{h}_start']) for h in HEADS}
        self._device = device

    def of(self, head, rows):
        """(ids [B, S], lengths [B] on the CPU) of clips."""
        ids, start = self._ids[head]
        lists = [torch.from_numpy(ids[start[i]:start[i + 1]]) for i in rows]
        padded = torch.nn.utils.rnn.pad_sequence(lists, batch_first=True)
        return padded.to(self._device, non_blocking=True), torch.tensor([len(x) for x in lists])


class Losses:
    """Sums on the device of what the updates since the last report came to."""

    def __init__(self, device):
        self.values = torch.zeros(8, dtype=torch.float64, device=device)

    def take(self):
        values = self.values.tolist()
        self.values.zero_()
        return values


class GpuTrainer:
    def __init__(self, a):
        self.a, self.device = a, torch.device(a.device)
        store = SoundStore(a.pack, self.device)
        self.batches = SoundBatches(store, SoundAugmentConfig(), a.frames_per_step, a.seconds_per_batch, a.uses,
                                    a.noise_rows, is_held_out, a.seed)
        self.targets, self.dev, self.lexicon = Targets(store, self.device), PackedPart(store), PackedLexicon(store)
        self.frontend = store.frontend
        config = ModelConfig(cell=a.cell, hidden=a.hidden, layers=a.layers, frames_per_step=a.frames_per_step, stack=a.stack,
                             dropout=a.dropout, recurrent_dropout=a.recurrent_dropout, frame_head=a.frame_weight > 0, language=store.language)
        torch.manual_seed(a.seed)
        sample = torch.cat([self.dev.log_mel(i) for i in range(0, len(self.dev), 3)]) @ store.cosine.t()
        self.model = AcousticModel(config, sample.mean(0), sample.std(0)).to(self.device)
        self.flat = FlatParameters(self.model, 1)
        self.average = self.flat.values.clone()
        self.optimizer = Optimizer(self.flat, 'muon', config.hidden, a.weight_decay, a.muon_iterations)
        self.losses = Losses(self.device)
        self.update, self.elapsed, self.heard, self.best, self.epoch, self.position = 0, 0.0, 0.0, float('inf'), 0, 0
        self.plan = self.batches.epoch(0)
        self.log = RunLog(os.path.join(a.run, 'log.jsonl'))
        dtype = PRECISIONS[a.precision]
        self.autocast = (lambda: torch.autocast(self.device.type, dtype)) if dtype else contextlib.nullcontext

    def state(self):
        return {'values': self.flat.values, 'average': self.average, 'optimizer': self.optimizer.state_dict(), 'update': self.update,
                'elapsed': self.elapsed, 'heard': self.heard, 'best': self.best, 'epoch': self.epoch, 'position': self.position,
                'config': self.model.config.__dict__, 'mean': self.model.mean, 'std': self.model.std}

    def resume(self, state):
        self.flat.load(state['values'])
        self.average.copy_(state['average'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.model.mean.copy_(state['mean'])
        self.model.std.copy_(state['std'])
        for name in ('update', 'elapsed', 'heard', 'best', 'epoch', 'position'):
            setattr(self, name, state[name])
        self.plan = self.batches.epoch(self.epoch)

    def next_clips(self):
        if self.position == len(self.plan):
            self.epoch, self.position = self.epoch + 1, 0
            self.plan = self.batches.epoch(self.epoch)
        self.position += 1
        return self.plan[self.position - 1]

    def done(self):
        """Share of the budget that is used up: 1 is the end."""
        return max(self.elapsed / (self.a.minutes * 60), self.update / self.a.updates)

    def learning_rate(self):
        """Warm-up, a constant part, then a cosine to 1 % at the end of the budget."""
        warm = min(1.0, (self.update + 1) / self.a.warm_up)
        tail = max(0.0, (self.done() - self.a.constant_share) / (1 - self.a.constant_share))
        return self.a.learning_rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, tail))))

    def ctc(self, log_probs, steps, head, rows):
        """Mean CTC loss in nats a token, over clips whose targets are known."""
        ids, sizes = self.targets.of(head, rows)
        known = torch.nonzero(sizes)[:, 0]
        tokens = int(sizes.sum())
        chosen = known.to(log_probs.device, non_blocking=True)
        loss = F.ctc_loss(log_probs[chosen].transpose(0, 1), ids[chosen], steps[known], sizes[known], reduction='sum', zero_infinity=True)
        return loss / max(1, tokens)

    def step(self):
        """One update; everything that is reported stays on the device."""
        a = self.a
        clips = self.next_clips()
        ramp = min(1.0, max(0.0, (self.update - a.augment_from) / max(1, a.augment_full - a.augment_from)))
        batch = self.batches.batch(clips, a.augment_share * ramp, self.update)
        self.model.train()
        self.flat.collect_into(0)
        with self.autocast():
            heads, _ = self.model(batch.mfcc, self.model.initial_states(len(batch.mfcc), batch.mfcc))
        heads = {name: lp.float() for name, lp in heads.items()}
        n, rows = len(clips), self.batches.rows[clips]
        parts = [self.ctc(heads[h][:n], batch.steps[:n], h, rows) for h in HEADS]
        total = parts[0] + parts[1]
        if 'frames' in heads:
            picked = heads['frames'][:n].gather(2, batch.labels[..., None])[..., 0]
            parts.append(-(picked * batch.labelled).sum() / batch.labelled.sum().clamp(min=1))
            total = total + a.frame_weight * parts[-1]
        if len(batch.mfcc) > n:
            there = torch.arange(heads['characters'].shape[1])[None] < batch.steps[n:, None]
            there = there.to(self.device, non_blocking=True)
            blank = -sum((heads[h][n:, :, 0] * there).sum() for h in HEADS) / there.sum()
            parts.append(blank)
            total = total + a.noise_weight * blank
        total.backward()
        gradient = self.flat.gradients[0]
        norm = gradient.norm()
        gradient.mul_((a.clip / (norm + 1e-6)).clamp(max=1.0)).nan_to_num_(0.0, 0.0, 0.0)
        self.optimizer.step(gradient, self.learning_rate())
        self.average.lerp_(self.flat.values, 1 - min(a.average_decay, (self.update + 1) / (self.update + 10)))
        self.update += 1
        self.heard += float(batch.steps[:n].sum()) * a.frames_per_step * 0.01
        self.losses.values[: len(parts)] += torch.stack([p.detach() for p in parts])
        self.losses.values[7] += norm

    def measure(self, indices=None):
        values = self.flat.values.clone()
        self.flat.load(self.average)
        result = evaluate(self.model, self.dev, self.lexicon, indices)
        self.flat.load(values)
        return result

    def report(self, updates, measured):
        sums = [x / updates for x in self.losses.take()]
        line = {'update': self.update, 'heard_hours': round(self.heard / 3600, 2), 'minutes': round(self.elapsed / 60, 2),
                'characters': round(sums[0], 4), 'phonemes': round(sums[1], 4), 'frames': round(sums[2], 4), 'noise': round(sums[3], 4),
                'gradient_norm': round(sums[7], 3), 'learning_rate': self.learning_rate()}
        if measured:
            line['dev'] = self.measure()
        self.log.append(line)
        print(f"{line['minutes']:6.2f} min | update {line['update']} heard {line['heard_hours']} h | nats a token: "
              f"{sums[0]:.3f} {sums[1]:.3f} {sums[2]:.3f} noise {sums[3]:.3f} norm {sums[7]:.2f} | {line.get('dev', {}).get('all', '')}",
              flush=True)
        if measured:
            self.keep(line)

    def keep(self, line):
        cer = line['dev']['all']['cer']
        if cer < self.best:
            self.best = cer
            save_checkpoint(os.path.join(self.a.run, 'best.pt'), {
                'average': self.average.cpu(), 'config': self.model.config.__dict__, 'mean': self.model.mean.cpu(),
                'std': self.model.std.cpu(), 'frontend': self.frontend, 'line': line})
        save_checkpoint(os.path.join(self.a.run, 'last.pt'), self.state())

    def run(self):
        self.log.return_to(self.update)
        since, reported, next_measure = time.monotonic(), self.update, self.elapsed + self.a.measure_every
        while self.done() < 1:
            self.step()
            now = time.monotonic()
            self.elapsed, since = self.elapsed + now - since, now
            if self.update - reported >= self.a.report_every or self.done() >= 1:
                measured = self.elapsed >= next_measure or self.done() >= 1
                self.report(self.update - reported, measured)
                reported = self.update
                if measured:
                    next_measure = self.elapsed + self.a.measure_every


def uses(text):
    return {name: float(count) for name, count in (item.split('=') for item in text.split(','))}


def arguments(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--pack', default='runs/pack', help='folder of training.pack, decoded by training.sound_store')
    p.add_argument('--run', required=True, help='folder of checkpoints and log')
    p.add_argument('--device', default='cuda')
    p.add_argument('--precision', choices=sorted(PRECISIONS), default='fp32', help='of products; fp32 is TF32 on a GPU that has it')
    p.add_argument('--minutes', type=float, default=10.0, help='wall-clock budget')
    p.add_argument('--updates', type=int, default=1 << 60, help='stop after so many, even if time is left')
    p.add_argument('--warm-start', help='a bundle or a checkpoint whose weights are the start')
    p.add_argument('--cell', choices=sorted(CELLS), default='gru')
    p.add_argument('--hidden', type=int, default=576)
    p.add_argument('--layers', type=int, default=5)
    p.add_argument('--frames-per-step', type=int, default=3)
    p.add_argument('--stack', type=int, default=6)
    p.add_argument('--dropout', type=float, default=0.1)
    p.add_argument('--recurrent-dropout', type=float, default=0.0)
    p.add_argument('--muon-iterations', type=int, default=5, help='Newton-Schulz iterations; 3 are cheaper for small batches')
    p.add_argument('--learning-rate', type=float, default=2e-3)
    p.add_argument('--constant-share', type=float, default=0.3, help='share of the budget before the rate goes down')
    p.add_argument('--warm-up', type=int, default=300, help='updates')
    p.add_argument('--weight-decay', type=float, default=0.03)
    p.add_argument('--clip', type=float, default=1.0, help='largest gradient norm')
    p.add_argument('--average-decay', type=float, default=0.999)
    p.add_argument('--augment-share', type=float, default=0.3, help='share of clips that are augmented in the end')
    p.add_argument('--augment-from', type=int, default=300, help='update after which augmentation starts')
    p.add_argument('--augment-full', type=int, default=1500, help='update from which on it has its full share')
    p.add_argument('--frame-weight', type=float, default=0.3, help="weight of the cross-entropy of each step's phoneme at the layer below the last")
    p.add_argument('--noise-rows', type=float, default=0.03, help='rows of noise alone, a clip')
    p.add_argument('--noise-weight', type=float, default=0.3, help='weight of what is heard in noise alone')
    p.add_argument('--uses', type=uses, default={}, metavar='SET=N,…', help='use these data sets N times an epoch')
    p.add_argument('--seconds-per-batch', type=float, default=800.0)
    p.add_argument('--report-every', type=int, default=100, help='updates')
    p.add_argument('--measure-every', type=float, default=75.0, help='seconds between measurements on dev')
    p.add_argument('--seed', type=int, default=1)
    return p.parse_args(argv)


def main(argv=None):
    a = arguments(argv)
    os.makedirs(a.run, exist_ok=True)
    torch.set_float32_matmul_precision('high')  # TF32 where a GPU has it
    trainer = GpuTrainer(a)
    last = os.path.join(a.run, 'last.pt')
    if os.path.exists(last):
        trainer.resume(load_checkpoint(last))
    elif a.warm_start:
        trainer.heard = warm_start(a.warm_start, trainer.model)
        trainer.average.copy_(trainer.flat.values)
    print(f'{len(trainer.batches.rows)} clips, {len(trainer.plan)} batches an epoch, {trainer.flat.values.numel() / 1e6:.2f} M parameters',
          json.dumps(vars(a)), flush=True)
    trainer.run()


if __name__ == '__main__':
    sys.exit(main())
