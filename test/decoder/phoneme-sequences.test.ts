import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PhonemeSequences } from '../../agent/decoder/phoneme-sequences.ts';

test('sequences of the same phonemes have the same number, however they were put together', () => {
  const sequences = new PhonemeSequences();
  const whole = sequences.longer(0, [3, 0, 65_535]);
  const parts = sequences.longer(sequences.longer(sequences.longer(0, [3]), []), [0, 65_535]);
  assert.equal(parts, whole);
  assert.deepEqual(sequences.phonemes(whole), [3, 0, 65_535]);
  const others = [[], [3], [3, 0], [0, 3], [3, 65_535], [3, 0, 0]].map((phonemes) =>
    sequences.longer(0, phonemes),
  );
  assert.equal(new Set([...others, whole]).size, 7);
  assert.deepEqual([others[0], sequences.phonemes(0)], [0, []]);
});
