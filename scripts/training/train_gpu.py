"""Trains the acoustic model on one GPU from packed sound.

    python -m training.pack --data runs/data --out runs/pack
    python -m training.sound_store runs/pack
    python -m training.train_gpu --pack runs/pack --run runs/en-base --minutes 10

Sound is augmented on the GPU batch by batch (sound_augment.py), so every epoch hears other microphones, rooms and noises.
Stops after --minutes of wall-clock time (over all resumes) and lowers the learning rate towards that end; Ctrl-C or SIGTERM
measures, saves and stops before it. The same command goes on from the last checkpoint. RUN/best.pt is what training.export
reads, RUN/log.jsonl has a line a report.
"""
import argparse
import contextlib
import itertools
import json
import os
import signal
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from .consistency import inconsistency, split_views, view_count
from .course import Course
from .device import device_of
from .distillation import Teacher, divergence
from .evaluate import evaluate
from .files import make_folder
from .folder_lock import only_one
from .held_out import is_held_out
from .languages import LANGUAGES
from .model import AcousticModel
from .option_numbers import count, count_or_none, of_sets, positive, positive_or_none
from .options import add_course_options, add_model_options, model_config, parsed, ramp, refuse_unknown_sets
from .recording import hear
from .run_log import RunLog
from .separation import refuse_packed_twice
from .sound_augment import SoundAugmentConfig, upload
from .sound_batches import SoundBatches
from .sound_frontend import SoundFrontend
from .sound_store import SoundStore
from .spelling import chosen_pieces, spelled, spelling_of

PRECISIONS = {'fp32': None, 'bf16': torch.bfloat16, 'fp16': torch.float16}
HEADS = ('characters', 'phonemes')
STATISTICS_CLIPS = 400  # whose mean and deviation normalise the features


class PackedPart:
    """Clips of a store as `evaluate` wants them (see dataset.Part): those of dev, or about `most` that are spread over another part."""

    def __init__(self, store, part='dev', most=None):
        rows = np.stack([store.indices[part], store.starts[part], store.lengths[part]], 1)
        frontend = SoundFrontend(store.frontend, store.samples.device)
        self.cosine, self.clips, self._log_mel = store.cosine, [], []
        for i, start, length in rows[::max(1, len(rows) // most) if most else 1]:
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


def mfcc_statistics(store):
    """Mean and standard deviation [D] of the coefficients of training clips."""
    part = PackedPart(store, 'train', STATISTICS_CLIPS)
    rows = torch.cat([part.log_mel(i) for i in range(len(part))]) @ part.cosine.t()
    return rows.mean(0), rows.std(0)


class Targets:
    """Token ids of clips as padded tensors on a device."""

    def __init__(self, store, spelling, device):
        spellings = spelled(spelling, zip(store.clips['train_file'].tolist(), store.clips['train_text'].tolist()))
        joined = np.fromiter(itertools.chain.from_iterable(spellings), np.int64)
        self._ids = {'characters': (joined, np.cumsum([0] + [len(ids) for ids in spellings])),
                     'phonemes': (store.clips['train_phonemes'], store.clips['train_phonemes_start'])}
        self._device = device

    def of(self, head, rows):
        """(ids [B, S], lengths [B] on the CPU) of clips."""
        ids, start = self._ids[head]
        lists = [torch.from_numpy(ids[start[i]:start[i + 1]]) for i in rows]
        padded = torch.nn.utils.rnn.pad_sequence(lists, batch_first=True)
        return upload(padded.numpy(), self._device), torch.tensor([len(x) for x in lists])


class Losses:
    """Sums on the device of what the updates since the last report came to."""

    def __init__(self, device):
        self.values = torch.zeros(8, dtype=torch.float64, device=device)

    def take(self):
        values = self.values.tolist()
        self.values.zero_()
        return values


def refuse_what_no_clip_fits(a, store):
    """Ends where options are about data sets or about steps that the packs do not have."""
    refuse_unknown_sets('--uses', a.uses, store.clips['train_dataset'].tolist())
    if a.frame_weight > 0 and (other := store.label_steps - {a.frames_per_step}):
        raise SystemExit(f'the phonemes of the pack are of steps of {max(other)} frames, expected {a.frames_per_step} as --frames-per-step says: '
                         'align and pack again with a model of such steps, or give --frame-weight 0')


class GpuTrainer:
    def __init__(self, a):
        self.a, self.device = a, device_of(a.device)
        store = SoundStore(a.pack or ['runs/pack'], self.device)
        refuse_what_no_clip_fits(a, store)
        refuse_packed_twice(store)
        self.batches = SoundBatches(store, SoundAugmentConfig(time_masks=a.time_masks), a.frames_per_step, a.seconds_per_batch, a.uses,
                                    a.noise_rows, is_held_out, a.seed)
        pieces = chosen_pieces(a, store.language, map(str, store.clips['train_text']))
        self.targets = Targets(store, spelling_of(LANGUAGES[store.language], pieces), self.device)
        self.dev, self.lexicon = PackedPart(store), PackedLexicon(store)
        self.frontend = store.frontend
        torch.manual_seed(a.seed)
        self.model = AcousticModel(model_config(a, store.language, pieces), *mfcc_statistics(store)).to(self.device)
        self.teacher = Teacher(a.teacher, self.model, a.teacher_lag_ms) if a.teacher else None
        self.course = Course(a, self.model, a.minutes * 60)
        self.losses, self.epoch, self.position = Losses(self.device), 0, 0
        self.plan = self.batches.epoch(0)
        self.stopping = False
        self.log = RunLog(os.path.join(a.run, 'log.jsonl'))
        dtype = PRECISIONS[a.precision]
        self.autocast = (lambda: torch.autocast(self.device.type, dtype)) if dtype else contextlib.nullcontext

    def stop(self, *_):
        """Ends `run` after the step at hand."""
        self.stopping = True

    def begin(self):
        if state := self.course.begin():
            self.epoch, self.position = state['epoch'], state['position']
            self.plan = self.batches.epoch(self.epoch)

    def next_clips(self):
        if self.position == len(self.plan):
            self.epoch, self.position = self.epoch + 1, 0
            self.plan = self.batches.epoch(self.epoch)
        self.position += 1
        return self.plan[self.position - 1]

    def ctc(self, log_probs, steps, head, rows):
        """Mean CTC loss in nats a token, over clips whose targets are known; 0 where none is: a batch may have no pronunciation."""
        ids, sizes = self.targets.of(head, rows)
        known = torch.nonzero(sizes)[:, 0]
        if len(known) == 0:
            return log_probs.new_zeros(())
        chosen = upload(known.numpy(), log_probs.device)
        loss = F.ctc_loss(log_probs[chosen].transpose(0, 1), ids[chosen], steps[known], sizes[known], reduction='sum', zero_infinity=True)
        return loss / int(sizes.sum())

    def view_losses(self, heads, batch):
        """Losses of a view, in nats: of characters and phonemes a token, of the frame head a step, of rows without speech a step."""
        n, rows = len(batch.clips), self.batches.rows[batch.clips]
        parts = [self.ctc(heads[h][:n], batch.steps[:n], h, rows) for h in HEADS]
        parts.append(parts[0].new_zeros(()))
        if 'frames' in heads:
            picked = heads['frames'][:n].gather(2, batch.labels[..., None])[..., 0]
            parts[2] = -(picked * batch.labelled).sum() / batch.labelled.sum().clamp(min=1)
        parts.append(parts[0].new_zeros(()))
        if len(batch.steps) > n:
            there = torch.arange(heads['characters'].shape[1])[None] < batch.steps[n:, None]
            there = upload(there.numpy(), self.device)
            parts[3] = -sum((heads[h][n:, :, 0] * there).sum() for h in HEADS) / there.sum()
        return parts

    def step(self):
        """One update; everything that is reported stays on the device."""
        a, course, clips = self.a, self.course, self.next_clips()
        batch = self.batches.batch(clips, ramp(a, course.update), course.update, view_count(a))
        self.model.train()
        course.flat.collect_into(0)
        with self.autocast():
            heads = hear(self.model, batch.mfcc)
        views = split_views({name: lp.float() for name, lp in heads.items()}, view_count(a))
        n = len(clips)
        lost = [self.view_losses(view, batch) for view in views]
        parts = [sum(of_views) / len(views) for of_views in zip(*lost)]
        total = sum(weight * part for weight, part in zip((1, 1, a.frame_weight, a.noise_weight), parts))
        spoken = [{h: view[h][:n] for h in HEADS} for view in views]
        if self.teacher:
            with self.autocast():
                taught = self.teacher(batch.mfcc[:n])
            taught = {name: lp.float() for name, lp in taught.items()}
            total = total + a.teacher_weight * divergence(spoken[0], taught, batch.steps[:n])
        if len(views) > 1:
            total = total + a.consistency_weight * inconsistency(spoken, batch.steps[:n])
        total.backward()
        norm = course.step()
        course.heard += len(views) * float(batch.steps[:n].sum()) * a.frames_per_step * 0.01
        self.losses.values[: len(parts)] += torch.stack([p.detach() for p in parts])
        self.losses.values[7] += norm

    def report(self, updates, measured):
        sums = [x / updates for x in self.losses.take()]
        course = self.course
        line = {'update': course.update, 'heard_hours': round(course.heard / 3600, 2), 'minutes': round(course.elapsed / 60, 2),
                'characters': round(sums[0], 4), 'phonemes': round(sums[1], 4), 'frames': round(sums[2], 4), 'noise': round(sums[3], 4),
                'gradient_norm': round(sums[7], 3), 'learning_rate': course.learning_rate()}
        if measured:
            with course.averaged():
                line['dev'] = evaluate(self.model, self.dev, self.lexicon)
        self.log.append(line)
        print(f"{line['minutes']:6.2f} min | update {line['update']} heard {line['heard_hours']} h | nats a token: "
              f"{sums[0]:.3f} {sums[1]:.3f} {sums[2]:.3f} noise {sums[3]:.3f} norm {sums[7]:.2f} | {line.get('dev', {}).get('all', '')}",
              flush=True)
        if measured:
            course.keep(line, self.frontend, epoch=self.epoch, position=self.position)

    def run(self):
        course, a = self.course, self.a
        self.log.return_to(course.update)
        since, reported, next_measure = time.monotonic(), course.update, course.elapsed + a.measure_every
        while course.done() < 1 and not self.stopping:
            self.step()
            now = time.monotonic()
            course.elapsed, since = course.elapsed + now - since, now
            last = course.done() >= 1 or self.stopping
            if course.update - reported >= a.report_every or last:
                measured = course.elapsed >= next_measure or last
                self.report(course.update - reported, measured)
                reported = course.update
                if measured:
                    next_measure = course.elapsed + a.measure_every


def arguments(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--pack', action='append', metavar='FOLDER', help='folder of training.pack or training.pack_trusted, decoded by '
                   'training.sound_store; repeatable, the first one has the dev clips (default: runs/pack)')
    p.add_argument('--run', required=True, help='folder of checkpoints and log')
    p.add_argument('--device', default='cuda')
    p.add_argument('--precision', choices=sorted(PRECISIONS), default='fp32', help='of products; fp32 is TF32 on a GPU that has it')
    p.add_argument('--minutes', type=positive, default=10.0, help='wall-clock budget')
    add_model_options(p)
    add_course_options(p)
    p.set_defaults(hidden=576, layers=5, learning_rate=2e-3, warm_up=300, average_decay=0.999, weight_decay=0.02, augment_share=0.65, augment_full=1500)
    p.add_argument('--frame-weight', type=positive_or_none, default=0.3, help="weight of the cross-entropy of each step's phoneme at the layer below the last")
    p.add_argument('--noise-rows', type=positive_or_none, default=0.08, help='rows of noise alone, a clip')
    p.add_argument('--noise-weight', type=positive_or_none, default=1.0, help='weight of what is heard in noise alone')
    p.add_argument('--uses', type=of_sets(positive_or_none), default={}, metavar='SET=N,…', help='use these data sets N times an epoch')
    p.add_argument('--time-masks', type=count_or_none, default=SoundAugmentConfig.time_masks, help='a clip, each of up to 8 %% of it')
    p.add_argument('--seconds-per-batch', type=positive, default=1800.0)
    p.add_argument('--report-every', type=count, default=100, help='updates')
    p.add_argument('--measure-every', type=positive_or_none, default=75.0, help='seconds between measurements on dev')
    return parsed(p, argv, 'training.train_gpu')


@contextlib.contextmanager
def signals_call(handler):
    """Ctrl-C and SIGTERM call `handler` meanwhile. Processes started later would inherit one that is left behind, and not end."""
    before = {name: signal.signal(name, handler) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for name, earlier in before.items():
            signal.signal(name, earlier)


def main(argv=None):
    a = arguments(argv)
    make_folder(a.run)
    torch.set_float32_matmul_precision('high')  # TF32 where a GPU has it
    with only_one(a.run):
        trainer = GpuTrainer(a)
        trainer.begin()
        print(f'{len(trainer.batches.rows)} clips, {len(trainer.plan)} batches an epoch, {trainer.course.flat.values.numel() / 1e6:.2f} M parameters',
              json.dumps(vars(a)), flush=True)
        with signals_call(trainer.stop):
            trainer.run()


if __name__ == '__main__':
    sys.exit(main())
