"""The fast path of the trainer: a GRU layer as one C++ extension, for one CPU thread.

Products are bf16 where the CPU has it (three times torch.nn.GRU), else fp32. `available()` compiles it on first use
(about a minute); test_fast_gru.py holds it to torch.nn.GRU.
"""
import functools
import logging
import os
import subprocess

import torch


@functools.cache
def _extension():
    from torch.utils.cpp_extension import load

    here = os.path.dirname(os.path.abspath(__file__))
    flags = ['-O3', '-march=native', '-ffast-math', '-fopenmp-simd', '-fno-openmp']
    return load('earshot_fast_gru', [os.path.join(here, 'fast_gru.cpp')], extra_cflags=flags, extra_ldflags=['-lmvec'])


@functools.cache
def product_type():
    """bf16 where the CPU computes products of it, else fp32: emulated bf16 is 60 times slower."""
    flags = open('/proc/cpuinfo').read() if os.path.exists('/proc/cpuinfo') else ''
    return torch.bfloat16 if 'avx512_bf16' in flags or 'amx_bf16' in flags else torch.float32


@functools.cache
def available():
    """Whether the extension compiles here."""
    try:
        _extension()
        return True
    except (RuntimeError, OSError, ImportError, subprocess.SubprocessError) as error:
        logging.warning('the fast GRU does not compile here, the plain one is used: %s', error)
        return False


class _FastGru(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w_x, w_h, bias_x, bias_h, h0):
        low = product_type()
        x, w_x, w_h = x.to(low).contiguous(), w_x.to(low), w_h.to(low)
        h_low, *saved = _extension().forward(x, w_x, w_h, bias_x, bias_h, h0)
        ctx.save_for_backward(x, w_x, w_h, h_low, *saved)
        return h_low[1:], saved[0][-1]

    @staticmethod
    def backward(ctx, d_out, d_last):
        # The last state is carried, not trained through: truncated back-propagation through time.
        return tuple(_extension().backward(d_out.to(product_type()).contiguous(), *ctx.saved_tensors))


def fast_gru(x, layer, h0):
    """One layer of torch.nn.GRU `layer` (its first) over x [T, B, I] from h0 [B, H] fp32.

    Returns states [T, B, H] of `product_type()` and the last one [B, H] fp32, through which no gradient flows.
    """
    return _FastGru.apply(x, layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0, h0)
