import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Framer } from '../../agent/frontend/framer.ts';

/** All windows that a framer makes of `samples` given in pieces of these sizes, then the rest. */
function windowsOf(samples: Int16Array, sizes: readonly number[] = []): number[][] {
  const framer = new Framer(8, 3);
  const windows: number[][] = [];
  let start = 0;
  for (const size of [...sizes, samples.length]) {
    framer.accept(samples.subarray(start, start + size), (window) => windows.push([...window]));
    start += size;
  }
  return windows;
}

const RAMP = Int16Array.from({ length: 40 }, (_, i) => i - 20);

describe('Framer', () => {
  it('makes window i of the samples from i·hop to i·hop + bufferSize', () => {
    const windows = windowsOf(RAMP);
    assert.equal(windows.length, Math.floor((40 - 8) / 3) + 1);
    for (const [i, window] of windows.entries())
      assert.deepEqual(window, [...RAMP.subarray(i * 3, i * 3 + 8)]);
  });

  it('makes no window of too few samples', () => {
    assert.deepEqual(windowsOf(RAMP.subarray(0, 7)), []);
  });

  it('makes the same windows for any split into chunks', () => {
    const whole = windowsOf(RAMP);
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 30 }), (sizes) => {
        assert.deepEqual(windowsOf(RAMP, sizes), whole);
      }),
    );
  });

  it('forgets an unfinished window at a reset', () => {
    const framer = new Framer(8, 3);
    const windows: number[][] = [];
    framer.accept(RAMP.subarray(0, 5), (window) => windows.push([...window]));
    framer.reset();
    framer.accept(RAMP.subarray(0, 8), (window) => windows.push([...window]));
    assert.deepEqual(windows, [[...RAMP.subarray(0, 8)]]);
  });
});
