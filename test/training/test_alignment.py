"""Forced alignment finds the likeliest path, and what the trainer makes of it keeps the speech."""
import itertools
import json
import types

import numpy as np
import pytest
import torch
from tiny_data import write_data

from training import align as align_module
from training import pack, sound_store
from training.align import align, phoneme_of_steps
from training.alignment import FILE, Alignment
from training.dataset import Part
from training.languages import ENGLISH, FRENCH
from training.model import AcousticModel, ModelConfig
from training.sound_store import read_clips
from training.text import collapse
from training.viterbi import ctc_alignments


def test_the_path_is_the_likeliest_of_all_that_spell_the_tokens():
    g = torch.Generator().manual_seed(3)
    for tokens in ([1], [1, 1], [2, 1], [], [1, 2, 2]):
        log_probs = torch.randn(1, 5, 3, generator=g).log_softmax(-1)
        spelled = [p for p in itertools.product(range(3), repeat=5) if collapse(p) == tokens]
        best = max(sum(log_probs[0, t, v].item() for t, v in enumerate(p)) for p in spelled)
        total, path = ctc_alignments(log_probs, [5], [tokens])[0]
        assert abs(total - best) < 1e-5
        assert collapse([tokens[k] if k >= 0 else 0 for k in path]) == tokens


def test_rows_of_a_batch_do_not_disturb_each_other_and_too_few_steps_have_no_path():
    log_probs = torch.randn(3, 9, 4, generator=torch.Generator().manual_seed(1)).log_softmax(-1)
    targets, steps = [[1, 2, 3], [2], [3, 3]], [9, 4, 2]
    together = ctc_alignments(log_probs, steps, targets)
    assert together[2] is None  # two equal tokens need a blank between them
    for b in range(2):
        total, path = ctc_alignments(log_probs[b:b + 1], steps[b:b + 1], targets[b:b + 1])[0]
        assert abs(total - together[b][0]) < 1e-5
        assert path.tolist() == together[b][1].tolist()


def test_each_step_belongs_to_the_nearest_peak_within_reach():
    path = np.array([-1, -1, -1, 0, -1, -1, 1, 1, -1, -1, -1])
    assert phoneme_of_steps(path, [7, 9], reach=2).tolist() == [0, 7, 7, 7, 7, 9, 9, 9, 9, 9, 0]
    assert phoneme_of_steps(np.full(3, -1), []).tolist() == [0, 0, 0]


def test_a_trimmed_clip_keeps_speech_and_its_labels_in_step():
    frames, first, last = 400, 150, 240
    labels = np.zeros(133, np.uint8)
    labels[50:80] = np.arange(1, 31)
    a = Alignment(np.array([0.5, np.inf]), np.array([first, 0]), np.array([last, 0]), labels, np.array([0, 133, 133]), 3)
    clip = torch.arange(frames).float()[:, None]
    for seed in range(20):
        short, spoken = a.trim(0, clip, torch.Generator().manual_seed(seed))
        assert len(short) <= a.trimmed_frames(np.array([frames, 9]))[0] < frames
        assert short[0, 0] < first and short[-1, 0] >= last
        step = int(short[0, 0]) // 3
        assert short[0, 0] % 3 == 0 and spoken[50 - step] == 1
    assert a.trim(1, clip, torch.Generator()) == (clip, None)


@pytest.fixture
def aligned(tmp_path):
    """Prepared data of 24 clips, and what an untrained model with steps of two frames found in them."""
    write_data(tmp_path / 'data')
    model = AcousticModel(ModelConfig(cell='rnn', hidden=8, layers=1, frames_per_step=2), torch.zeros(40), torch.ones(40))
    lexicon = types.SimpleNamespace(phoneme_ids=lambda text: [1, 2])
    return tmp_path / 'data', align(model, Part(tmp_path / 'data' / 'train-1.00'), lexicon, lambda done, count: None)


def test_an_alignment_of_other_steps_is_refused(aligned):
    folder, found = aligned[0] / 'train-1.00', aligned[1]
    np.savez(folder / FILE, **found)
    assert Alignment.read(folder, 2).frames_per_step == Alignment.read(folder).frames_per_step == 2
    with pytest.raises(SystemExit, match='steps of 2 frames, expected 3 .* run python -m training.align again'):
        Alignment.read(folder, 3)
    del found['frames_per_step']  # as files of before are
    np.savez(folder / FILE, **found)
    assert Alignment.read(folder, 3).frames_per_step == 3
    with pytest.raises(SystemExit, match='steps of 3 frames, expected 2'):
        Alignment.read(folder, 2)


def test_a_folder_is_aligned_once_if_that_is_asked(aligned, tmp_path, monkeypatch, capsys):
    found, model = [aligned[1]], types.SimpleNamespace(language=ENGLISH, state_dict=lambda: {'weight': torch.zeros(1)})
    monkeypatch.setattr(align_module, 'open_trained', lambda path: model)
    monkeypatch.setattr(align_module, 'Lexicon', lambda language: None)
    monkeypatch.setattr(align_module, 'align', lambda *_: found.pop())
    monkeypatch.setattr('sys.argv', ['align', '--data', str(aligned[0]), '--once'])
    for _ in range(2):
        align_module.main()
    assert capsys.readouterr().out.count('misfit in nats a character') == 1
    model.state_dict = lambda: {'weight': torch.ones(1)}
    with pytest.raises(SystemExit, match='alignment.npz was made by another model than models/en-base, expected that one: .* remove the file'):
        align_module.main()
    model.language = FRENCH
    with pytest.raises(SystemExit, match='models/en-base hears fr, and .*data was prepared with --language en, expected the same'):
        align_module.main()
    assert [path.name for path in (aligned[0] / 'train-1.00').iterdir() if 'alignment' in path.name] == [FILE]


@pytest.mark.parametrize('one, two', [('set.tar', 'set.tar'), ('set.tar', 'set')])
def test_a_data_set_that_is_in_two_folders_is_not_packed_from_whichever_is_first(one, two, tmp_path):
    for folder in ('speech', 'more', 'third'):
        (tmp_path / folder).mkdir()
    (tmp_path / 'more' / one).touch()
    a = types.SimpleNamespace(speech=str(tmp_path / 'speech'), extra=[str(tmp_path / 'more'), str(tmp_path / 'third')])
    assert pack.archive_of(a, 'set') == str(tmp_path / 'more' / 'set.tar')
    (tmp_path / 'third' / two).touch()
    with pytest.raises(SystemExit, match=f'set is in {tmp_path}/more and in {tmp_path}/third, expected in one'):
        pack.archive_of(a, 'set')
    with pytest.raises(SystemExit, match=f'other.tar, or a folder other, was expected in {tmp_path}/speech or in {tmp_path}/more or in .*, and is not there'):
        pack.archive_of(a, 'other')


def test_a_shard_counts_as_decoded_by_what_is_in_it_now(tmp_path, monkeypatch):
    (tmp_path / 'clips.npz').touch()
    (tmp_path / 'shard-0.npy').touch()
    pack.Shards(str(tmp_path), 1).add(b'sound')
    assert [path.name for path in tmp_path.iterdir()] == ['shard-0.bin']
    with pytest.raises(SystemExit, match='was expected to have clips.npz'):
        read_clips(str(tmp_path))
    (tmp_path / 'shard-0.npy').touch()

    def killed(job):
        raise KeyboardInterrupt

    monkeypatch.setattr(sound_store, 'decode', killed)
    clips = {f'{part}_place': np.zeros((1, 3), int) for part in sound_store.PARTS}
    with pytest.raises(KeyboardInterrupt):
        sound_store.decode_shard(str(tmp_path), clips, 0, types.SimpleNamespace(imap=map))
    assert not sound_store.is_decoded(str(tmp_path / 'shard-0'))


def test_a_pack_says_of_what_steps_its_phonemes_are(aligned, tmp_path, monkeypatch):
    np.savez(aligned[0] / 'train-1.00' / FILE, **aligned[1])
    monkeypatch.setattr(pack, 'packed_files', lambda a, part, pool: [b'sound'] * len(part))
    monkeypatch.setattr(pack, 'Lexicon', lambda language: types.SimpleNamespace(phoneme_ids=lambda text: [1, 2]))
    monkeypatch.setattr('sys.argv', ['pack', '--data', str(aligned[0]), '--out', str(tmp_path / 'pack'), '--most-misfit', 'inf'])
    pack.main()
    assert json.loads(str(read_clips(tmp_path / 'pack')['info']))['frames_per_step'] == 2
