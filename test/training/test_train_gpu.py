"""Training from packed sound, on the CPU: it learns, and one that was interrupted goes on as if it had not been."""
import json
import signal

import numpy as np
import pytest
import torch

from training import train_gpu
from training.course import Course
from training.held_out import is_held_out
from training.separation import refuse_packed_twice
from training.sound_augment import SoundAugmentConfig
from training.sound_batches import SoundBatches
from training.sound_store import SoundStore, places_of, read_clips

FRONTEND = {'type': 'mfcc', 'sampleRate': 16000, 'bufferSize': 512, 'hop': 160, 'window': 'hanning', 'melBands': 40, 'coefficients': 40}
WORDS = ['yes', 'no', 'stop']
TINY = ['--device', 'cpu', '--hidden', '16', '--layers', '2', '--dropout', '0.1', '--recurrent-dropout', '0.1', '--warm-up', '1',
        '--seconds-per-batch', '8', '--report-every', '2', '--measure-every', '0', '--minutes', '1000', '--augment-from', '0',
        '--augment-full', '1', '--constant-share', '1']  # a rate that does not depend on where the end is


def part_arrays(name, texts, place):
    ids = [[1 + 'abcdefghijklmnopqrstuvwxyz'.index(c) for c in t] for t in texts]
    start = np.cumsum([0] + [len(i) for i in ids])
    return {f'{name}_place': np.array(place), f'{name}_dataset': np.array(['set'] * len(texts)),
            f'{name}_file': np.array([f'{name}/{i}.opus' for i in range(len(texts))]), f'{name}_text': np.array(texts),
            f'{name}_phonemes': np.concatenate(ids), f'{name}_phonemes_start': start}


@pytest.fixture
def pack(tmp_path):
    """Sixteen thousand samples a clip: a tone for each word; one noise."""
    texts = {'noise': [''], 'dev': WORDS, 'train': WORDS * 4}
    arrays, sounds, offset = {}, [], 0
    rng = np.random.default_rng(0)
    for name, words in texts.items():
        place = []
        for word in words:
            tone = 3000 * np.sin(np.arange(16000) * (0.1 + 0.2 * WORDS.index(word))) if word else rng.normal(0, 1000, 16000)
            sounds.append(tone.astype('<i2'))
            place.append((0, offset, 10))
            offset += 10
        arrays |= part_arrays(name, words, place)
    arrays['train_labels'] = np.tile(np.arange(32, dtype=np.uint8) % 3, 12)
    arrays['train_labels_start'] = np.arange(13) * 32
    arrays['train_span'] = np.tile([20, 80], (12, 1))
    info = {'language': 'en', 'frontend': FRONTEND, 'cosine_matrix': np.eye(40).ravel().tolist()}
    np.savez(tmp_path / 'clips.npz', info=json.dumps(info), **arrays)
    np.concatenate(sounds).tofile(tmp_path / 'shard-0.s16')
    np.save(tmp_path / 'shard-0.npy', np.array([len(s) for s in sounds]))
    return tmp_path


def train(pack, name, updates):
    train_gpu.main(['--pack', str(pack), '--run', str(pack / name), '--updates', str(updates), *TINY])
    return [json.loads(line) for line in (pack / name / 'log.jsonl').read_text().splitlines()]


def test_the_store_has_every_clip_where_it_says(pack):
    store = SoundStore([str(pack)], 'cpu')
    assert {part: len(rows) for part, rows in store.indices.items()} == {'noise': 1, 'dev': 3, 'train': 12}
    start = store.starts['train'][1]
    wanted = (3000 * np.sin(np.arange(100) * 0.3)).astype(np.int16)
    assert np.array_equal(store.samples[start:start + 100].numpy(), wanted)
    assert len(places_of(read_clips(str(pack)), 0)) == 16


def test_uses_are_numbers_of_data_sets(capsys):
    assert train_gpu.arguments(['--run', 'x', '--uses', 'set=0.5,more=0']).uses == {'set': 0.5, 'more': 0}
    with pytest.raises(SystemExit):
        train_gpu.arguments(['--run', 'x', '--uses', 'set=-1'])
    assert 'argument --uses: expected a number of 0 or more, got -1' in capsys.readouterr().err


def test_a_device_that_is_not_there_is_refused(pack):
    for device in ('cuda:99', 'gpu'):
        with pytest.raises(SystemExit, match=f'--device {device} was expected to be there, .* Give --device cpu'):
            train_gpu.main(['--pack', str(pack), '--run', str(pack / 'run'), '--device', device])


def test_a_recording_of_dev_in_a_pack_for_training_is_refused(pack):
    store = SoundStore([str(pack)], 'cpu')
    store.clips['train_file'][:2] = ['dev/1.opus', 'dev/0.opus']
    with pytest.raises(SystemExit, match='got 2 of them:\n  dev/0.opus\n  dev/1.opus\nLeave the pack out'):
        refuse_packed_twice(store)


def test_features_are_normalised_by_what_is_heard_in_training(pack):
    samples = np.fromfile(pack / 'shard-0.s16', '<i2').reshape(16, 16000)
    samples[1:4] //= 8  # those of dev are softer
    samples.tofile(pack / 'shard-0.s16')
    store = SoundStore([str(pack)], 'cpu')
    model = train_gpu.GpuTrainer(train_gpu.arguments(['--pack', str(pack), '--run', 'x', *TINY])).model
    part = train_gpu.PackedPart(store, 'train')
    rows = torch.cat([part.log_mel(i) for i in range(12)])
    assert torch.allclose(model.mean, rows.mean(0), atol=1e-4) and torch.allclose(model.std, rows.std(0), atol=1e-4)
    assert [clip['file'] for clip in train_gpu.PackedPart(store, 'train', 4).clips] == [f'train/{i}.opus' for i in (0, 3, 6, 9)]


def test_a_batch_without_pronunciations_has_no_loss_of_phonemes(pack):
    trainer = train_gpu.GpuTrainer(train_gpu.arguments(['--pack', str(pack), '--run', 'x', *TINY]))
    trainer.targets._ids['phonemes'] = (np.zeros(0, np.int64), np.zeros(13, np.int64))
    log_probs = torch.zeros(2, 10, 40).log_softmax(-1)
    assert trainer.ctc(log_probs, torch.tensor([10, 10]), 'phonemes', [0, 1]).item() == 0
    trainer.step()
    assert all(value.isfinite().all() for value in trainer.model.state_dict().values())


def test_a_file_that_could_not_be_read_is_left_out(pack):
    lengths = np.load(pack / 'shard-0.npy')
    samples = np.fromfile(pack / 'shard-0.s16', '<i2')
    lengths[4] = 0
    np.save(pack / 'shard-0.npy', lengths)
    np.delete(samples, slice(4 * 16000, 5 * 16000)).tofile(pack / 'shard-0.s16')
    assert list(SoundStore([str(pack)], 'cpu').indices['train']) == list(range(1, 12))


def test_shards_that_are_not_decoded_are_told_of(pack, capsys):
    clips = dict(np.load(pack / 'clips.npz'))
    clips['train_place'][6:, 0] = 1
    np.savez(pack / 'clips.npz', **clips)
    np.save(pack / 'shard-0.npy', np.load(pack / 'shard-0.npy')[:10])
    assert len(SoundStore([str(pack)], 'cpu').indices['train']) == 6
    assert capsys.readouterr().out == f'{pack}: 1 of 2 shards are not decoded, their clips are left out\n'
    (pack / 'shard-0.npy').unlink()
    with pytest.raises(SystemExit, match=f'{pack} has 2 shards, and none is decoded: run python -m training.sound_store {pack}'):
        SoundStore([str(pack)], 'cpu')


@pytest.mark.parametrize('options, message', [
    (['--uses', 'sett=2'], '--uses names sett, expected data sets of the training: set'),
    (['--frames-per-step', '2'], 'steps of 3 frames, expected 2'),
])
def test_options_that_do_not_fit_the_pack_are_refused(pack, options, message):
    with pytest.raises(SystemExit, match=message):
        train_gpu.GpuTrainer(train_gpu.arguments(['--pack', str(pack), '--run', 'x', *TINY, *options]))
    train_gpu.refuse_what_no_clip_fits(train_gpu.arguments(['--run', 'x', '--frames-per-step', '2', '--frame-weight', '0']),
                                       SoundStore([str(pack)], 'cpu'))


def test_some_batches_have_long_silence_before_the_speech(pack):
    batches = SoundBatches(SoundStore([str(pack)], 'cpu'), SoundAugmentConfig(noise_share=0, room_share=0, other_speech_share=0), 3, 1000, {}, noise_rows=0)
    clips = batches.epoch(0)[0]
    frames = [batches.batch(clips, 1.0, seed).mfcc.shape[1] for seed in range(20)]
    assert sum(count > 300 for count in frames) == pytest.approx(0.2 * len(frames), abs=4)  # a second of speech; else 210 at most
    assert min(frames) < 210


def test_slow_speech_is_whole_and_noise_no_longer_than_the_longest_clip(pack):
    batches = SoundBatches(SoundStore([str(pack)], 'cpu'), SoundAugmentConfig(), 3, 1000, {}, noise_rows=1)
    clips, slowest = batches.epoch(0)[0], 1.0
    for seed in range(20):
        rows = batches._layout(clips, 1.0, np.random.default_rng(seed))
        assert np.all(rows.length[rows.speech] >= rows.source_length[rows.speech] / rows.speed[rows.speech])
        assert rows.length[~rows.speech].max() <= 16000
        slowest = min(slowest, rows.speed.min())
    assert slowest < 0.95


def test_it_learns(pack):
    log = train(pack, 'run', 90)
    first, last = ({name: np.mean([line[name] for line in lines]) for name in ('characters', 'noise')} for lines in (log[:10], log[-10:]))
    assert last['characters'] < 0.7 * first['characters']
    assert last['noise'] < first['noise']
    assert set(log[-1]['dev']) == {'set', 'all'}


def test_an_interrupted_training_goes_on_as_if_it_had_not_been(pack, monkeypatch):
    whole = train(pack, 'whole', 8)
    keep = Course.keep

    def keep_and_die(self, *arguments, **more):
        keep(self, *arguments, **more)
        if self.update == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(Course, 'keep', keep_and_die)
    with pytest.raises(KeyboardInterrupt):
        train(pack, 'cut', 8)
    monkeypatch.undo()
    resumed = train(pack, 'cut', 8)
    clock = {'minutes', 'learning_rate'}
    assert [{k: v for k, v in line.items() if k not in clock} for line in resumed] == \
        [{k: v for k, v in line.items() if k not in clock} for line in whole]
    values = [torch.load(pack / name / 'last.pt', weights_only=True)['values'] for name in ('whole', 'cut')]
    assert torch.equal(*values)


def test_noises_for_tests_are_never_heard_in_training():
    assert is_held_out('noise/esc10_001___Dog_bark_5-9032-A.opus')
    assert is_held_out('noise/gsc_running_tap.opus')
    assert not is_held_out('noise/esc10_001___Dog_bark_1-100032-A.opus')
    assert not is_held_out('noise/gsc_white_noise.opus')


def test_several_packs_are_one_store(pack):
    one, two = SoundStore([str(pack)], 'cpu'), SoundStore([str(pack), str(pack)], 'cpu')
    assert {part: len(rows) for part, rows in two.indices.items()} == {'noise': 2, 'dev': 6, 'train': 24}
    for name in ('phonemes', 'labels'):
        ids, start = two.clips[f'train_{name}'], two.clips[f'train_{name}_start']
        once, first = one.clips[f'train_{name}'], one.clips[f'train_{name}_start']
        assert all(np.array_equal(ids[start[i]:start[i + 1]], once[first[i % 12]:first[i % 12 + 1]]) for i in range(24))
    sound = [two.samples[s:s + n] for s, n in zip(two.starts['train'], two.lengths['train'])]
    assert all(torch.equal(sound[i], sound[i + 12]) for i in range(12))


def test_asked_to_stop_it_saves_after_the_step_at_hand(pack, monkeypatch):
    whole = train(pack, 'whole', 3)
    step = train_gpu.GpuTrainer.step

    def step_and_signal(self):
        step(self)
        if self.course.update == 3:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(train_gpu.GpuTrainer, 'step', step_and_signal)
    handlers = [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)]
    stopped = train(pack, 'stopped', 1000)
    assert stopped[-1]['update'] == 3
    assert stopped[-1]['dev'] == whole[-1]['dev']
    assert torch.load(pack / 'stopped' / 'last.pt', weights_only=True)['update'] == 3
    assert [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_word_pieces_are_learned_from_the_texts_of_the_pack(pack):
    train_gpu.main(['--pack', str(pack), '--run', str(pack / 'run'), '--updates', '2', *TINY, '--tokens', 'wordpieces:32', '--look-ahead-ms', '30'])
    config = torch.load(pack / 'run' / 'best.pt', weights_only=True)['config']
    assert len(config['pieces']) == 32 and config['look_ahead_steps'] == 1
