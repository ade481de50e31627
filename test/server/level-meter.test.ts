import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Level } from '../../agent/capture/pcm.ts';
import { LevelMeter } from '../../agent/server/level-meter.ts';

function levelsOf(chunks: readonly Int16Array[]): Level[] {
  const levels: Level[] = [];
  const meter = new LevelMeter(16000, (level) => levels.push(level));
  for (const chunk of chunks) meter.accept(chunk);
  return levels;
}

test('a second of sound gives ten levels', () => {
  const levels = levelsOf([new Int16Array(16000).fill(-32768)]);
  assert.equal(levels.length, 10);
  assert.deepEqual(levels[9], { rms: 0, peak: 0 });
});

test('any split of the sound gives the same levels', () => {
  const samples = Int16Array.from({ length: 8000 }, (_, i) => (i * 7919) % 20000);
  const whole = levelsOf([samples]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      const chunks: Int16Array[] = [];
      let start = 0;
      for (const size of [...sizes, samples.length]) {
        chunks.push(samples.subarray(start, start + size));
        start += size;
      }
      assert.deepEqual(levelsOf(chunks), whole);
    }),
  );
});
