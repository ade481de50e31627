"""The report of a run is one whole file, without anything from outside, at every stage of a run."""
import html.parser
import io
import json
import tarfile

import numpy as np
import pytest
import torch
from tiny_data import TINY, write_data

from training.dataset import Part
from training.report.charts import line_chart, nice_ticks
from training.report.page import page, write_report
from training.report.spectrogram import spectrogram_png
from training.report.utterances import WorstUtterances, bring_audio, words_html
from training.train import Trainer, arguments

LINE = {'update': 10, 'heard_hours': 1.5, 'minutes': 30.0, 'characters': 2.0, 'phonemes': 2.1, 'frames': 0.0,
        'gradient_norm': 1.0, 'learning_rate': 1e-3}
RATES = {name: {'cer': 40.0, 'wer': 80.0, 'per': 35.0} for name in ('all', 'an4 <b>')}
FACTS = {'hours': 2.0, 'updates': 1 << 60, 'parameters': 5_900_000}


class Tags(html.parser.HTMLParser):
    """Every element is closed that has to be; collects addresses."""

    def __init__(self, text):
        super().__init__()
        self.open, self.addresses = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.addresses += [value for name, value in attributes if name in ('src', 'href')]
        if tag not in ('meta', 'img', 'link'):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_run_that_trains_writes_its_report(tmp_path):
    write_data(tmp_path / 'data', dev=6)
    run = tmp_path / 'run'
    run.mkdir()
    torch.set_num_threads(1)
    Trainer(arguments(['--data', str(tmp_path / 'data'), '--run', str(run), *TINY, '--updates', '4'])).run()
    text = (run / 'report.html').read_text()
    addresses = Tags(text).addresses
    assert all(address.startswith('data:') for address in addresses) and addresses  # spectrograms; no audio to bring
    assert 'Ended' in text and 'the door' in text and 'data-ended="true"' in text


@pytest.mark.parametrize('lines', [[], [LINE], [LINE, {**LINE, 'update': 20, 'dev': RATES}], [{**LINE, 'gradient_norm': float('nan')}]])
def test_a_run_of_any_age_has_a_page(lines):
    text = page('<run>', FACTS, lines, [])
    Tags(text)
    assert '&lt;run&gt;' in text and '<b>' not in text.split('</style>')[0]
    assert ('1 h 30 min left' in text) == bool(lines)
    assert ('an4 &lt;b&gt;' in text) == (len(lines) == 2)


def test_an_older_run_that_kept_no_options_has_no_time_left():
    assert ' left' not in page('old', {}, [LINE], []).split('<main>')[0].split('<body')[1]


def test_ticks_are_round_and_cover_the_values():
    assert nice_ticks(0, 100) == [0, 20, 40, 60, 80, 100]
    assert nice_ticks(0.3, 0.3)[0] <= 0.3
    for low, high in ((0.013, 0.92), (38.1, 39.9), (0, 1e-4), (-3, 7)):
        ticks = nice_ticks(low, high)
        assert ticks[0] <= low and ticks[-1] >= high and 3 <= len(ticks) <= 8


def test_a_curve_of_one_point_and_one_without_any_do_not_break_the_chart():
    assert '<circle' in line_chart('t', 'x', 'y', [('a', [(1, 2)], True), ('b', [], False)])
    assert line_chart('t', 'x', 'y', [('a', [], False)]) == ''


def test_words_that_the_other_side_lacks_are_marked_and_escaped():
    assert words_html('the <door> is open', 'the floor is') == (
        'the <del>&lt;door&gt;</del> is <del>open</del>', 'the <ins>floor</ins> is')
    assert words_html('yes', '')[1] == '<i>nothing</i>'


def test_the_worst_come_first_and_single_short_words_are_left_out(tmp_path):
    write_data(tmp_path, dev=6)
    worst = WorstUtterances(Part(str(tmp_path / 'dev')))
    for i, errors in ((0, 9), (4, 2), (4, 8)):  # 'yes', 'the door'
        worst.add(i, 'x', errors)
    assert [w['cer'] for w in worst.all()] == [100.0, 25.0]


def test_recordings_are_brought_out_of_their_archives_once(tmp_path):
    with tarfile.open(tmp_path / 'set.tar', 'w') as tar:
        info = tarfile.TarInfo('./a.opus')
        info.size = 3
        tar.addfile(info, io.BytesIO(b'abc'))
    out = tmp_path / 'run'
    files = ['set/a.opus', 'set/missing.opus', 'other/b.opus']
    assert bring_audio(files, str(tmp_path), str(out)) == {'set/a.opus': 'report-audio/set-a.opus'}
    assert (out / 'report-audio' / 'set-a.opus').read_bytes() == b'abc'
    (tmp_path / 'set.tar').unlink()
    assert list(bring_audio(files, str(tmp_path), str(out))) == ['set/a.opus']


def test_recordings_are_brought_out_of_folders_too(tmp_path):
    (tmp_path / 'set').mkdir()
    (tmp_path / 'set' / 'a.wav').write_bytes(b'abc')
    files = ['set/a.wav', 'set/missing.wav']
    assert bring_audio(files, str(tmp_path), str(tmp_path / 'run')) == {'set/a.wav': 'report-audio/set-a.wav'}
    assert (tmp_path / 'run' / 'report-audio' / 'set-a.wav').read_bytes() == b'abc'
    assert bring_audio(['set/b.wav'], str(tmp_path / 'none'), str(tmp_path / 'run')) == {}


def test_a_spectrogram_of_silence_is_an_image_too():
    assert spectrogram_png(np.zeros((20, 40))).startswith('data:image/png;base64,iVBOR')


def test_the_log_of_a_run_that_was_cut_off_within_a_line_is_read(tmp_path):
    (tmp_path / 'log.jsonl').write_text(json.dumps(LINE) + '\n{"update": 2')
    write_data(tmp_path / 'data', dev=1)
    write_report(str(tmp_path), Part(str(tmp_path / 'data' / 'dev')), str(tmp_path), str(tmp_path / 'report.html'))
    assert '1.5 h' in (tmp_path / 'report.html').read_text()
