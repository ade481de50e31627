"""Labels of a larger teacher: a row a recording, and an interrupted run goes on."""
import sys
import types

import pytest

from training.prepare import RATE
from training.speech_folder import link_recordings, read_manifest

UNREADABLE = 'picture.png'
SECONDS = {'long.mp3': 25.0, 'said.mp3': 2.0, 'silent.mp3': 1.0}


class Whisper:
    heard = []

    def __init__(self, *_, **__):
        pass

    def transcribe(self, samples, **_):
        self.heard.append(len(samples))
        said = [types.SimpleNamespace(text=' Two words.', avg_logprob=-0.25), types.SimpleNamespace(text=' More.', avg_logprob=-0.5)]
        return (iter(said if len(samples) == 2 * RATE else []), None)


@pytest.fixture
def teacher(monkeypatch, tmp_path):
    """Runs training.teacher_label over three recordings with a stand-in for Whisper."""
    module = types.ModuleType('faster_whisper')
    module.WhisperModel = Whisper
    # A file that is none of these raises KeyError, as PyAV raises something.
    module.decode_audio = lambda path, sampling_rate: [0] * round(SECONDS[path.rsplit('/', 1)[1]] * sampling_rate)
    monkeypatch.setitem(sys.modules, 'faster_whisper', module)
    monkeypatch.delitem(sys.modules, 'training.teacher_label', raising=False)
    (tmp_path / 'recordings').mkdir()
    for name in SECONDS:
        (tmp_path / 'recordings' / name).write_bytes(b'')

    def run():
        from training import teacher_label
        Whisper.heard = []
        monkeypatch.setattr(sys, 'argv', ['teacher_label', str(tmp_path / 'recordings'), '--dataset', 'set', '--licence', 'CC0', '--out', str(tmp_path / 'out')])
        teacher_label.main()
        return read_manifest(tmp_path / 'out' / 'manifest.tsv')
    return run


def test_a_row_for_each_recording_with_the_least_score_of_its_segments(teacher):
    rows = teacher()
    assert [(r['file'], r['split'], r['seconds'], r['text'], float(r['score'])) for r in rows] == [
        ('set/long.mp3', 'weak', '25.00', '', 0), ('set/said.mp3', 'weak', '2.00', 'Two words. More.', -0.5), ('set/silent.mp3', 'weak', '1.00', '', 0)]


def test_a_table_that_has_its_heading_alone_does_not_get_it_twice(teacher, tmp_path):
    whole = teacher()
    table = tmp_path / 'out' / 'manifest.tsv'
    table.write_text(table.read_text().splitlines(True)[0])
    assert teacher() == whole


def test_a_file_that_can_not_be_read_is_skipped_and_counted(teacher, tmp_path, capsys):
    whole = teacher()
    (tmp_path / 'out' / 'manifest.tsv').unlink()
    (tmp_path / 'recordings' / UNREADABLE).write_bytes(b'no sound')
    assert teacher() == whole
    assert capsys.readouterr().out.endswith('\n1 files can not be read\n')


def test_a_folder_that_is_not_there_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(SystemExit, match='nowhere: expected a folder of recordings'):
        link_recordings(str(tmp_path / 'out'), 'set', str(tmp_path / 'nowhere'))
    assert not (tmp_path / 'out').exists()


def test_it_goes_on_where_it_was(teacher, tmp_path):
    whole = teacher()
    table = tmp_path / 'out' / 'manifest.tsv'
    table.write_text(''.join(table.read_text().splitlines(True)[:2]))
    assert teacher() == whole
    assert Whisper.heard == [2 * RATE, RATE]
