"""Gradients of an update's micro-batches, computed by several one-thread processes.

Each micro-batch has a gradient buffer of its own in shared memory and the sum is taken in order, so the number of
processes changes the speed and not the result.
"""
import os
import signal
import threading

import torch
import torch.multiprocessing as mp

WATCH_S = 1.0  # between two looks, while nothing comes, whether the other processes are there still


class FlatParameters:
    """All parameters of a model as views of one shared tensor; matrices first, so that weight decay is a slice. `names` are theirs,
    in their order."""

    def __init__(self, model, micro_batches):
        ordered = sorted(model.named_parameters(), key=lambda item: item[1].dim() < 2)
        self.names = [name for name, _ in ordered]
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
    """Ends this process with the one that started it: nobody else would wake it after a kill."""
    mp.parent_process().join()
    os._exit(1)


class Team:
    """`workers` processes, this one included, that share the micro-batches of each update.

    Semaphores and no barriers: what waits at a barrier for a process that was killed waits for ever, and so does what would break
    the barrier. Here this process waits a second at a time and looks after the others meanwhile."""

    def __init__(self, workers, micro_batches, compute):
        """`compute(update, k)` fills gradient buffer k and returns a list of floats to be reported."""
        context = mp.get_context('fork')
        self._micro_batches, self._compute = micro_batches, compute
        self._next, self._update, self._taking = context.RawValue('i', 0), context.RawValue('i', 0), context.Lock()
        # A permit for each helper to work on an update, whoever takes it, and one that this work is done.
        self._start, self._end = context.Semaphore(0), context.Semaphore(0)
        self._reports = torch.zeros(micro_batches, 8, dtype=torch.float64).share_memory_()
        self._processes = [context.Process(target=self._serve, daemon=True) for _ in range(workers - 1)]
        for process in self._processes:
            process.start()

    def _look_after_all(self):
        if any(process.exitcode is not None for process in self._processes):
            raise SystemExit('a process of the training ended before its time, where all of them were expected to stay: out of memory, or '
                             'the error above. The same command goes on from the last checkpoint; fewer --workers and smaller '
                             '--frames-per-batch take less memory')

    def _wait(self, lock):
        """Acquires what one of the helpers releases."""
        while not lock.acquire(timeout=WATCH_S):
            self._look_after_all()

    def _take(self, wait):
        wait(self._taking)
        k = self._next.value
        self._next.value += 1
        self._taking.release()
        return k

    def _work(self, wait):
        while (k := self._take(wait)) < self._micro_batches:
            report = self._compute(self._update.value, k)
            self._reports[k, : len(report)] = torch.tensor(report, dtype=torch.float64)

    def _serve(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for all processes of a terminal, and the first one ends the others
        torch.set_num_threads(1)
        threading.Thread(target=_follow_parent, daemon=True).start()
        while self._start.acquire():
            self._work(lambda lock: lock.acquire())
            self._end.release()

    def run(self, update):
        """Computes all micro-batches of an update; returns their reports [micro_batches, 8].

        Raises SystemExit when one of the processes has ended."""
        self._look_after_all()
        self._next.value, self._update.value = 0, update
        for _ in self._processes:
            self._start.release()
        self._work(self._wait)
        for _ in self._processes:
            self._wait(self._end)
        return self._reports

    def close(self):
        """Ends the processes, whatever they are at: nothing of theirs is needed any more."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.join()
