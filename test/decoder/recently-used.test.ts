import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentlyUsed } from '../../agent/decoder/recently-used.ts';

test('of too many values the one that was used longest ago is forgotten', () => {
  const values = new RecentlyUsed<number>(2);
  values.set('a', 1);
  values.set('b', 2);
  assert.equal(values.get('a'), 1);
  values.set('c', 3);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => values.get(key)),
    [1, undefined, 3],
  );
  values.set('c', 4);
  assert.deepEqual([values.get('a'), values.get('c')], [1, 4]);
});
