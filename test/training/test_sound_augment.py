"""What augmentation by sound does to samples and frames."""
import numpy as np
import torch

from training.sound_augment import Draws, cubic_gather, mask_frames_and_bands, room_spectra, SoundAugmentConfig, warp_bands


def draws(rows, seed=0):
    return Draws(rows, np.random.default_rng(seed), 'cpu')


def test_a_clip_at_its_own_speed_is_untouched():
    samples = torch.randint(-1000, 1000, (500,), dtype=torch.int16)
    got = cubic_gather(samples, torch.arange(100, 150, dtype=torch.float64)[None], torch.tensor([[100]]), torch.tensor([[140]]))
    assert torch.equal(got[0, :40], samples[100:140].float())
    assert not got[0, 40:].any()


def test_between_samples_a_slow_tone_is_followed():
    t = torch.arange(1000)
    samples = (10000 * torch.sin(t * 0.1)).round().to(torch.int16)
    positions = torch.arange(100, 800, 0.9, dtype=torch.float64)[None]
    got = cubic_gather(samples, positions, torch.tensor([[0]]), torch.tensor([[1000]]))
    assert (got - 10000 * torch.sin(positions.float() * 0.1)).abs().max() < 5


def test_a_row_without_a_room_keeps_its_sound_and_a_room_keeps_its_energy():
    x = torch.randn(2, 32000)
    x[:, 16000:] = 0
    spectra = room_spectra(torch.tensor([[0.0], [1.0]]), 32000, draws(2), SoundAugmentConfig(), torch.zeros(0, 0))
    y = torch.fft.irfft(torch.fft.rfft(x) * spectra, 32000)
    assert torch.allclose(y[0], x[0], atol=1e-4)
    assert 0.7 < y[1].square().sum() / x[1].square().sum() < 1.4
    assert (y[1] - x[1]).square().mean() > 0.01


def test_a_measured_room_gives_the_shape_of_the_reverberation_and_the_draws_its_strength():
    echo = torch.zeros(1, 19200)
    echo[0, 8000] = 1
    c = SoundAugmentConfig(measured_room_share=1, room_direct_db=(6.0, 6.0))
    response = torch.fft.irfft(room_spectra(torch.ones(1, 1), 32000, draws(1), c, echo), 32000)[0]
    assert set(response.abs().topk(2).indices.tolist()) == {0, 8000}
    assert torch.isclose(response[0] / response[8000], torch.tensor(10 ** (6 / 20)), rtol=1e-3)
    assert response.abs().topk(3).values[2] < 1e-4


def test_bands_are_read_at_the_warped_place():
    ramp = torch.arange(40.0).expand(1, 3, 40)
    assert torch.allclose(warp_bands(ramp, torch.tensor([[1.0]])), ramp)
    assert torch.allclose(warp_bands(ramp, torch.tensor([[0.5]]))[0, 0], torch.arange(40.0) / 2, atol=1e-5)


def test_masks_hide_a_bounded_part_of_the_rows_that_are_changed():
    x = torch.rand(2, 200, 40, generator=torch.Generator().manual_seed(0))
    c = SoundAugmentConfig()
    got = mask_frames_and_bands(x, torch.full((2, 1), 200.0), draws(2, seed=3), c, torch.tensor([[0.0], [1.0]]))
    assert torch.equal(got[0], x[0])
    hidden = (got[1] != x[1])
    most_frames = c.time_masks * 0.08 * 200 + c.time_masks
    assert 0 < hidden.all(1).sum() <= most_frames
    assert 0 < hidden.all(0).sum() <= c.band_masks * (c.band_mask_width + 1)
