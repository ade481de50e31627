"""Two views of each recording: what differs in them, and what the trainers make of it."""
import json

import pytest
import torch
from test_train_gpu import TINY as TINY_GPU
from test_train_gpu import pack  # noqa: F401 - a fixture
from tiny_data import TINY, write_data

from training import train_gpu
from training.augment import AugmentConfig, augment
from training.consistency import inconsistency, split_views
from training.distillation import HEADS
from training.sound_augment import SoundAugmentConfig
from training.sound_batches import SoundBatches
from training.sound_store import SoundStore
from training.train import Trainer, arguments


def random_views(seed=1):
    g = torch.Generator().manual_seed(seed)
    return [{h: torch.randn(2, 4, 3, generator=g).log_softmax(-1).requires_grad_() for h in HEADS} for _ in range(2)]


def test_views_are_consistent_when_they_are_the_same_and_drawn_to_each_other_when_not():
    views, steps = random_views(), torch.tensor([4, 2])
    assert inconsistency([views[0], views[0]], steps).item() == 0
    apart = inconsistency(views, steps)
    p, q = ({h: rows.exp() for h, rows in view.items()} for view in views)
    spoken = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]
    expected = sum(((p[h][b, t] - q[h][b, t]) @ (views[0][h][b, t] - views[1][h][b, t])).item() for h in HEADS for b, t in spoken) / 12
    assert apart.item() == pytest.approx(expected, rel=1e-5)
    apart.backward()
    for one, other in (views, views[::-1]):
        # what is told to a view is the other one's posterior, which is not moved by it
        assert torch.allclose(one['characters'].grad[0], -other['characters'].exp()[0] / 12, atol=1e-6)
        assert not one['characters'].grad[1, 2:].any()


def test_views_are_split_as_they_were_stacked():
    both = {'characters': torch.arange(4)[:, None, None]}
    assert split_views(both, 1) == [both]
    assert [view['characters'].flatten().tolist() for view in split_views(both, 2)] == [[0, 1], [2, 3]]


def test_views_of_energies_differ_in_their_masks_alone():
    clip = torch.rand(60, 40) * 8 + 1
    one, other = augment(clip, [], AugmentConfig(), torch.Generator().manual_seed(3), views=2)
    assert one.shape == other.shape and not torch.equal(one, other)
    one, other = augment(clip, [], AugmentConfig().without(['masks']), torch.Generator().manual_seed(3), views=2)
    assert torch.equal(one, other)


@pytest.mark.parametrize('share', [0.0, 1.0])
def test_views_of_sound_differ_in_their_masks_alone_and_all_speech_has_some(pack, share):  # noqa: F811
    store = SoundStore([str(pack)], 'cpu')

    def views(config):
        batches = SoundBatches(store, config, 3, 1000, {}, noise_rows=0)
        batch = batches.batch(batches.epoch(0)[0], share, 1, views=2)
        assert len(batch.mfcc) == 2 * len(batch.steps)
        return batch.mfcc.chunk(2)

    one, other = views(SoundAugmentConfig())
    assert all(not torch.equal(x, y) for x, y in zip(one, other))
    one, other = views(SoundAugmentConfig(time_masks=0, band_masks=0))
    assert torch.equal(one, other)


def last_line(run):
    return json.loads((run / 'log.jsonl').read_text().splitlines()[-1])


def weights_of(run):
    return torch.load(run / 'best.pt', weights_only=True)['average']


RUNS = (('one', []), ('unweighted', ['--consistency-weight', '1e-9']), ('two', ['--consistency-weight', '3']))


def check(runs):
    one, unweighted, two = runs
    assert last_line(two)['heard_hours'] == pytest.approx(2 * last_line(one)['heard_hours'], abs=0.011)
    assert torch.isfinite(weights_of(two)).all()
    assert not torch.equal(weights_of(two), weights_of(unweighted)), 'the divergence counts'


def test_the_trainer_hears_both_views(tmp_path):
    write_data(tmp_path / 'data')
    for name, more in RUNS:
        (tmp_path / name).mkdir()
        Trainer(arguments(['--data', str(tmp_path / 'data'), '--run', str(tmp_path / name), *TINY, '--updates', '2', *more])).run()
    check([tmp_path / name for name, _ in RUNS])


def test_the_trainer_on_packed_sound_hears_both_views(pack):  # noqa: F811
    for name, more in RUNS:
        train_gpu.main(['--pack', str(pack), '--run', str(pack / name), '--updates', '2', *TINY_GPU, *more])
    check([pack / name for name, _ in RUNS])
