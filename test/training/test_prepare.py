"""A preparation that is ended by half is never taken for a whole one."""
import pytest
from tiny_data import write_data

from training import prepare
from training.alignment import FILE
from training.dataset import prepared_folders


def test_what_is_rewritten_counts_as_missing_until_it_is_there(tmp_path, monkeypatch):
    write_data(tmp_path)
    (tmp_path / 'train-1.00').rename(tmp_path / 'train-0.90')
    (tmp_path / 'again').mkdir()
    write_data(tmp_path / 'again')
    (tmp_path / 'again' / 'train-1.00').rename(tmp_path / 'train-1.00')
    (tmp_path / 'train-1.00' / FILE).write_bytes(b'of before')

    def killed(a, pool):
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare, 'prepare_speech', killed)
    monkeypatch.setattr('sys.argv', ['prepare', '--out', str(tmp_path), '--speeds', '1.0'])
    with pytest.raises(KeyboardInterrupt):
        prepare.main()
    assert prepared_folders(tmp_path) == [str(tmp_path / 'train-0.90')]  # is not written again
    assert not any((tmp_path / name).exists() for name in ('noise/clips.tsv', 'dev/clips.tsv', f'train-1.00/{FILE}'))
