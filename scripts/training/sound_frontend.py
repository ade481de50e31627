"""The agent's front end on torch tensors, for augmentation by sound: the same log-mel numbers as agent/frontend (held to
them by test_sound_frontend.py)."""
import math

import numpy as np
import torch


def mel_filters(bands, buffer_size, sample_rate):
    """Meyda's triangular filters [buffer_size / 2, bands]; like Meyda, without the Nyquist bin."""
    top = 1125 * math.log(1 + sample_rate / 2 / 700)
    mel = np.arange(bands + 2, dtype=np.float32) * np.float32(top / (bands + 1))
    hertz = (700 * (np.exp(mel.astype(np.float64) / 1125) - 1)).astype(np.float32).astype(np.float64)
    edges = np.floor((buffer_size + 1) * hertz / sample_rate).astype(int)
    filters = np.zeros((buffer_size // 2 + 1, bands))
    for j in range(bands):
        low, middle, high = edges[j:j + 3]
        filters[low:middle, j] = (np.arange(low, middle) - low) / max(1, middle - low)
        filters[middle:high, j] = (high - np.arange(middle, high)) / max(1, high - middle)
    return torch.from_numpy(filters[: buffer_size // 2]).float()


class SoundFrontend:
    """Samples in the int16 range [B, N] -> log-mel frames [B, (N - bufferSize) // hop + 1, bands]."""

    def __init__(self, frontend, device):
        self.size, self.hop = frontend['bufferSize'], frontend['hop']
        position = torch.arange(self.size, dtype=torch.float64) * (2 * math.pi / (self.size - 1))
        self._window = (0.5 - 0.5 * position.cos()).float().to(device)
        self._filters = mel_filters(frontend['melBands'], self.size, frontend['sampleRate']).to(device)

    def frames(self, samples):
        """Number of frames of so many samples."""
        return (samples - self.size) // self.hop + 1

    def log_mel(self, samples):
        spectrum = torch.fft.rfft(samples.unfold(1, self.size, self.hop) * self._window)
        power = spectrum.real[..., :-1].square() + spectrum.imag[..., :-1].square()
        return torch.log1p(power @ self._filters)
