"""LibriSpeech as a folder of speech."""
import sys

import numpy as np
import pytest
import soundfile

from training import librispeech
from training.speech_folder import read_manifest


def chapter(folder, speaker, number, lines, kind='.flac'):
    here = folder / str(speaker) / str(number)
    here.mkdir(parents=True)
    names = [f'{speaker}-{number}-{i:04}' for i in range(len(lines))]
    for name in names:
        soundfile.write(here / (name + kind), np.zeros(24000), 16000)
    (here / f'{speaker}-{number}.trans.txt').write_text(''.join(f'{name} {line}\n' for name, line in zip(names, lines)))
    return here


def bring(folder, *options):
    sys.argv = ['librispeech', '--release', f'clean={folder}/clean', '--out', f'{folder}/out', *options]
    librispeech.main()
    return read_manifest(folder / 'out' / 'manifest.tsv')


def test_a_set_becomes_rows_with_speakers_texts_and_recordings(tmp_path, capsys):
    chapter(tmp_path / 'clean', 84, 121123, ['GO  DO YOU HEAR', "BUT I'M NOT"])
    (chapter(tmp_path / 'clean', 174, 5, ['ONE', 'TWO'], '.wav') / '174-5-0001.wav').unlink()
    rows = bring(tmp_path)
    assert [(r['file'], r['speaker'], r['seconds'], r['split'], r['text']) for r in rows] == [
        ('clean/174/5/174-5-0000.wav', 'ls174', '1.50', 'train', 'ONE'),
        ('clean/84/121123/84-121123-0000.flac', 'ls84', '1.50', 'train', 'GO DO YOU HEAR'),
        ('clean/84/121123/84-121123-0001.flac', 'ls84', '1.50', 'train', "BUT I'M NOT")]
    assert all((tmp_path / 'out' / r['file']).exists() for r in rows)
    assert 'dropped     1 of clean: no recording' in capsys.readouterr().out


def test_speakers_of_another_manifests_test_stay_out(tmp_path):
    chapter(tmp_path / 'clean', 84, 1, ['GO'])
    chapter(tmp_path / 'clean', 85, 1, ['STAY'])
    (tmp_path / 'beside.tsv').write_text('file\tsplit\tspeaker\ttext\nt.opus\ttest\tls84\tunrelated\n')
    assert [r['speaker'] for r in bring(tmp_path, '--beside', f'{tmp_path}/beside.tsv')] == ['ls85']


def test_the_folder_above_the_sets_is_refused(tmp_path):
    chapter(tmp_path / 'LibriSpeech' / 'dev-clean', 84, 1, ['GO'])
    with pytest.raises(SystemExit, match='give the folder of a set, such as LibriSpeech/dev-clean'):
        librispeech.read_set(str(tmp_path / 'LibriSpeech'))
