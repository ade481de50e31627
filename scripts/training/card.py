"""Writes the card of a model bundle.

    python -m training.card --bundle ../models/en-base --log runs/en-base/log.jsonl --manifest ../../shared/speech/manifest.tsv \\
        --table 'Greedy search=greedy.md' --table 'Beam search=beam.md'

A table is what `earshot eval --markdown` printed. The manifests tell whether speakers of `test` were heard in training.
BUNDLE/notes.md, if there is one, says what only a person can: use, weaknesses. Draws curve.svg from the training log.
"""
import argparse
import os

import matplotlib

from .run_log import RunLog
from .speech_folder import TRAINING_SPLITS, read_manifest, speaker_of
from .stages import stages_in_words
from .warm_start import read_description

matplotlib.use('svg')
import matplotlib.pyplot as plt  # noqa: E402 - the backend must be chosen before


def read_measured(path):
    """The lines of the log of a run that was measured on dev."""
    log = RunLog(path).lines()
    if not any('dev' in line for line in log):
        raise SystemExit(f'{path} was expected to be the log of a run that was measured on dev once, and is not: give RUN/log.jsonl')
    return log


def file(path):
    """Of an option that names one."""
    if not os.path.isfile(path):
        raise argparse.ArgumentTypeError(f'expected a file, got {path}, where none is')
    return path


def table(text):
    """(title, path) of TITLE=FILE."""
    title, equals, path = text.partition('=')
    if not equals:
        raise argparse.ArgumentTypeError(f'expected TITLE=FILE, got {text}')
    return title, file(path)


def draw_curve(log, heads, path):
    """Error rates on dev, and losses of the `heads`, over hours of audio heard."""
    plt.rcParams.update({'svg.hashsalt': 'earshot', 'font.size': 9, 'axes.spines.top': False, 'axes.spines.right': False})
    measured = [line for line in log if 'dev' in line]
    _, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout='constrained')
    hours = [line['heard_hours'] for line in measured]
    for key, label in rates_of(heads):
        left.plot(hours, [line['dev']['all'][key] for line in measured], label=f'{label}, greedy')
    left.set(xlabel='hours of audio heard', ylabel='error rate on dev, %', ylim=(0, 100))
    left.legend(frameon=False)
    for key in heads:
        right.plot([line['heard_hours'] for line in log], [line[key] for line in log], label=key, linewidth=0.8)
    right.set(xlabel='hours of audio heard', ylabel='CTC loss in training, nats a token', ylim=(0, 4))
    right.legend(frameon=False)
    plt.savefig(path, metadata={'Date': None})


def speakers_of(rows, splits):
    return {speaker_of(row) for row in rows if row['split'] in splits} - {''}


def speakers_in_words(rows, data):
    """What the rows of the manifests, and the facts of the training data, say about who speaks in `test`."""
    tested = speakers_of(rows, ('test',))
    heard = tested & speakers_of(rows, TRAINING_SPLITS)
    said = 'No known speaker of `test` is in the training data.'
    if heard:
        said = f'Of {len(tested)} known speakers of `test`, {len(heard)} are in the training data too.'
    if unnamed := [f"`{d['dataset']}`" for d in data if not d['speakers']]:
        said += f" Sets without names of their speakers were trained on, who may be some of `test`: {', '.join(unnamed)}."
    return said


def data_table(data):
    rows = [f"| {d['dataset']} | {d['licence']} | {d['clips']:,} | {d['hours']:.2f} | {d['speakers'] or 'not given'} |" for d in data]
    total = f"| all | | {sum(d['clips'] for d in data):,} | {sum(d['hours'] for d in data):.2f} | |"
    return '\n'.join(['| data set | licence | clips | hours | speakers |', '|---|---|--:|--:|--:|', *rows, total])


def rates_of(heads):
    """(key, name) of the error rates that a model with these heads has."""
    return [('cer', 'characters'), ('wer', 'words'), *([('per', 'phonemes')] if 'phonemes' in heads else [])]


def dev_table(log, heads):
    measured = [line for line in log if 'dev' in line]
    step = -(-len(measured) // 12)
    keys = [key for key, _ in rates_of(heads)]
    rows = []
    for m in measured[:-1][::step] + measured[-1:]:
        cells = [f"{m['heard_hours']:.0f}", f"{m['minutes']:.0f}", *(f"{m['dev']['all'][key]:.1f}" for key in keys)]
        rows.append(f"| {' | '.join(cells)} |")
    return '\n'.join([f"| hours heard | minutes | {' | '.join(key.upper() for key in keys)} |", '|--:|--:' + '|--:' * len(keys) + '|', *rows])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--bundle', required=True)
    p.add_argument('--log', required=True)
    p.add_argument('--manifest', action='append', type=file, required=True, help='manifest.tsv of a folder of speech that was prepared or packed; repeatable')
    p.add_argument('--table', action='append', type=table, default=[], metavar='TITLE=FILE')
    a = p.parse_args()
    model, log = read_description(a.bundle), read_measured(a.log)
    heads = [head['name'] for head in model['heads']]
    draw_curve(log, heads, os.path.join(a.bundle, 'curve.svg'))
    parameters = f"{os.path.getsize(os.path.join(a.bundle, model['files']['fp32']['path'])) / 4e6:.1f} million"
    parts = [f"# {model['name']} {model['version']}",
             f"Streaming acoustic model for `{model['language']}`: {parameters} parameters, {model['framesPerStep'] * 10} ms a step, looks {model['lookaheadFrames'] * 10} ms ahead, "
             f"states {', '.join(s['input'] + ' ' + str(s['shape']) for s in model['states'])}, heads "
             f"{' and '.join(heads)}. Licence {model['licence']}."]
    notes = os.path.join(a.bundle, 'notes.md')
    if os.path.exists(notes):
        with open(notes, encoding='utf8') as f:
            parts.append(f.read().strip())
    rows = [row for path in a.manifest for row in read_manifest(path)]
    parts += [f"## Error rates\n\n{speakers_in_words(rows, model['training']['data'])} Each table is what `earshot eval` printed."]
    for title, path in a.table:
        with open(path, encoding='utf8') as f:
            parts.append(f'### {title}\n\n{f.read().strip()}')
    parts += [f"## Training\n\n{model['training']['hoursSeen']:.0f} hours of audio heard, augmented, in {log[-1]['minutes'] / 60:.1f} hours of "
              f"computing; trainer at commit {model['training']['commit'] or 'unknown'}. Dev error rates, greedy, of the averaged weights:",
              '![Error rates on dev and training losses over hours of audio heard](curve.svg)', dev_table(log, heads)]
    if stages := model['training'].get('stages'):
        parts.append(f'Its stages, one after the other, with the options that are not the defaults:\n\n{stages_in_words(stages)}')
    parts += ['## Data\n\nAs prepared: after dropping clips that are too short, too long, without text or repeated too often.',
              data_table(model['training']['data'])]
    with open(os.path.join(a.bundle, 'MODEL_CARD.md'), 'w', encoding='utf8') as f:
        f.write('\n\n'.join(parts) + '\n')


if __name__ == '__main__':
    main()
