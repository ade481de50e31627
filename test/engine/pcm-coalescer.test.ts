import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PcmCoalescer } from '../../agent/engine/pcm-coalescer.ts';

const LENGTHS = { firstRunSamples: 1300, runSamples: 1000 };

function harness() {
  const blocks: Int16Array[] = [];
  return { coalescer: new PcmCoalescer((block) => blocks.push(block), LENGTHS), blocks };
}

function ramp(length: number, from = 0): Int16Array {
  return Int16Array.from({ length }, (_, i) => from + i);
}

test('audio is sent as soon as the next run is complete', () => {
  const { coalescer, blocks } = harness();
  const sentAt: number[] = [];
  for (let end = 100; end <= 4500; end += 100) {
    coalescer.accept(ramp(100, end - 100));
    if (blocks.length > sentAt.length) sentAt.push(end);
  }
  assert.deepEqual(sentAt, [1300, 2300, 3300, 4300]);
  assert.deepEqual(
    blocks.flatMap((block) => [...block]),
    [...ramp(4300)],
  );
});

test('a chunk that reaches into a later run completes only what is before it', () => {
  const { coalescer, blocks } = harness();
  coalescer.accept(ramp(2500));
  coalescer.accept(ramp(799));
  assert.equal(blocks.length, 1);
  coalescer.accept(ramp(1));
  assert.deepEqual(
    blocks.map(({ length }) => length),
    [2500, 800],
  );
});

test('a restart sends at once, and the runs count from there', () => {
  const { coalescer, blocks } = harness();
  coalescer.accept(ramp(2000));
  coalescer.accept(ramp(10));
  coalescer.restart();
  coalescer.restart();
  coalescer.accept(ramp(1299));
  assert.deepEqual(
    blocks.map(({ length }) => length),
    [2000, 10],
  );
  coalescer.accept(ramp(1));
  assert.equal(blocks.length, 3);
});

test('a block does not share memory with what was given', () => {
  const { coalescer, blocks } = harness();
  const samples = ramp(4);
  coalescer.accept(samples);
  samples.fill(0);
  coalescer.restart();
  assert.deepEqual([...blocks[0]!], [0, 1, 2, 3]);
});

test('each block has a buffer of its own, so that it can be transferred', () => {
  const { coalescer, blocks } = harness();
  coalescer.accept(ramp(1300));
  coalescer.accept(ramp(1000));
  assert.notEqual(blocks[0]!.buffer, blocks[1]!.buffer);
});

test('what was cleared is not sent', () => {
  const { coalescer, blocks } = harness();
  coalescer.accept(ramp(10));
  coalescer.clear();
  coalescer.restart();
  assert.equal(blocks.length, 0);
});

test('no sample is lost, doubled or moved, whatever the chunks, and less than a run is held back', () => {
  const chunk = fc.record({
    length: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 2000 }), fc.nat({ max: 20_000 })),
    restart: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 12 }), (chunks) => {
      const { coalescer, blocks } = harness();
      let position = 0;
      for (const { length, restart } of chunks) {
        coalescer.accept(ramp(length, position));
        position += length;
        const sent = blocks.reduce((total, block) => total + block.length, 0);
        assert.ok(position - sent < LENGTHS.firstRunSamples);
        if (restart) coalescer.restart();
      }
      coalescer.restart();
      assert.deepEqual(
        blocks.flatMap((block) => [...block]),
        Array.from(ramp(position)),
      );
    }),
    { numRuns: 50 },
  );
});
