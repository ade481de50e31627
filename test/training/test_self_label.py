"""Labels of our own: what the recogniser was sure of becomes the text of a new manifest, the rest is left out."""
import json
import math
import sys

import pytest

from training import self_label
from training.speech_folder import read_manifest


def final(file, *words):
    return json.dumps({'file': str(file), 'type': 'final', 'words': [{'text': text, 'confidence': c} for text, c in words]})


@pytest.fixture
def speech(tmp_path):
    """Three recordings with a machine's texts, of which ours hears one surely, one in two finals, and nothing in the last."""
    folder = tmp_path / 'speech'
    (folder / 'set').mkdir(parents=True)
    rows = ['file\tdataset\tsplit\tspeaker\tseconds\tlicence\ttext\tscore']
    rows += [f'set/{name}.mp3\tset\tweak\t\t3.00\tCC0\ttheirs\t-0.1' for name in 'abc']
    (folder / 'manifest.tsv').write_text('\n'.join(rows) + '\n')
    for name in 'abc':
        (folder / 'set' / f'{name}.mp3').write_bytes(b'sound')
    lines = [final(folder / 'set' / 'a.mp3', ('ours', 0.8)), final(folder / 'set' / 'b.mp3', ('two', 0.9)),
             final(folder / 'set' / 'b.mp3', ('finals', 0.3)), final(folder / 'set' / 'c.mp3'), json.dumps({'type': 'endpoint'})]
    (tmp_path / 'labels.jsonl').write_text('\n'.join(lines) + '\n')
    return tmp_path


def label(folder, *options):
    arguments = ['--speech', folder / 'speech', '--transcripts', folder / 'labels.jsonl', '--out', folder / 'labelled', *options]
    sys.argv = ['self_label', *map(str, arguments)]
    self_label.main()
    return read_manifest(folder / 'labelled' / 'manifest.tsv')


def test_texts_are_what_was_heard_and_scores_how_surely(speech):
    rows = label(speech, '--least-confidence', '0.5')
    assert [(r['file'], r['text'], r['split']) for r in rows] == [('set/a.mp3', 'ours', 'weak'), ('set/b.mp3', 'two finals', 'weak')]
    assert [float(r['score']) for r in rows] == pytest.approx([math.log(0.8), math.log(0.6)], abs=1e-4)
    assert (speech / 'labelled' / 'set' / 'a.mp3').read_bytes() == b'sound'


def test_unsure_recordings_are_left_out(speech):
    assert [r['file'] for r in label(speech, '--least-confidence', '0.7')] == ['set/a.mp3']


def test_recordings_of_dev_and_test_are_never_taken_and_people_s_texts_become_weak_ones(speech):
    manifest = speech / 'speech' / 'manifest.tsv'
    heading, *rows = manifest.read_text().splitlines()
    for split, expected in (('dev', []), ('test', []), ('wake', []), ('train', ['weak'])):
        manifest.write_text('\n'.join([heading, rows[0].replace('weak', split), *rows[1:]]) + '\n')
        labelled = label(speech, '--least-confidence', '0.5')
        assert [r['split'] for r in labelled if r['file'] == 'set/a.mp3'] == expected


def test_it_says_when_nothing_is_left(speech):
    with pytest.raises(SystemExit, match='none of the 3 recordings'):
        label(speech, '--least-confidence', '0.95')
