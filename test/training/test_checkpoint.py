"""What is no checkpoint is told as that, with what to do, by whatever reads it."""
import pytest
import torch
from tiny_data import train, write_data

from training import export
from training.checkpoint import last_checkpoint, load_checkpoint
from training.warm_start import read_weights


@pytest.fixture
def run(tmp_path):
    write_data(tmp_path / 'data')
    train(tmp_path, 'run', '--updates', '2')
    return tmp_path / 'run'


def cut(path):
    path.write_bytes(path.read_bytes()[:1000])


def test_a_run_with_a_cut_checkpoint_names_the_one_beside_it(run):
    cut(run / 'last.pt')
    with pytest.raises(SystemExit, match=f'last.pt .* can not be read: it is cut off .*--warm-start {run}/best.pt --run ANOTHER'):
        train(run.parent, 'run', '--updates', '4')
    train(run.parent, 'another', '--updates', '2', '--warm-start', str(run / 'best.pt'))  # which is what it says


def test_a_run_whose_last_checkpoint_is_damaged_goes_on_from_the_one_before(run, capsys):
    expected, _ = train(run.parent, 'whole', '--updates', '6')
    train(run.parent, 'run', '--updates', '4')
    cut(run / 'last.pt')
    capsys.readouterr()
    got, log = train(run.parent, 'run', '--updates', '6')
    assert (f'{run}/last.pt was expected to be a whole checkpoint of the trainer, and can not be read: it is cut off or something else (RuntimeError): '
            f'the run goes on from {run}/before.pt, of update 2, and does again what came after it\n') in capsys.readouterr().out
    assert [line['update'] for line in log] == [2, 4, 6] and torch.equal(got.course.flat.values, expected.course.flat.values)
    assert load_checkpoint(str(run / 'last.pt'))['update'] == 6
    assert load_checkpoint(str(run / 'before.pt'))['update'] == 4 and (run / 'last.pt.damaged').exists()


def test_a_kill_between_the_two_names_of_a_checkpoint_loses_nothing(run):
    (run / 'last.pt').rename(run / 'before.pt')
    assert last_checkpoint(str(run))[1]['update'] == 2
    (run / 'before.pt').unlink()
    assert last_checkpoint(str(run)) is None


@pytest.mark.parametrize('content', [b'', b'hello', b'\x80\x02garbage'])
def test_any_other_file_is_none(tmp_path, content):
    (tmp_path / 'x.pt').write_bytes(content)
    with pytest.raises(SystemExit, match='x.pt was expected to be a whole checkpoint .* Give another one, or remove it'):
        load_checkpoint(str(tmp_path / 'x.pt'))


def test_another_thing_of_torch_is_none(tmp_path):
    torch.save({'weights': torch.zeros(1)}, tmp_path / 'x.pt')
    with pytest.raises(SystemExit, match='which has average, config, mean, std, and is something else'):
        load_checkpoint(str(tmp_path / 'x.pt'))


def test_one_that_is_missing(tmp_path):
    with pytest.raises(SystemExit, match='gone.pt was expected to be a checkpoint of the trainer, and is not there'):
        read_weights(str(tmp_path / 'gone.pt'))
    with pytest.raises(SystemExit, match='model.json was expected, as a bundle has it, and is not there'):
        read_weights(str(tmp_path))


def test_a_run_that_has_measured_nothing_yet_can_not_be_exported(run, monkeypatch):
    (run / 'best.pt').unlink()
    monkeypatch.setattr('sys.argv', ['export', '--run', str(run), '--data-folder', str(run.parent / 'data'), '--out', str(run / 'bundle'),
                                     '--name', 'x', '--version', '1'])
    with pytest.raises(SystemExit, match=r'run has no best.pt: expected a run that was measured on dev once\. .*--eval-every'):
        export.main()
    assert not (run / 'bundle').exists()
