"""A file that is being written is not there yet."""
import pytest

from training.files import make_folder, whole_file


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


def test_what_was_there_before_is_kept_if_that_is_asked(tmp_path):
    path, before = tmp_path / 'file', tmp_path / 'before'
    for text in ('first', 'second', 'third'):
        with whole_file(str(path), before=str(before)) as f:
            f.write(text)
    assert path.read_text() == 'third' and before.read_text() == 'second'


def test_a_folder_that_can_not_be_made_is_told(tmp_path):
    (tmp_path / 'file').touch()
    for path in (tmp_path / 'file', tmp_path / 'file' / 'folder'):
        with pytest.raises(SystemExit, match=f'{path} was expected to be a folder to write into, and can not be made: '):
            make_folder(str(path))
