"""How a model came about: the stages of its training, one after the other, with what is needed to do each again.

A stage is what one trainer did, {'trainer', 'options', 'hours', 'minutes', 'commit'}, a mean of models, {'mean': [{'share', 'stages'}, …]}, or
the name of a bundle that does not know its own, {'bundle'}. Checkpoints and bundles carry the list.
"""
import shlex

from .spelling import ARGUMENT

# Where things lie, and how often to look: they change nothing that is learned.
OF_NO_CONSEQUENCE = ('run', 'data', 'pack', 'speech', 'device', 'workers', 'report_every', 'eval_every', 'save_every', 'measure_every', 'warm_start')
ALWAYS = ('seed',)
FREE_TO_CHANGE = ('hours', 'minutes', 'updates')  # on the way: they move the end
LANGUAGE = 'language'  # is of the model, which is compared itself; it need not be given
WRITTEN = {'beside': '='.join, 'tokens': lambda pieces: f'{ARGUMENT}{pieces}'}  # whose values are not as they were given


def telling_options(defaults, a):
    """{name: value} of the options `a` that say what is learned, where they are not those of `defaults`; the seed always."""
    return {name: value for name, value in vars(a).items()
            if name not in OF_NO_CONSEQUENCE and (name in ALWAYS or value != getattr(defaults, name))}


def mean_of(shares, lists):
    """The stages of a mean of models with these stages: what all have in common stands before it once."""
    common = 0
    while all(len(stages) > common and stages[common] == lists[0][common] for stages in lists):
        common += 1
    return lists[0][:common] + [{'mean': [{'share': share, 'stages': stages[common:]} for share, stages in zip(shares, lists)]}]


def _option(name, value):
    flag = '--' + name.replace('_', '-')
    if value is True:
        return flag
    if name in WRITTEN:
        value = WRITTEN[name](value)
    elif isinstance(value, dict):
        value = ','.join(f'{key}={each}' for key, each in value.items())
    elif isinstance(value, (list, tuple)):
        value = ','.join(str(each) for each in value)
    return f'{flag} {shlex.quote(str(value))}'


def _options(table, names):
    return ', '.join(_option(name, table[name]) if name in table else f"the default of --{name.replace('_', '-')}" for name in names)


def refuse_other_options(path, begun_with, options):
    """Ends where the telling options of a run are not those that it was begun with: what it keeps is told of the whole of it."""
    names = [name for name in sorted(begun_with | options) if name not in (*FREE_TO_CHANGE, LANGUAGE) and begun_with.get(name) != options.get(name)]
    if names:
        raise SystemExit(f'{path} is of a run with {_options(begun_with, names)}, expected {_options(options, names)} as the options say: give those '
                         'that the run was begun with, or another --run. What ends it (--hours, --minutes, --updates), where things lie and '
                         '--workers may change')


def _lines(stages, indent=''):
    for stage in stages:
        if 'bundle' in stage:
            yield f"{indent}- {stage['bundle']}"
        elif 'mean' in stage:
            yield f'{indent}- the mean of the weights of:'
            for part in stage['mean']:
                yield f"{indent}  - {part['share']:g} of {'what came after that' if part['stages'] else 'the model so far'}"
                yield from _lines(part['stages'], indent + '    ')
        else:
            options = ' '.join(_option(name, value) for name, value in stage['options'].items())
            trainer = f" at commit {stage['commit']}" if stage['commit'] else ''
            yield f"{indent}- `{stage['trainer']} {options}`: {stage['hours']:,.1f} h of audio heard in {stage['minutes']:.1f} minutes{trainer}"


def stages_in_words(stages):
    """A Markdown list."""
    return '\n'.join(_lines(stages))
