"""The page: how far the run is, its curves, and the worst utterances."""
import html
import json
import os
import time

from ..run_log import RunLog
from .charts import line_chart, number, sparkline
from .utterances import bring_audio, read_worst, utterance_html

HERE = os.path.dirname(os.path.abspath(__file__))
FACTS_FILE = 'run.json'


def write_report(run, dev, speech, path):
    """Writes the report of the folder `run` to `path`, whole or not at all."""
    folder = os.path.dirname(os.path.abspath(path))
    lines = RunLog(os.path.join(run, 'log.jsonl')).lines()
    worst = read_worst(folder) or read_worst(run)
    audio = bring_audio([dev.clips[w['clip']]['file'] for w in worst], speech, folder)
    text = page(os.path.basename(os.path.abspath(run)), read_facts(run), lines, [utterance_html(w, dev, audio) for w in worst])
    with open(path + '.new', 'w', encoding='utf8') as f:
        f.write(text)
    os.replace(path + '.new', path)


def read_facts(run):
    """What training.train was asked: {'hours', 'updates', 'seed', 'parameters', …}; nothing of an older run."""
    path = os.path.join(run, FACTS_FILE)
    if not os.path.exists(path):
        return {}
    with open(path, encoding='utf8') as f:
        return json.load(f)


def page(name, facts, lines, utterances):
    sections = [
        tiles(facts, lines),
        f'<section class="charts">{"".join(charts(lines))}</section>' if lines else '<p>Nothing is logged yet.</p>',
        datasets([line for line in lines if 'dev' in line]),
        f'<h2>The worst utterances of dev</h2><section class="utterances">{"".join(utterances)}</section>' if utterances else '',
        options(facts),
    ]
    ended = bool(lines) and share_done(facts, lines[-1]) >= 1
    return f'''<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(name)} – training</title><style>{read('page.css')}</style></head>
<body data-ended="{str(ended).lower()}"><header class="top"><h1>{html.escape(name)}</h1>{progress(facts, lines)}</header>
<main>{"".join(sections)}</main>
<footer>Written {time.strftime('%Y-%m-%d %H:%M')} by training.report.</footer>
<script type="module">{read('page.js')}</script></body></html>
'''


def share_done(facts, line):
    """Of the budget, by the clock or by updates; 0 when it is not known."""
    return max(line['minutes'] / 60 / facts['hours'], line['update'] / facts['updates']) if facts else 0.0


def progress(facts, lines):
    if not facts or not lines:
        return ''
    share = min(1.0, share_done(facts, lines[-1]))
    left = lines[-1]['minutes'] * (1 - share) / max(share, 1e-9)
    text = 'Ended' if share >= 1 else f'{duration(left)} left'
    return f'<div class="progress"><progress max="1" value="{share:.4f}"></progress><span>{100 * share:.0f} % · {text}</span></div>'


def duration(minutes):
    hours, minutes = divmod(round(minutes), 60)
    return f'{hours} h {minutes:02d} min' if hours else f'{minutes} min'


def tiles(facts, lines):
    if not lines:
        return ''
    last, measured = lines[-1], [line for line in lines if 'dev' in line]
    values = [('audio heard', f"{last['heard_hours']:.1f} h"), ('computing', duration(last['minutes'])),
              ('updates', f"{last['update']:,}"), ('learning rate', number(last['learning_rate']))]
    if measured:
        best = min(measured, key=lambda line: line['dev']['all']['cer'])
        values.append(('lowest dev CER', f"{best['dev']['all']['cer']:.1f} %"))
        values.append(('dev WER of it, greedy', f"{best['dev']['all']['wer']:.1f} %"))
    if 'parameters' in facts:
        values.append(('parameters', f"{facts['parameters'] / 1e6:.2f} M"))
    return '<section class="tiles">' + ''.join(f'<div><b>{v}</b><span>{k}</span></div>' for k, v in values) + '</section>'


def charts(lines):
    measured = [line for line in lines if 'dev' in line]

    def curve(key):
        return [(line['heard_hours'], line[key]) for line in lines]

    def rate(key):
        return [(line['heard_hours'], line['dev']['all'][key]) for line in measured if key in line['dev']['all']]

    losses = [(key, curve(key), True) for key in ('characters', 'phonemes', 'frames') if any(line.get(key) for line in lines)]
    hours = 'hours of audio heard'
    return [
        line_chart('Training loss', hours, 'nats a token', losses),
        line_chart('Error rates on dev', hours, '%, greedy, averaged weights', [
            ('words', rate('wer'), False), ('characters', rate('cer'), False), ('phonemes', rate('per'), False)], True),
        line_chart('Learning rate', hours, '', [('learning rate', curve('learning_rate'), False)], True),
        line_chart('Gradient norm', hours, 'before clipping', [('gradient norm', curve('gradient_norm'), True)], True),
    ]


def datasets(measured):
    if not measured:
        return ''
    names = sorted((n for n in measured[-1]['dev'] if n != 'all'), key=lambda n: measured[-1]['dev'][n]['cer'])
    rows, with_phonemes = [], 'per' in measured[-1]['dev']['all']
    for name in names:
        known = [line['dev'][name] for line in measured if name in line['dev']]
        cells = ''.join(f'<td>{known[-1][key]:.1f}</td><td>{sparkline([k[key] for k in known])}</td>' for key in ('cer', 'wer'))
        if with_phonemes:
            cells += f'<td>{known[-1]["per"]:.1f}</td>' if 'per' in known[-1] else '<td></td>'
        rows.append(f'<tr><th scope="row">{html.escape(name)}</th>{cells}</tr>')
    return ('<h2>Dev by data set</h2><div class="scroll"><table class="datasets"><thead><tr><th></th><th colspan="2">CER %</th><th colspan="2">WER %</th>'
            f'{"<th>PER %</th>" if with_phonemes else ""}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>')


def options(facts):
    rows = ''.join(f'<tr><th scope="row">{html.escape(k)}</th><td data-value>{html.escape(str(v))}</td></tr>' for k, v in sorted(facts.items()))
    return f'<details><summary>All options of the run</summary><div class="scroll"><table>{rows}</table></div></details>' if rows else ''


def read(name):
    with open(os.path.join(HERE, name), encoding='utf8') as f:
        return f.read()
