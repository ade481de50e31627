import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText } from '../../agent/cli/duration-text.ts';
import { Progress, type ProgressOutput } from '../../agent/cli/progress.ts';

function progressOn(output: Partial<ProgressOutput>) {
  let now = 0;
  let written = '';
  const progress = new Progress({
    unit: 'files',
    output: { ...output, write: (text: string) => (written += text) },
    now: () => now,
  });
  return {
    progress,
    after: (ms: number) => {
      now += ms;
    },
    take: () => {
      const text = written;
      written = '';
      return text;
    },
  };
}

test('shows how far it is and how long it will take, in one line of a terminal', () => {
  const { progress, after, take } = progressOn({ isTTY: true, columns: 100 });
  after(20_000);
  progress.update({ done: 10, total: 40, audioSeconds: 200 });
  assert.equal(take(), '\r\x1b[2K10 of 40 files · 25 % · 10.0× real time · 0:20 gone · 1:00 left');
  progress.update({ done: 11, total: 40, audioSeconds: 210 });
  assert.equal(take(), '', 'too soon');
  progress.clear();
  assert.equal(take(), '\r\x1b[2K');
  progress.clear();
  assert.equal(take(), '');
});

test('cuts the line to the terminal', () => {
  const { progress, after, take } = progressOn({ isTTY: true, columns: 12 });
  after(1000);
  progress.update({ done: 1, total: 2, audioSeconds: 1 });
  assert.equal(take(), '\r\x1b[2K1 of 2 file');
});

test('writes plain lines in a pipe, every ten seconds', () => {
  const { progress, after, take } = progressOn({});
  after(9_000);
  progress.update({ done: 1, total: 2, audioSeconds: 1 });
  assert.equal(take(), '');
  after(1_000);
  progress.update({ done: 1, total: 2, audioSeconds: 1 });
  assert.match(take(), /^1 of 2 files .* 0:10 left\n$/);
  progress.clear();
  assert.equal(take(), '');
});

test('tells no end that nobody knows', () => {
  const { progress, after, take } = progressOn({});
  after(10_000);
  progress.update({ done: 0, total: null, audioSeconds: 30 });
  assert.equal(take(), '0 files · 3.0× real time · 0:10 gone\n');
});

test('writes durations as people do', () => {
  assert.deepEqual([0, 7.4, 61, 3671, -1].map(durationText), ['0:00', '0:07', '1:01', '1:01:11', '0:00']);
});
