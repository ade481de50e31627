"""Forced alignment finds the likeliest path, and what the trainer makes of it keeps the speech."""
import itertools

import numpy as np
import torch

from training.align import phoneme_of_steps
from training.alignment import Alignment
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
