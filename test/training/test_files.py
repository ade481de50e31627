"""A file that is being written is not there yet."""
import pytest

from training.files import whole_file


def test_a_file_keeps_what_it_had_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / 'file'
    path.write_text('before')
    with pytest.raises(KeyboardInterrupt), whole_file(str(path)) as f:
        f.write('half')
        raise KeyboardInterrupt
    assert path.read_text() == 'before'
    with whole_file(str(path)) as f:
        f.write('whole')
    assert path.read_text() == 'whole'
