"""A preparation that is ended by half is never taken for a whole one."""
import pytest
from tiny_data import write_data

from training import kept_options, prepare
from training.alignment import FILE
from training.dataset import prepared_folders


@pytest.fixture
def speech(tmp_path):
    """A folder of speech, as far as it is looked at before anything is decoded."""
    (tmp_path / 'speech').mkdir()
    (tmp_path / 'speech' / 'manifest.tsv').write_text('of one recording')
    return tmp_path / 'speech'


def test_what_is_rewritten_counts_as_missing_until_it_is_there(tmp_path, monkeypatch, speech):
    write_data(tmp_path)
    (tmp_path / 'train-1.00').rename(tmp_path / 'train-0.90')
    (tmp_path / 'again').mkdir()
    write_data(tmp_path / 'again')
    (tmp_path / 'again' / 'train-1.00').rename(tmp_path / 'train-1.00')
    (tmp_path / 'train-1.00' / FILE).write_bytes(b'of before')
    (tmp_path / kept_options.FILE).write_text('{}')

    def killed(a, pool):
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare, 'prepare_speech', killed)
    monkeypatch.setattr('sys.argv', ['prepare', '--speech', str(speech), '--out', str(tmp_path), '--speeds', '1.0'])
    with pytest.raises(KeyboardInterrupt):
        prepare.main()
    assert prepared_folders(tmp_path) == [str(tmp_path / 'train-0.90')]  # is not written again
    assert not any((tmp_path / name).exists() for name in ('noise/clips.tsv', 'dev/clips.tsv', f'train-1.00/{FILE}', kept_options.FILE))


def test_it_is_done_once_and_never_taken_for_what_other_options_make(tmp_path, monkeypatch, speech):
    done = []
    monkeypatch.setattr(prepare, 'prepare_speech', lambda a, pool: done.append(a.limit))
    monkeypatch.setattr(prepare, 'prepare_noise', lambda a, pool: None)

    def run(*options):
        monkeypatch.setattr('sys.argv', ['prepare', '--speech', str(speech), '--out', str(tmp_path / 'data'), *options])
        prepare.main()

    run('--once', '--limit', '100')
    run('--once', '--limit', '100')
    assert done == [100]
    with pytest.raises(SystemExit, match='data was prepared with limit 100, expected limit 0: remove it'):
        run('--once')
    run()
    run('--once')
    assert done == [100, 0]
    (speech / 'manifest.tsv').write_text('of two recordings')
    with pytest.raises(SystemExit, match='was prepared with manifests .*, expected manifests'):
        run('--once')
    assert done == [100, 0]
