import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

/** The larger the model, the more likely is an exit in the middle of a run. */
const MODEL = existsSync('models/en-base/model.json') ? 'models/en-base' : TINY_MODEL;
const EXITS = 4;

/** Exits without closing the engine, `after` events of 16 busy streams; with 0 if there are fewer. */
const PROGRAM = `
  import { configSchema } from './agent/config.ts';
  import { Recognizer } from './agent/engine/recognizer.ts';
  import { readSamples } from './test/support/real-speech.ts';
  const [bundle, after] = process.argv.slice(1);
  const engine = await Recognizer.load(bundle, configSchema.parse({ engine: { workers: 2 } }));
  const speech = await readSamples('test/fixtures/speech/two-sentences.wav');
  let left = Number(after);
  const ends = Array.from({ length: 16 }, async () => {
    const stream = engine.createStream();
    stream.acceptPcm(speech);
    stream.finish();
    for await (const event of stream) if (--left === 0) process.exit(3);
  });
  await Promise.all(ends);
  process.exit(0);
`;

test('the process can exit while the engine computes', async () => {
  for (let after = 1; after <= EXITS; after++) {
    const options = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, MODEL, String(7 * after)];
    const child = spawn(process.execPath, options, { stdio: 'inherit' });
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual([code, signal], [3, null]);
  }
});
