"""Releases of Common Voice as folders of speech: both layouts, and nothing of people or sentences that tests are made of."""
import sys

import numpy as np
import pytest
import soundfile

from training import common_voice
from training.speech_folder import read_manifest

IDS = {'ann': 'a' * 128, 'bob': 'b' * 128, 'eve': 'e' * 128}


def recording(path, seconds=1.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros(int(16000 * seconds)), 16000)


@pytest.fixture
def releases(tmp_path):
    rows = ['client_id\tpath\tsentence', f"{IDS['ann']}\ta.wav\tA quiet  harbour.", f"{IDS['bob']}\tb.wav\tThe bridge is closed.",
            f"{IDS['eve']}\te.wav\tSomething else.", f"{IDS['ann']}\tgone.wav\tWithout a recording."]
    later = tmp_path / 'later'
    for name in 'abe':
        recording(later / 'validated_clips' / f'{name}.wav', 1.5)
    (later / 'validated.tsv').write_text('\n'.join(rows) + '\n')
    first = tmp_path / 'first'
    recording(first / 'cv-valid-test' / 'sample-0.wav')
    (first / 'cv-valid-test.csv').write_text('filename,text,up_votes\ncv-valid-test/sample-0.wav,"yes, indeed",1\n')
    return tmp_path


def bring(folder, *options):
    sys.argv = ['common_voice', '--release', f'later={folder}/later', '--release', f'first={folder}/first', '--out', f'{folder}/out', *options]
    common_voice.main()
    return read_manifest(folder / 'out' / 'manifest.tsv')


def test_both_layouts_become_rows_with_their_recordings(releases, capsys):
    rows = bring(releases)
    assert [(r['file'], r['speaker'], r['seconds'], r['text']) for r in rows] == [
        ('later/a.wav', 'cv' + 'a' * 12, '1.50', 'A quiet harbour.'), ('later/b.wav', 'cv' + 'b' * 12, '1.50', 'The bridge is closed.'),
        ('later/e.wav', 'cv' + 'e' * 12, '1.50', 'Something else.'), ('first/sample-0.wav', '', '1.00', 'yes, indeed')]
    assert all((releases / 'out' / r['file']).exists() and r['split'] == 'train' for r in rows)
    assert 'dropped     1 of later: no recording' in capsys.readouterr().out


def test_every_table_of_the_first_version_is_read(releases):
    first = releases / 'first'
    recording(first / 'cv-valid-dev' / 'sample-0.wav')
    (first / 'cv-valid-dev.csv').write_text('filename,text,up_votes\ncv-valid-dev/sample-0.wav,another one,1\n')
    rows = [r for r in bring(releases) if r['dataset'] == 'first']
    assert [(r['file'], r['text']) for r in rows] == [('first/cv-valid-dev/sample-0.wav', 'another one'),
                                                      ('first/cv-valid-test/sample-0.wav', 'yes, indeed')]
    assert all((releases / 'out' / r['file']).exists() for r in rows)


def test_a_link_to_other_recordings_is_not_taken(releases):
    bring(releases)
    (releases / 'first' / 'cv-valid-dev.csv').write_text('filename,text\n')
    with pytest.raises(SystemExit, match='out/first is a link to .*cv-valid-test, expected .*first: remove it'):
        bring(releases)


def test_speakers_and_sentences_of_dev_and_test_stay_out(releases, capsys):
    held_out = ['file\tsplit\tspeaker\ttext', f"t.opus\ttest\tcv{IDS['bob'][:12]}\tunrelated", 'd.opus\tdev\t\tYES indeed!',
                f"u.opus\ttrain\tcv{IDS['eve'][:12]}\tSomething else."]
    (releases / 'beside.tsv').write_text('\n'.join(held_out) + '\n')
    rows = bring(releases, '--beside', f'{releases}/beside.tsv')
    assert [r['file'] for r in rows] == ['later/a.wav', 'later/e.wav']
    said = capsys.readouterr().out
    assert 'of later: speaker of dev or test' in said and 'of first: sentence of dev or test' in said


def test_a_folder_that_is_no_release_is_refused(tmp_path):
    with pytest.raises(SystemExit, match='neither validated.tsv nor cv-valid'):
        common_voice.read_release(str(tmp_path))
