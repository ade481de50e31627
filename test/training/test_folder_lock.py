"""Of two commands on one folder the second is refused, and a kill leaves nothing that refuses the next."""
import multiprocessing
import os
import time

import pytest
from tiny_data import TINY, write_data

from training import prepare, train, train_gpu
from training.folder_lock import FILE, only_one

fork = multiprocessing.get_context('fork')


class Holder:
    """A process in `folder`, with a helper that it forked and that outlives it."""

    def __init__(self, folder):
        ready = fork.Event()
        self.helper = fork.Value('i', 0)
        self._process = fork.Process(target=self._hold, args=(folder, ready))
        self._process.start()
        assert ready.wait(30)
        self.pid = self._process.pid

    def _hold(self, folder, ready):
        with only_one(folder):
            if child := os.fork():
                self.helper.value = child
                ready.set()
            while True:
                time.sleep(60)  # until it is killed

    def kill(self):
        self._process.kill()
        self._process.join()

    def close(self):
        self.kill()
        os.kill(self.helper.value, 9)


@pytest.fixture
def hold():
    holders = []

    def held(folder):
        folder.mkdir(exist_ok=True)
        holders.append(Holder(folder))
        return holders[-1]
    yield held
    for holder in holders:
        holder.close()


def test_the_second_is_told_who_is_there_until_that_one_is_killed(tmp_path, hold):
    for _ in range(2):
        holder = hold(tmp_path)
        with pytest.raises(SystemExit, match=f'is in use by process {holder.pid}, expected no other command in it: wait'), only_one(tmp_path):
            pass
        holder.kill()  # its helper lives on
    with only_one(tmp_path):
        assert (tmp_path / FILE).read_text() == f'{os.getpid()}\n'


def test_trainers_and_prepare_take_the_folder_that_they_write(tmp_path, hold, monkeypatch):
    write_data(tmp_path / 'data')
    hold(tmp_path / 'run')
    with pytest.raises(SystemExit, match='run is in use'):
        train.train(train.arguments(['--data', str(tmp_path / 'data'), '--run', str(tmp_path / 'run'), *TINY, '--updates', '2']))
    with pytest.raises(SystemExit, match='run is in use'):
        train_gpu.main(['--pack', str(tmp_path / 'none'), '--run', str(tmp_path / 'run'), '--device', 'cpu'])
    assert [path.name for path in (tmp_path / 'run').iterdir()] == [FILE]
    hold(tmp_path / 'data')
    for name in ('read_checked', 'refuse_shared', 'options_of', 'load_rows', 'noise_rows'):
        monkeypatch.setattr(prepare, name, lambda *_: {})
    monkeypatch.setattr('sys.argv', ['prepare', '--out', str(tmp_path / 'data')])
    with pytest.raises(SystemExit, match='data is in use'):
        prepare.main()
    assert (tmp_path / 'data' / 'dev' / 'clips.tsv').exists()
