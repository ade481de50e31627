"""Candidates get the same updates and make a table, which replaces the one before."""
import os

import pytest
import torch
from tiny_data import TINY, write_data

from training import compare, kept_options
from training.checkpoint import save_checkpoint
from training.model import AcousticModel, ModelConfig
from training.parallel import FlatParameters

SCRIPTS = os.path.join(os.path.dirname(__file__), '..', '..', 'scripts')
OLD = f'# Models\n\n## {compare.HEADING}\n\nold table\n\n## After it\n\ntext\n'


def test_two_candidates_are_trained_measured_and_tabled(tmp_path, monkeypatch):
    monkeypatch.setenv('PYTHONPATH', SCRIPTS)
    write_data(tmp_path / 'data')
    document = tmp_path / 'README.md'
    document.write_text(OLD)
    options = ['--data', str(tmp_path / 'data'), '--out', str(tmp_path / 'out'), '--updates', '2', '--table', str(document),
               '--candidate', 'plain=--cell rnn', '--candidate', 'a hybrid=--cell rnn --attention-window 4']
    compare.main([*options, '--', *TINY, '--hours', '1000'])
    text = document.read_text()
    rows = {cells[1]: cells[2:] for cells in ([c.strip() for c in line.split('|')] for line in text.splitlines()) if len(cells) > 2}
    assert 'old table' not in text and text.endswith('\n## After it\n\ntext\n')
    plain, hybrid = rows['plain'], rows['a hybrid']
    assert float(hybrid[0]) > float(plain[0])  # parameters
    assert all(float(value) > 0 for value in (*plain[2:6], *hybrid[2:6]))
    before = os.stat(tmp_path / 'out' / 'plain' / 'best.pt').st_mtime_ns
    compare.main([*options[:8], '--candidate', 'plain=--cell rnn', '--', *TINY, '--hours', '1000'])  # trained already
    assert os.stat(tmp_path / 'out' / 'plain' / 'best.pt').st_mtime_ns == before


def test_heads_for_training_alone_are_no_parameters_of_a_model(tmp_path):
    cells = []
    for head in (False, True):
        model = AcousticModel(ModelConfig(cell='rnn', hidden=64, layers=1, frame_head=head), torch.zeros(40), torch.ones(40))
        line = {'heard_hours': 1, 'minutes': 1, 'dev': {'all': {'cer': 1, 'per': 1, 'wer': 1}}}
        save_checkpoint(str(tmp_path / 'best.pt'), {'average': FlatParameters(model, 1).values, 'config': model.config.__dict__, 'mean': model.mean,
                                               'std': model.std, 'line': line})
        cells.append(compare.row('name', '', str(tmp_path)).split('|')[2])
    assert cells[0] == cells[1]


def test_a_run_with_other_options_is_not_gone_on_with(tmp_path):
    folder = str(tmp_path / 'plain')
    compare.keep_options(folder, ['--cell', 'rnn'])
    compare.keep_options(folder, ['--cell', 'gru'])  # nothing was trained yet
    (tmp_path / 'plain' / 'last.pt').write_bytes(b'')
    compare.keep_options(folder, ['--cell', 'gru'])
    with pytest.raises(SystemExit, match='plain has a run with --cell gru; expected --cell rnn: remove that folder'):
        compare.keep_options(folder, ['--cell', 'rnn'])
    os.unlink(os.path.join(folder, kept_options.FILE))
    with pytest.raises(SystemExit, match='a run with options that it does not say; expected --cell gru'):
        compare.keep_options(folder, ['--cell', 'gru'])


def test_a_document_gets_a_section_for_each_heading():
    new, other = f'## {compare.HEADING}\n\ntable\n', '## Other\n\ntable\n'
    assert compare.insert('# Models\n\ntext\n', compare.HEADING, new) == f'# Models\n\ntext\n\n{new}'
    replaced = compare.insert(compare.insert(OLD, compare.HEADING, new), compare.HEADING, new)
    assert replaced == f'# Models\n\n{new}\n## After it\n\ntext\n'
    assert compare.insert(replaced, 'Other', other) == f'{replaced}\n{other}'


def test_a_training_that_fails_ends_the_comparison_with_its_command(tmp_path, monkeypatch):
    monkeypatch.setenv('PYTHONPATH', SCRIPTS)
    with pytest.raises(SystemExit, match='ended with 2: .* --no-such-option'):
        compare.main(['--out', str(tmp_path), '--updates', '1', '--candidate', 'x=--no-such-option'])
