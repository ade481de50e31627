import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AudioTape } from '../../../agent/server/page/audio-tape.js';

const count = (from: number, length: number) => Int16Array.from({ length }, (_, index) => from + index);

test('what was put on the tape comes back', () => {
  const tape = new AudioTape(10, 1);
  tape.append(count(0, 6));
  assert.deepEqual([...tape.read(2, 3)], [2, 3, 4]);
  assert.deepEqual([...tape.read(4, 100)], [4, 5]);
  assert.equal(tape.read(6, 100).length, 0);
});

test('the oldest sound is dropped when the tape is full', () => {
  const tape = new AudioTape(10, 1);
  tape.append(count(0, 8));
  tape.append(count(8, 8));
  assert.equal(tape.start, 6);
  assert.equal(tape.end, 16);
  assert.equal(tape.seconds, 1.6);
  assert.deepEqual([...tape.read(6, 10)], [6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
});

test('whatever the lengths of the chunks, the last of the sound is kept in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 12 }), (lengths) => {
      const tape = new AudioTape(16, 1);
      for (const length of lengths) tape.append(count(tape.end, length));
      const kept = tape.end - tape.start;
      assert.deepEqual([...tape.read(tape.start, kept)], [...count(tape.start, kept)]);
      assert.equal(kept, Math.min(16, tape.end));
    }),
  );
});
