"""Measured rooms: what is read of them."""
import numpy as np
import pytest
import soundfile

from training.rooms import LONGEST_S, read_rooms
from training.sound_augment import RATE


def write(folder, name, samples, rate=RATE):
    soundfile.write(folder / name, np.asarray(samples, np.float32), rate)


def test_a_room_is_what_follows_its_strongest_sample_with_energy_one(tmp_path):
    response = np.zeros(3 * RATE)
    response[500], response[510], response[4500], response[int(2.5 * RATE)] = 0.9, 0.5, -0.4, 0.3
    write(tmp_path, 'hall.wav', response)
    rooms = read_rooms(str(tmp_path))
    assert rooms.shape == (1, int(LONGEST_S * RATE))
    assert np.flatnonzero(np.abs(rooms[0]) > 1e-3).tolist() == [4000]
    assert rooms[0, 4000] == pytest.approx(-1)


def test_other_rates_and_folders_without_rooms_are_refused(tmp_path):
    with pytest.raises(SystemExit, match='has none'):
        read_rooms(str(tmp_path))
    write(tmp_path, 'hall.wav', np.ones(100), 8000)
    with pytest.raises(SystemExit, match='expected 16000 Hz, got 8000'):
        read_rooms(str(tmp_path))
