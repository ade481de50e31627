"""The worst utterances of dev: what was said and heard, how it looks, and the sound."""
import difflib
import html
import json
import os

from ..archive import files_of, names_in, source_of
from ..files import whole_file
from .spectrogram import spectrogram_png

WORST_FILE, AUDIO_FOLDER = 'worst.json', 'report-audio'
KEPT = 12
SHORTEST_TEXT = 8  # characters; one word that is wrong says little


class WorstUtterances:
    """Collects the utterances with the highest character error rate."""

    def __init__(self, part):
        self._part, self._found = part, []

    def add(self, i, heard, errors):
        text = self._part.clips[i]['text']
        if len(text) >= SHORTEST_TEXT:
            self._found.append({'clip': i, 'heard': heard, 'cer': round(100 * errors / len(text), 1)})

    def all(self):
        return sorted(self._found, key=lambda found: -found['cer'])[:KEPT]


def read_worst(folder):
    path = os.path.join(folder, WORST_FILE)
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf8') as f:
        return json.load(f)


def bring_audio(files, speech, folder):
    """Copies recordings out of the tars and folders in `speech` to `folder`/report-audio; returns {file: path relative to `folder`} of
    those that are there."""
    paths = {file: os.path.join(AUDIO_FOLDER, file.replace('/', '-')) for file in files}
    missing = {file for file, path in paths.items() if not os.path.exists(os.path.join(folder, path))}
    for dataset in {file.split('/')[0] for file in missing}:
        source, of_set = source_of(speech, dataset), [file for file in missing if file.startswith(dataset + '/')]
        found = files_of(source, names_in(source, of_set) if os.path.isdir(source) else of_set) if os.path.exists(source) else {}
        for file, data in found.items():
            os.makedirs(os.path.join(folder, AUDIO_FOLDER), exist_ok=True)
            with whole_file(os.path.join(folder, paths[file]), 'wb') as f:
                f.write(data)
    return {file: path for file, path in paths.items() if os.path.exists(os.path.join(folder, path))}


def words_html(text, heard):
    """Both texts with the words marked that the other lacks."""
    a, b = text.split(), heard.split()
    said, found = [], []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        for words, out, tag in ((a[i:j], said, 'del'), (b[k:m], found, 'ins')):
            if words:
                part = html.escape(' '.join(words))
                out.append(part if kind == 'equal' else f'<{tag}>{part}</{tag}>')
    return ' '.join(said), ' '.join(found) or '<i>nothing</i>'


def utterance_html(worst, part, audio):
    clip = part.clips[worst['clip']]
    said, heard = words_html(clip['text'], worst['heard'])
    sound = audio.get(clip['file'])
    player = f'<audio controls preload="none" src="{html.escape(sound)}"></audio>' if sound else ''
    seconds = int(clip['frames']) / 100
    return f'''<article class="utterance">
<header><b>{worst['cer']:.0f} %</b> of the characters wrong<span>{html.escape(clip['dataset'])} · {seconds:.1f} s</span></header>
<img alt="Spectrogram" src="{spectrogram_png(part.log_mel(worst['clip']).numpy())}">
{player}
<dl><dt>said</dt><dd>{said}</dd><dt>heard</dt><dd>{heard}</dd></dl>
</article>'''
