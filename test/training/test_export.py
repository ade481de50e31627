"""A bundle is changed once the new one is known to be good, and not before."""
import json

import pytest
import torch
from tiny_data import write_data

from training import export
from training.bundle_files import replaced_bundle
from training.checkpoint import save_checkpoint
from training.model import AcousticModel, ModelConfig
from training.parallel import FlatParameters


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """Exports another small model each time; returns the contents of the bundle."""
    write_data(tmp_path / 'data')
    (tmp_path / 'run').mkdir()
    (tmp_path / 'run' / 'log.jsonl').write_text('{"dev": {}}\n{}\n')

    def run(seed):
        torch.manual_seed(seed)
        model = AcousticModel(ModelConfig(cell='rnn', hidden=16, layers=1), torch.zeros(40), torch.ones(40))
        save_checkpoint(str(tmp_path / 'run' / 'best.pt'), {
            'average': FlatParameters(model, 1).values, 'config': model.config.__dict__, 'mean': model.mean, 'std': model.std,
            'frontend': {'sampleRate': 16000}, 'line': {'heard_hours': 1, 'dev': {'all': {}}}, 'commit': 'abc1234'})
        monkeypatch.setattr('sys.argv', ['export', '--run', str(tmp_path / 'run'), '--data-folder', str(tmp_path / 'data'), '--out',
                                         str(tmp_path / 'models' / 'tiny'), '--name', 'tiny', '--version', '1.0.0', '--precisions', 'fp32', 'fp16',
                                         '--most-lost', '1'])
        export.main()

    def contents():
        assert [path.name for path in (tmp_path / 'models').iterdir()] == ['tiny']  # no scratch is left
        return {path.name: path.read_bytes() for path in (tmp_path / 'models' / 'tiny').iterdir()}
    return run, contents


def test_a_model_that_is_not_good_enough_leaves_the_bundle_as_it_was(bundle, monkeypatch):
    run, contents = bundle
    run(1)
    first = contents()
    assert set(first) == {'model.fp32.onnx', 'model.fp16.onnx', 'model.json', 'tokens.characters.txt', 'tokens.phonemes.txt', 'training.jsonl'}
    assert set(json.loads(first['model.json'])['files']) == {'fp32', 'fp16'}
    assert json.loads(first['model.json'])['training']['commit'] == 'abc1234'  # of the run, not of today
    assert first['training.jsonl'] == b'{"dev": {}}\n'
    monkeypatch.setattr(export, 'character_error_rate', lambda model, path, part: 90.0 if 'fp16' in path else 30.0)
    with pytest.raises(SystemExit, match='fp16 has a character error rate of 90.00 %, at most 100% above .* as --most-lost 1 says. This rests on 24 '
                                         'clips of dev: .* Give a larger --most-lost, or --precisions without fp16'):
        run(2)
    assert contents() == first


def test_a_bundle_is_written_by_one_command_at_a_time(bundle, tmp_path):
    run, contents = bundle
    run(1)
    first = contents()
    with replaced_bundle(str(tmp_path / 'models' / 'tiny')), pytest.raises(SystemExit, match='tiny is being written by another command'):
        run(2)
    assert contents() == first
    run(2)  # nothing is left that would stop it
    assert contents().keys() == first.keys() and contents() != first


def test_precisions_are_those_that_the_cell_has():
    assert export.chosen_precisions(None, 'gru') == ['fp32', 'fp16', 'int8']
    assert export.chosen_precisions(None, 'lstm') == ['fp32', 'fp16']
    assert export.chosen_precisions(['fp32'], 'lstm') == ['fp32']
    with pytest.raises(SystemExit, match='--precisions int8 is made of GRU models, this one is rnn: leave it out'):
        export.chosen_precisions(['fp32', 'int8'], 'rnn')
