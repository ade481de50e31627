import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { measureWake } from '../../agent/cli/measure-wake.ts';
import { recordingsAt } from '../../agent/cli/recordings.ts';
import { defaultConfig } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';

const FOLDER = 'test/fixtures/speech';
const PHRASE = 'one two three';
const THRESHOLDS = [0.01, 0.1, 0.5, 0.9, 0.98];

const config = defaultConfig();
const engine = await Recognizer.load('models/en-base', {
  ...config,
  engine: { ...config.engine, workers: 1 },
});
after(() => engine.close());

/** How often a stream of the engine hears the phrase. */
async function heardByStream(file: string, threshold: number): Promise<number> {
  const task = { type: 'wake', phrases: [{ text: PHRASE, threshold }], listenFor: null } as const;
  const stream = engine.createStream({ task });
  const pcm = Buffer.from(readFileSync(`${FOLDER}/${file}`).subarray(44));
  stream.acceptPcm(new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2));
  stream.finish();
  let count = 0;
  for await (const { type } of stream) if (type === 'wake') count += 1;
  return count;
}

test('every threshold counts what a stream with that threshold hears', async () => {
  const set = await recordingsAt(FOLDER);
  const done: number[] = [];
  const { curves, failures } = await measureWake(config, {
    ...{ phrases: [PHRASE], thresholds: THRESHOLDS, said: [], background: [set] },
    onProgress: ({ recordings, total }) => done.push(recordings / total),
  });
  const [curve] = curves;
  assert.deepEqual(failures, []);
  assert.equal(done.length, set.rows.length);
  assert.equal(done.at(-1), 1);
  for (const { threshold, falseAlarms, missed } of curve!.points) {
    let heard = 0;
    for (const { file } of set.rows) heard += await heardByStream(file, threshold);
    assert.equal(falseAlarms, heard, `at ${threshold}`);
    assert.equal(missed, null);
  }
  assert.ok(curve!.points[0]!.falseAlarms! > 0);
  assert.ok(curve!.points[0]!.falseAlarms! > curve!.points.at(-1)!.falseAlarms!);
});
