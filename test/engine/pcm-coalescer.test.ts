import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PcmCoalescer } from '../../agent/engine/pcm-coalescer.ts';

/** A coalescer whose turn of the event loop ends when the test says so. */
function harness() {
  const blocks: Int16Array[] = [];
  let callbacks: (() => void)[] = [];
  const coalescer = new PcmCoalescer(
    (block) => blocks.push(block),
    (callback) => callbacks.push(callback),
  );
  const endTurn = () => {
    const due = callbacks;
    callbacks = [];
    for (const callback of due) callback();
  };
  return { coalescer, blocks, endTurn };
}

function ramp(length: number, from = 0): Int16Array {
  return Int16Array.from({ length }, (_, i) => from + i);
}

test('the chunks of one turn become one block', () => {
  const { coalescer, blocks, endTurn } = harness();
  for (let i = 0; i < 10; i++) coalescer.accept(ramp(160, 160 * i));
  assert.equal(blocks.length, 0);
  endTurn();
  assert.deepEqual(
    blocks.map((block) => [...block]),
    [Array.from(ramp(1600))],
  );
  endTurn();
  assert.equal(blocks.length, 1);
});

test('a block does not share memory with what was given', () => {
  const { coalescer, blocks, endTurn } = harness();
  const samples = ramp(4);
  coalescer.accept(samples);
  samples.fill(0);
  endTurn();
  assert.deepEqual([...blocks[0]!], [0, 1, 2, 3]);
});

test('each block has a buffer of its own, so that it can be transferred', () => {
  const { coalescer, blocks, endTurn } = harness();
  coalescer.accept(ramp(10));
  endTurn();
  coalescer.accept(ramp(10));
  endTurn();
  assert.notEqual(blocks[0]!.buffer, blocks[1]!.buffer);
});

test('flush sends at once, and nothing is sent twice', () => {
  const { coalescer, blocks, endTurn } = harness();
  coalescer.accept(ramp(10));
  coalescer.flush();
  assert.equal(blocks.length, 1);
  endTurn();
  assert.equal(blocks.length, 1);
});

test('what was cleared is not sent', () => {
  const { coalescer, blocks, endTurn } = harness();
  coalescer.accept(ramp(10));
  coalescer.clear();
  endTurn();
  assert.equal(blocks.length, 0);
});

test('no sample is lost, doubled or moved, whatever the chunks and turns', () => {
  const chunk = fc.record({
    length: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 20000 })),
    turn: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 12 }), (chunks) => {
      const { coalescer, blocks, endTurn } = harness();
      let position = 0;
      for (const { length, turn } of chunks) {
        coalescer.accept(ramp(length, position));
        position += length;
        if (turn) endTurn();
      }
      endTurn();
      assert.deepEqual(
        blocks.flatMap((block) => [...block]),
        Array.from(ramp(position)),
      );
    }),
    { numRuns: 50 },
  );
});
