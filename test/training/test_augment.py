"""What augmentation of energies does, and that each part of it can be left out."""
import pytest
import torch

from training.augment import PARTS, AugmentConfig, add_tail, augment

CLIP = torch.rand(60, 40) * 8 + 1


def augmented(config, seed=0):
    return augment(CLIP.clone(), [], config, torch.Generator().manual_seed(seed))[0]


def test_without_all_parts_silence_around_the_clip_is_all_that_is_added():
    bare = AugmentConfig(lead_frames=0, tail_frames=(7, 7)).without(PARTS)
    assert torch.allclose(augmented(bare), add_tail(CLIP, 7), atol=1e-4)


@pytest.mark.parametrize('part', PARTS)
def test_each_part_changes_something(part):
    bare = {'lead_frames': 0, 'tail_frames': (7, 7)}
    others = AugmentConfig(**bare).without([name for name in PARTS if name != part])
    same = add_tail(CLIP, 7)
    results = [augmented(others, seed) for seed in range(20)]
    assert any(x.shape != same.shape or not torch.allclose(x, same, atol=1e-3) for x in results)
