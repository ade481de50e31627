"""Gradients of an update's micro-batches, computed by several one-thread processes.

Each micro-batch has a gradient buffer of its own in shared memory and the sum is taken in order, so the number of
processes changes the speed and not the result.
"""
import os
import threading

import torch
import torch.multiprocessing as mp


class FlatParameters:
    """All parameters of a model as views of one shared tensor; matrices first, so that weight decay is a slice."""

    def __init__(self, model, micro_batches):
        ordered = sorted(model.named_parameters(), key=lambda item: item[1].dim() < 2)
        self.parameters = [p for _, p in ordered]
        self.decayed = sum(p.numel() for p in self.parameters if p.dim() >= 2)
        total = sum(p.numel() for p in self.parameters)
        self.values = torch.cat([p.detach().reshape(-1) for p in self.parameters]).share_memory_()
        self.gradients = torch.zeros(micro_batches, total, device=self.values.device).share_memory_()
        self._offsets = []
        offset = 0
        for p in self.parameters:
            p.data = self.values[offset:offset + p.numel()].view_as(p)
            self._offsets.append(offset)
            offset += p.numel()

    def collect_into(self, k):
        """From now on gradients are added up in buffer k."""
        self.gradients[k].zero_()
        for p, offset in zip(self.parameters, self._offsets):
            p.grad = self.gradients[k, offset:offset + p.numel()].view_as(p)

    def load(self, flat):
        self.values.copy_(flat)


def _follow_parent():
    """Ends this process with the one that started it: nobody else would wake it from the barrier after a kill."""
    mp.parent_process().join()
    os._exit(1)


class Team:
    """`workers` processes, this one included, that share the micro-batches of each update."""

    def __init__(self, workers, micro_batches, compute):
        """`compute(update, k)` fills gradient buffer k and returns a list of floats to be reported."""
        context = mp.get_context('fork')
        self._micro_batches, self._compute = micro_batches, compute
        self._next = context.Value('i', 0)
        self._update = context.Value('i', 0)
        self._start, self._end = context.Barrier(workers), context.Barrier(workers)
        self._reports = torch.zeros(micro_batches, 8, dtype=torch.float64).share_memory_()
        self._processes = [context.Process(target=self._serve, daemon=True) for _ in range(workers - 1)]
        for process in self._processes:
            process.start()

    def _take(self):
        with self._next.get_lock():
            k = self._next.value
            self._next.value += 1
            return k

    def _work(self):
        while (k := self._take()) < self._micro_batches:
            report = self._compute(self._update.value, k)
            self._reports[k, : len(report)] = torch.tensor(report, dtype=torch.float64)

    def _serve(self):
        torch.set_num_threads(1)
        threading.Thread(target=_follow_parent, daemon=True).start()
        while True:
            self._start.wait()
            if self._update.value < 0:
                return
            self._work()
            self._end.wait()

    def run(self, update):
        """Computes all micro-batches of an update; returns their reports [micro_batches, 8]."""
        self._next.value, self._update.value = 0, update
        self._start.wait()
        self._work()
        self._end.wait()
        return self._reports

    def close(self):
        self._update.value = -1
        self._start.wait()
        for process in self._processes:
            process.join(5)
