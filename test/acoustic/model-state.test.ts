import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { StateDescription } from '../../agent/acoustic/bundle-schema.ts';
import { ModelState, StateBatch, StateBuffers } from '../../agent/acoustic/model-state.ts';

function describeState(shape: number[], type: StateDescription['type'] = 'float32'): StateDescription {
  return { input: 'in', output: 'out', shape, type };
}

/** A different number for every element of every stream. */
function fill(state: ModelState, stream: number): void {
  for (const rows of state.rows) {
    rows.forEach((row, o) => {
      for (let i = 0; i < row.length; i++) {
        const value = stream * 10000 + o * 100 + i;
        row[i] = row instanceof BigInt64Array ? BigInt(value) : value;
      }
    });
  }
}

function numbers(state: ModelState): number[] {
  return state.rows.flatMap((rows) => rows.flatMap((row) => Array.from(row, Number)));
}

test('the batch axis may be first, in the middle or last', () => {
  const descriptions = [describeState([-1, 2, 3]), describeState([2, -1, 3]), describeState([2, 3, -1])];
  const buffers = new StateBuffers(descriptions, 4);
  const batch = new StateBatch(buffers, 2);
  const states = [new ModelState(descriptions), new ModelState(descriptions)];
  states.forEach(fill);
  batch.gather(states);
  assert.deepEqual(batch.dims, [
    [2, 2, 3],
    [2, 2, 3],
    [2, 3, 2],
  ]);
  const first = [0, 1, 2, 3, 4, 5];
  assert.deepEqual([...batch.inputs[0]!], [...first, ...first.map((i) => 10000 + i)]);
  assert.deepEqual([...batch.inputs[1]!], [0, 1, 2, 10000, 10001, 10002, 100, 101, 102, 10100, 10101, 10102]);
  assert.deepEqual([...batch.inputs[2]!].slice(0, 4), [0, 10000, 100, 10100]);
});

test('what is gathered and passed through is scattered to where it came from', () => {
  const axis = fc.nat({ max: 3 });
  const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 });
  const type = fc.constantFrom('float32' as const, 'int32' as const, 'int64' as const);
  fc.assert(
    fc.property(axis, sizes, type, fc.integer({ min: 1, max: 5 }), (axis, sizes, type, count) => {
      const description = describeState(sizes.toSpliced(axis, 0, -1), type);
      const buffers = new StateBuffers([description], 5);
      const batch = new StateBatch(buffers, count);
      const states = Array.from({ length: count }, () => new ModelState([description]));
      states.forEach(fill);
      const before = states.map(numbers);
      batch.gather(states);
      for (const state of states) state.reset();
      assert.ok(states.every((state) => numbers(state).every((value) => value === 0)));
      (batch.outputs[0] as Float32Array).set(batch.inputs[0] as Float32Array);
      batch.scatter(states);
      assert.deepEqual(states.map(numbers), before);
    }),
  );
});

test('a state begins with zeros and a reset brings them back', () => {
  const state = new ModelState([describeState([2, -1, 3]), describeState([-1], 'int64')]);
  assert.ok(numbers(state).every((value) => value === 0));
  fill(state, 3);
  state.reset();
  assert.ok(numbers(state).every((value) => value === 0));
});
