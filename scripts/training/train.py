"""Trains the acoustic model.

    python -m training.train --data runs/data --run runs/en-base --hours 2

Stops after --hours of wall-clock time (over all resumes) or --updates, and lowers the learning rate towards that end. A
run that was killed goes on from its last checkpoint when the same command is given again. RUN/log.jsonl has a line a
report, RUN/report.html shows it, RUN/best.pt has the averaged weights with the lowest character error rate on dev.
"""
import argparse
import json
import os
import sys
import time

import torch
import torch.nn.functional as F

from .augment import PARTS, AugmentConfig, add_tail, augment, masked_views
from .beside import Turns, add_beside_options, refuse_what_does_not_go
from .consistency import inconsistency, split_views, view_count
from .corpus import Corpus
from .course import Course
from .dataset import Part, language_of, options_of, pad, prepared_folders, refuse_other_features
from .distillation import Teacher, divergence
from .evaluate import TAIL_FRAMES, evaluate
from .files import make_folder
from .folder_lock import only_one
from .held_out import is_held_out
from .interrupt import unless_interrupted
from .languages import LANGUAGES
from .model import AcousticModel
from .option_numbers import count, count_or_none, of_sets, positive, positive_or_none
from .options import add_course_options, add_model_options, model_config, parsed, ramp, refuse_unknown_sets
from .parallel import Team
from .recording import hear
from .report.page import FACTS_FILE, write_report
from .report.utterances import WORST_FILE, WorstUtterances
from .run_log import RunLog
from .separation import refuse_shared_of_prepared

HOP_SECONDS = 0.01


class Task:
    """Computes the gradient of one micro-batch."""

    def __init__(self, a, corpus, noises, model, flat):
        self.a, self.noises, self.model, self.flat = a, noises, model, flat
        self.corpus, self.turns = corpus, Turns(corpus, a)
        self.config = AugmentConfig().without(a.augment_without)
        self.teacher = Teacher(a.teacher, model, a.teacher_lag_ms) if a.teacher else None

    def batch(self, update, k):
        """The corpus of its clips, mfcc [views * B, F, D], the views one after the other, lengths in frames, clip indices and, for
        each clip, the phoneme of every step or None; depends on seed, update and k alone."""
        g = torch.Generator().manual_seed(hash((self.a.seed, update, k)) & 0x7FFFFFFF)
        share = ramp(self.a, update)
        corpus, indices = self.turns.at(update * self.a.micro_batches + k)
        views, labels = view_count(self.a), []
        clips = [[] for _ in range(views)]
        for i in indices:
            p = int(torch.randint(len(corpus.parts), (), generator=g))
            clip, spoken = corpus.parts[p].log_mel(i), None
            if corpus.alignments is not None:
                clip, spoken = corpus.alignments[p].trim(i, clip, g)
            changed = torch.rand((), generator=g) < share
            seen = augment(clip, self.noises, self.config, g, views) if changed else self.unchanged(clip, g, views)
            for view, x in zip(clips, seen):
                view.append(x)
            labels.append(None if changed else spoken)
        x, lengths = pad([x for view in clips for x in view])
        torch.manual_seed(int(torch.randint(1 << 31, (), generator=g)))  # dropout
        return corpus, x @ corpus.cosine.t(), lengths[:len(indices)], indices, labels

    def unchanged(self, clip, g, views):
        """A clip as it was recorded; several views differ in their masks."""
        clip = add_tail(clip, TAIL_FRAMES)
        return [clip] if views == 1 else masked_views(clip, self.config, g, views)

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
        corpus, mfcc, lengths, indices, labels = self.batch(update, k)
        steps = lengths // self.model.config.frames_per_step
        views = split_views(corpus.own_heads(hear(self.model, mfcc, self.a.bptt_steps)), view_count(self.a))
        characters, phonemes = ([tokens[i] for i in indices] for tokens in (corpus.characters, corpus.phonemes))
        total, report = 0.0, [0.0] * 6
        for heads in views:
            c, nc = self.loss(heads['characters'].transpose(0, 1), steps, characters)
            p, np_ = self.loss(heads['phonemes'].transpose(0, 1), steps, phonemes)
            f = self.frame_loss(heads['frames'], labels) if 'frames' in heads else c.new_zeros(())
            total = total + (c / max(1, nc) + p / max(1, np_) + self.a.frame_weight * f) / len(views)
            told = [c.item(), nc, p.item(), np_, float(lengths.sum()) * HOP_SECONDS, f.item() / len(views)]
            report = [x + y for x, y in zip(report, told)]
        if self.teacher:
            total = total + self.a.teacher_weight * divergence(views[0], self.teacher(mfcc[:len(indices)]), steps)
        if len(views) > 1:
            total = total + self.a.consistency_weight * inconsistency(views, steps)
        total.backward()
        return report if corpus is self.corpus else [0.0] * len(report)  # the log is about the language of the model


class Trainer:
    def __init__(self, a):
        self.a = a
        self.corpus = Corpus(prepared_folders(a.data), a.language, a)
        self.dev, noise = (Part(os.path.join(a.data, name)) for name in ('dev', 'noise'))
        refuse_other_features([*self.corpus.parts, self.dev, noise])
        refuse_shared_of_prepared([self.corpus.parts[0], self.dev], options_of(a.data).get('known_speakers', ()))
        noises = [noise.log_mel(i) for i in range(len(noise)) if noise.frames[i] > 50 and not is_held_out(noise.clips[i]['file'])]
        torch.manual_seed(a.seed)
        self.model = AcousticModel(model_config(a, a.language, self.corpus.pieces, a.beside[0] if a.beside else ''), *self.corpus.mfcc_statistics())
        self.course = Course(a, self.model, a.hours * 3600, a.micro_batches)
        self.task = Task(a, self.corpus, noises, self.model, self.course.flat)
        refuse_unknown_sets('--repeat', a.repeat, self.task.turns.datasets)
        self.log = RunLog(os.path.join(a.run, 'log.jsonl'))

    def measure(self):
        """Error rates of the averaged weights on dev."""
        worst = WorstUtterances(self.dev)
        with self.course.averaged():
            result = evaluate(self.model, self.dev, self.corpus.lexicon, on_clip=worst.add)
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
        course = self.course
        line = {'update': course.update, 'heard_hours': round(course.heard / 3600, 2), 'minutes': round(course.elapsed / 60, 1),
                'characters': round(c / max(1, nc), 4), 'phonemes': round(p / max(1, np_), 4),
                'frames': round(f / self.a.micro_batches / updates, 4),
                'gradient_norm': round(norm, 3), 'learning_rate': course.learning_rate()}
        if course.done() >= 1 or course.update % self.a.eval_every == 0:
            line['dev'] = self.measure()
        self.log.append(line)
        left = course.seconds_left() / 60
        dev = line.get('dev', {}).get('all', '')
        print(f"{line['minutes']:7.1f} min, {left:6.1f} left | update {line['update']} heard {line['heard_hours']} h | "
              f"nats a token: {line['characters']:.3f} {line['phonemes']:.3f} {line['frames']:.3f} | {dev}", flush=True)
        return line

    def show(self):
        """Writes the page of the run. One that can not be shown is no reason to lose it."""
        try:
            write_report(self.a.run, self.dev, self.a.speech, os.path.join(self.a.run, 'report.html'))
        except Exception as error:  # whatever it is
            print(f'the report could not be written, the training goes on: {type(error).__name__}: {error}', file=sys.stderr, flush=True)

    def run(self):
        course = self.course
        self.log.return_to(course.update)
        options = {name: value for name, value in vars(self.a).items() if name != 'stage'}
        self.write_json(FACTS_FILE, {**options, 'parameters': course.flat.values.numel(), 'clips': len(self.corpus.parts[0])})
        team = Team(self.a.workers, self.a.micro_batches, self.task)
        sums, since = [0.0] * 7, time.monotonic()
        try:
            while course.done() < 1:
                reports = team.run(course.update)[:, :6].sum(0).tolist()
                norm = course.step().item()
                course.heard += reports[4]
                sums = [x + y for x, y in zip(sums, [*reports, 1])]
                now = time.monotonic()
                course.elapsed, since = course.elapsed + now - since, now
                if course.update % self.a.report_every == 0 or course.done() >= 1:
                    line = self.report(sums, norm)
                    sums = [0.0] * 7
                    if course.update % self.a.save_every == 0 or 'dev' in line:  # the last line has it
                        course.keep(line, self.dev.frontend)
                    self.show()
        finally:
            team.close()


def parts(text):
    names = text.split(',')
    if unknown := sorted(set(names) - set(PARTS)):
        raise argparse.ArgumentTypeError(f'expected some of {", ".join(PARTS)}, got {", ".join(unknown)}')
    return names


def arguments(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--data', default='runs/data')
    p.add_argument('--run', required=True, help='folder of checkpoints, log and report.html')
    p.add_argument('--speech', default='../shared/speech', help='recordings, for the players of the report')
    p.add_argument('--hours', type=positive, default=2.0, help='wall-clock budget')
    p.add_argument('--language', choices=sorted(LANGUAGES), help='that of the recordings (default: that of --data)')
    add_model_options(p)
    add_course_options(p)
    add_beside_options(p)
    p.add_argument('--bptt-steps', type=count_or_none, default=0, help='steps after which gradients end, while states go on; 0: never')
    p.add_argument('--alignment', action='store_true', help='use what training.align found: leave out clips that do not fit '
                   'their text, and cut off long silences')
    p.add_argument('--most-misfit', type=float, default=2.5, help='with --alignment: nats a character above which a clip is left out')
    p.add_argument('--frame-weight', type=positive_or_none, default=0.0, help='with --alignment: weight of the cross-entropy of each '
                   "step's phoneme at the layer below the last; 0 is none")
    p.add_argument('--repeat', type=of_sets(count_or_none), default={}, metavar='SET=N,…', help='use these data sets N times an epoch')
    p.add_argument('--augment-without', type=parts, default=[], metavar='PART,…', help=f'leave out parts of the augmentation: {", ".join(PARTS)}')
    p.add_argument('--frames-per-batch', type=count, default=20000)
    p.add_argument('--max-clips', type=count, default=100)
    p.add_argument('--micro-batches', type=count, default=2, help='batches an update')
    p.add_argument('--workers', type=count, default=1, help='processes of one thread each')
    p.add_argument('--report-every', type=count, default=50)
    p.add_argument('--eval-every', type=count, default=250)
    p.add_argument('--save-every', type=count, default=250)
    a = parsed(p, argv, 'training.train')
    a.language = language_of(a.data, a.language)
    return a


def refuse_options(a):
    refuse_what_does_not_go(a)
    for option, updates in (('--eval-every', a.eval_every), ('--save-every', a.save_every)):
        if updates % a.report_every:
            raise SystemExit(f'{option} {updates}: expected a multiple of --report-every, which is {a.report_every}: what is due is looked at '
                             'with each report')
    if a.frame_weight > 0 and not a.alignment:
        raise SystemExit('--frame-weight needs --alignment, which knows the phoneme of every step: give it too, or leave out --frame-weight')


def clips_in_words(corpus):
    known = sum(t is not None for t in corpus.phonemes)
    told = f'{len(corpus.characters)} clips, {known} with pronunciations'
    if corpus.alignments is None:
        return told
    return f'{told}, {corpus.fits.count(False)} left out because their sound contradicts their text (--most-misfit {corpus.a.most_misfit:g})'


def train(a):
    refuse_options(a)
    make_folder(a.run)
    torch.set_num_threads(1)
    with only_one(a.run):
        trainer = Trainer(a)
        trainer.course.begin()
        print(f'{clips_in_words(trainer.corpus)}, {trainer.course.flat.values.numel() / 1e6:.2f} M parameters', flush=True)
        trainer.run()


def main():
    return unless_interrupted(lambda: train(arguments()), 'the same command goes on from the last checkpoint')


if __name__ == '__main__':
    sys.exit(main())
