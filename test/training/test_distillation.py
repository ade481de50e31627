"""Distillation: a student comes to hear what its teacher hears, in both trainers, whatever the two look ahead."""
import pytest
import torch
from streams import save_bundle
from test_train_gpu import TINY as TINY_GPU
from test_train_gpu import pack  # noqa: F401 - a fixture
from tiny_data import TINY, write_data

from training import train_gpu
from training.distillation import HEADS, Teacher, divergence
from training.model import AcousticModel, ModelConfig
from training.recording import hear
from training.train import Trainer, arguments


def make(seed=0, **config):
    torch.manual_seed(seed)
    return AcousticModel(ModelConfig(**{'hidden': 16, 'layers': 1, 'dropout': 0.0, **config}), torch.zeros(40), torch.ones(40))


def test_the_divergence_is_that_of_each_step_and_silent_about_the_padding():
    g = torch.Generator().manual_seed(1)
    heard, taught = ({h: torch.randn(2, 4, 3, generator=g).log_softmax(-1) for h in HEADS} for _ in range(2))
    steps = torch.tensor([4, 2])
    expected = sum(float(taught[h][b, t].exp() @ (taught[h][b, t] - heard[h][b, t])) for h in HEADS
                   for b, t in [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]) / 6
    assert divergence(heard, taught, steps).item() == pytest.approx(expected, rel=1e-5)
    assert divergence(taught, taught, steps).item() == 0


def test_a_student_of_another_size_and_look_ahead_comes_to_hear_what_its_teacher_hears(tmp_path):
    shipped = make(1, hidden=24, look_ahead_steps=2).eval().requires_grad_(False)
    for head in shipped.heads.values():
        head.weight.mul_(8)
    save_bundle(shipped, tmp_path)
    student, x, steps = make(2), torch.randn(4, 60, 40), torch.full((4,), 20)
    teacher, optimizer = Teacher(str(tmp_path), student), torch.optim.Adam(student.parameters(), 0.02)
    losses = []
    for _ in range(60):
        loss = divergence(hear(student, x), teacher(x), steps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_a_teacher_that_spells_later_is_read_later(tmp_path):
    save_bundle(make(1).eval().requires_grad_(False), tmp_path)
    x = torch.randn(2, 30, 40)
    at_once, later = (Teacher(str(tmp_path), make(), lag)(x)['characters'] for lag in (0, 60))
    assert torch.equal(later[:, :-2], at_once[:, 2:])
    assert torch.equal(later[:, -2:], at_once[:, -1:].expand(-1, 2, -1))


@pytest.mark.parametrize('other, what', [({'frames_per_step': 2, 'stack': 4}, 'step is 2, expected 3'), ({'language': 'fr'}, 'language is fr, expected en')])
def test_a_teacher_that_does_not_fit_is_refused(other, what, tmp_path):
    save_bundle(make(**other).eval().requires_grad_(False), tmp_path)
    with pytest.raises(SystemExit, match=what):
        Teacher(str(tmp_path), make())


def weights_of(path):
    return torch.load(path, weights_only=True)['average']


def test_the_trainer_learns_from_a_teacher(tmp_path):
    save_bundle(make(3).eval().requires_grad_(False), tmp_path)
    write_data(tmp_path / 'data')
    for name, more in (('alone', []), ('taught', ['--teacher', str(tmp_path)])):
        (tmp_path / name).mkdir()
        Trainer(arguments(['--data', str(tmp_path / 'data'), '--run', str(tmp_path / name), *TINY, '--updates', '2', *more])).run()
    alone, taught = (weights_of(tmp_path / name / 'best.pt') for name in ('alone', 'taught'))
    assert torch.isfinite(taught).all() and not torch.equal(alone, taught)


def test_the_trainer_on_packed_sound_learns_from_a_teacher(pack, tmp_path):  # noqa: F811
    save_bundle(make(3).eval().requires_grad_(False), tmp_path)
    for name, more in (('alone', []), ('taught', ['--teacher', str(tmp_path)])):
        train_gpu.main(['--pack', str(pack), '--run', str(pack / name), '--updates', '2', *TINY_GPU, *more])
    alone, taught = (weights_of(pack / name / 'best.pt') for name in ('alone', 'taught'))
    assert torch.isfinite(taught).all() and not torch.equal(alone, taught)
