"""Options that all trainers share."""
from .consistency import add_consistency_options
from .distillation import add_teacher_options
from .look_ahead import steps_of
from .model import CELLS, ModelConfig
from .option_numbers import count, count_or_none, positive, positive_or_none, share, share_lost
from .spelling import tokens_argument
from .stages import telling_options


def add_model_options(p):
    p.add_argument('--cell', choices=sorted(CELLS), default='gru')
    p.add_argument('--attention-window', type=count_or_none, default=0, metavar='STEPS', help='a hybrid: one causal attention layer above half '
                   'of the recurrent ones, over so many steps, the present one included; 0: none')
    p.add_argument('--look-ahead-ms', type=count_or_none, default=0, metavar='MS', help='sound behind a step that its result rests on, a multiple '
                   'of the step; every word comes so much later')
    p.add_argument('--tokens', type=tokens_argument, default=0, metavar='characters|wordpieces:N', help='what the head that spells has: '
                   'characters, or about N pieces of words, learned from the texts of the training')
    p.add_argument('--running-mean-ms', type=count_or_none, default=0, metavar='MS', help='takes a running mean of this time constant off the '
                   'coefficients; 0: none')
    p.add_argument('--hidden', type=count, default=512)
    p.add_argument('--layers', type=count, default=4)
    p.add_argument('--frames-per-step', type=count, default=3)
    p.add_argument('--stack', type=count, default=6)
    p.add_argument('--dropout', type=share_lost, default=0.1)
    p.add_argument('--recurrent-dropout', type=share_lost, default=0.0, help='of the weights from state to state; the fast path has none')


def model_config(a, language, pieces=(), beside=''):
    if a.stack < a.frames_per_step or a.stack % a.frames_per_step:
        raise SystemExit(f'--stack {a.stack}: expected a multiple of --frames-per-step, which is {a.frames_per_step}')
    return ModelConfig(cell=a.cell, hidden=a.hidden, layers=a.layers, frames_per_step=a.frames_per_step, stack=a.stack, dropout=a.dropout,
                       recurrent_dropout=a.recurrent_dropout, running_mean_ms=a.running_mean_ms,
                       attention_window=a.attention_window, frame_head=a.frame_weight > 0,
                       look_ahead_steps=steps_of(a.look_ahead_ms, a.frames_per_step), language=language, pieces=pieces, beside=beside)


def add_course_options(p):
    add_teacher_options(p)
    add_consistency_options(p)
    p.add_argument('--updates', type=count, default=1 << 60, help='stop after so many, even if time is left; the learning rate then depends on no clock')
    p.add_argument('--warm-start', help='a bundle or a checkpoint whose weights are the start; of another '
                   'language, the recurrent layers alone')
    p.add_argument('--optimizer', choices=['adamw', 'muon'], default='muon')
    p.add_argument('--muon-iterations', type=count, default=5, help='Newton-Schulz iterations; 3 are cheaper for small batches')
    p.add_argument('--learning-rate', type=positive_or_none, default=1.6e-3)
    p.add_argument('--constant-share', type=share, default=0.5, help='share of the budget before the rate goes down')
    p.add_argument('--warm-up', type=count_or_none, default=200, help='updates')
    p.add_argument('--weight-decay', type=positive_or_none, default=1e-3)
    p.add_argument('--clip', type=positive, default=1.0, help='largest gradient norm')
    p.add_argument('--average-decay', type=share, default=0.998)
    p.add_argument('--augment-share', type=share, default=0.5, help='share of clips that are augmented in the end')
    p.add_argument('--augment-from', type=count_or_none, default=400, help='update after which augmentation starts')
    p.add_argument('--augment-full', type=count_or_none, default=3500, help='update from which on it has its full share')
    p.add_argument('--seed', type=int, default=1)


def parsed(p, argv, trainer):
    """The options of a trainer, and what its checkpoints say of them as `stage`: its name, and the options that tell how it learned."""
    a = p.parse_args(argv)
    options = telling_options(p.parse_args(['--run', a.run]), a)
    a.stage = {'trainer': trainer, 'options': options}
    return a


def refuse_unknown_sets(option, named, known):
    """Ends where `option` names a data set that no clip is of."""
    if unknown := sorted(set(named) - set(known)):
        raise SystemExit(f"{option} names {', '.join(unknown)}, expected data sets of the training: {', '.join(sorted(set(known)))}")


def ramp(a, update):
    """Share of clips to augment: strong augmentation from the first update on keeps CTC from taking off."""
    return a.augment_share * min(1.0, max(0.0, (update - a.augment_from) / max(1, a.augment_full - a.augment_from)))
