"""The acoustic model: recurrent layers over stacked MFCC frames, with a CTC head a token set."""
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from .attention import WindowAttention
from .fast_gru import available, fast_gru
from .languages import LANGUAGES
from .look_ahead import RowConvolution
from .running_mean import RunningMean
from .spelling import spelling_of

CELLS = {'gru': nn.GRU, 'lstm': nn.LSTM, 'rnn': nn.RNN}
BESIDE = 'beside_'  # before the names of the heads of a second language
RUN = {'gru': torch.gru, 'lstm': torch.lstm, 'rnn': torch.rnn_tanh}


@dataclass(frozen=True)
class ModelConfig:
    cell: str = 'gru'
    hidden: int = 512
    layers: int = 4
    frames_per_step: int = 3
    stack: int = 6  # frames that a step sees: its own and the ones before
    dropout: float = 0.1
    recurrent_dropout: float = 0.0  # of the weights from state to state, one mask a batch (Merity et al. 2018); slow path only
    coefficients: int = 40
    frame_head: bool = False  # a head for training alone: the phoneme of every step, below the last layer
    language: str = 'en'  # whose tokens the heads have
    beside: str = ''  # a second language, with heads for training alone (see beside.py); none where empty
    pieces: tuple[str, ...] = ()  # the tokens of the head that spells, where these are word pieces; else it has characters
    attention_window: int = 0  # steps that the attention layer sees, the present one included; 0: no such layer
    attention_size: int = 128  # of its keys and of its values
    attention_heads: int = 4
    running_mean_ms: int = 0  # time constant of a running mean that is taken off the coefficients; 0: none is
    look_ahead_steps: int = 0  # by which the rows of the heads come later than their own step

    @property
    def attended_layer(self):
        """The recurrent layer whose output the attention layer reads: half of them, one at least, are below it."""
        return (self.layers - 1) // 2 if self.attention_window else None


class AcousticModel(nn.Module):
    """mfcc [B, F, D] -> {'characters': [B, T, tokens], 'phonemes': [B, T, tokens]} log-probabilities, T = F //
    frames_per_step; in training with `frame_head` also 'frames', phonemes too, and with `beside` both heads of the second language,
    their names behind `BESIDE`. With a look-ahead the rows are those of the steps so far back, but for 'frames': see
    recording.hear.

    States are a list of tensors: the last `stack - frames_per_step` frames [B, S, D], normalised where there is a running mean,
    then that mean [1, B, D], if any, then one [layers, B, hidden] a kind of cell state (two for an LSTM), then, with an
    attention window, its keys and values, each [B, window - 1, size], then, with a look-ahead, the outputs of the last layer
    that wait, [look_ahead_steps, B, hidden]. All start at zeros:
    silence before the first sample.
    """

    def __init__(self, config, mean, std):
        super().__init__()
        self.config = config
        self.language = LANGUAGES[config.language]
        self.spelling = spelling_of(self.language, config.pieces)
        self.register_buffer('mean', mean)
        self.register_buffer('std', std)
        if config.running_mean_ms:
            self.running_mean = RunningMean(config.running_mean_ms)
        cell, sizes = CELLS[config.cell], [config.stack * config.coefficients] + [config.hidden] * (config.layers - 1)
        self.layers = nn.ModuleList(cell(size, config.hidden) for size in sizes)
        if config.attention_window:
            self.attention = WindowAttention(config.hidden, config.attention_window, config.attention_size, config.attention_heads)
        self.norms = nn.ModuleList(nn.LayerNorm(config.hidden) for _ in sizes)
        if config.look_ahead_steps:
            self.look_ahead = RowConvolution(config.hidden, config.look_ahead_steps)
        self.heads = self._heads(self.spelling, self.language)
        if config.beside:
            self.beside_heads = self._heads(spelling_of(LANGUAGES[config.beside]), LANGUAGES[config.beside])
        if config.frame_head:
            self.frame_head = nn.Linear(config.hidden, len(self.language.phonemes))
        for layer in self.layers:
            nn.init.orthogonal_(layer.weight_hh_l0)

    def _heads(self, spelling, language):
        return nn.ModuleDict({'characters': nn.Linear(self.config.hidden, len(spelling.tokens)),
                              'phonemes': nn.Linear(self.config.hidden, len(language.phonemes))})

    @property
    def cell_states(self):
        """Names of the states of a recurrent layer."""
        return ('hidden', 'cell') if self.config.cell == 'lstm' else ('hidden',)

    @property
    def state_shapes(self):
        """Name -> shape of each state, in their order; -1 marks the batch axis."""
        c = self.config
        shapes = {'context': [-1, c.stack - c.frames_per_step, c.coefficients]}
        if c.running_mean_ms:
            shapes['average'] = [1, -1, c.coefficients]
        shapes |= {name: [c.layers, -1, c.hidden] for name in self.cell_states}
        if c.attention_window:
            shapes |= {name: [-1, c.attention_window - 1, c.attention_size] for name in ('keys', 'values')}
        if c.look_ahead_steps:
            shapes['ahead'] = [c.look_ahead_steps, -1, c.hidden]
        return shapes

    def initial_states(self, batch, like):
        return [like.new_zeros([batch if size == -1 else size for size in shape]) for shape in self.state_shapes.values()]

    def stack_frames(self, mfcc, context, average=None):
        """[B, F, D], the frames before and, if there is one, the running mean -> normalised [T, B, stack * D], and these states
        as they follow."""
        c = self.config
        whole = mfcc.shape[1] // c.frames_per_step * c.frames_per_step
        if average is None:
            frames = torch.cat([context, mfcc[:, :whole]], 1)
            normalised, following = (frames - self.mean) / self.std, [frames[:, whole:]]
        else:
            new, average = self.running_mean((mfcc[:, :whole] - self.mean) / self.std, average)
            normalised = torch.cat([context, new], 1)
            following = [normalised[:, whole:], average]
        windows = normalised.unfold(1, c.stack, c.frames_per_step)  # [B, T, D, stack]
        return windows.permute(1, 0, 3, 2).flatten(2), following

    def _is_fast(self, x):
        c = self.config
        return c.cell == 'gru' and c.recurrent_dropout == 0 and x.device.type == 'cpu' and self.training and available()

    def _layer(self, x, i, states):
        """One recurrent layer: outputs [T, B, H] and its new states, each [B, H]."""
        layer = self.layers[i]
        if self._is_fast(x):
            y, last = fast_gru(x, layer, states[0][i].float())
            return y, [last]
        state = tuple(s[i:i + 1].contiguous() for s in states)
        state = state if self.config.cell == 'lstm' else state[0]
        if self.training and self.config.recurrent_dropout > 0:
            # Not by functional_call: where weights are not its own parameters, a layer moves these to new memory.
            recurrent = F.dropout(layer.weight_hh_l0, self.config.recurrent_dropout)
            weights = [layer.weight_ih_l0, recurrent, layer.bias_ih_l0, layer.bias_hh_l0]
            y, *new = RUN[self.config.cell](x.float(), state, weights, True, 1, 0.0, True, False, False)
        else:
            y, new = layer(x.float(), state)
            new = new if self.config.cell == 'lstm' else (new,)
        return y, [s[0] for s in new]

    def _drop(self, x):
        """Dropout with one mask for all steps (Gal and Ghahramani 2016)."""
        p = self.config.dropout
        if not self.training or p == 0:
            return x
        return x * torch.empty(1, *x.shape[1:], dtype=x.dtype, device=x.device).bernoulli_(1 - p).div_(1 - p)

    def encode(self, mfcc, states):
        """[B, F, D] -> [T, B, H] float32 for the heads, of the layer below the last, and the states that follow."""
        first = 2 if self.config.running_mean_ms else 1
        x, heard = self.stack_frames(mfcc, *states[:first])
        ahead = states[-1:] if self.config.look_ahead_steps else []
        states = states[first:len(states) - len(ahead)]
        cells, attended = states[:len(self.cell_states)], states[len(self.cell_states):]
        new = [[] for _ in cells]
        for i in range(self.config.layers):
            below = x
            y, last = self._layer(self._drop(x), i, cells)
            y = self.norms[i](y.float())
            x = y if i == 0 else x + y
            if i == self.config.attended_layer:
                y, attended = self.attention(x, attended)
                x = x + self._drop(y)
            for kept, s in zip(new, last):
                kept.append(s)
        if ahead:
            x, following = self.look_ahead(x, *ahead)
            ahead = [following]
        return self._drop(x), below, heard + [torch.stack(s) for s in new] + attended + ahead

    def forward(self, mfcc, states):
        x, below, states = self.encode(mfcc, states)
        out = {name: head(x) for name, head in self.heads.items()}
        if self.config.frame_head and self.training:
            out['frames'] = self.frame_head(below)
        if self.config.beside and self.training:
            out |= {BESIDE + name: head(x) for name, head in self.beside_heads.items()}
        return {name: logits.log_softmax(-1).transpose(0, 1) for name, logits in out.items()}, states
