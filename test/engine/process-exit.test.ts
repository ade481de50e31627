import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

/** The larger the model, the more likely is an exit in the middle of a run. */
const MODEL = existsSync('models/en-base/model.json') ? 'models/en-base' : TINY_MODEL;
const EXITS = 4;

/** Exits without closing the engine, `after` events of 16 busy streams. */
const PROGRAM = `
  import { configSchema } from './agent/config.ts';
  import { Recognizer } from './agent/engine/recognizer.ts';
  import { babble } from './test/support/test-audio.ts';
  const [bundle, after] = process.argv.slice(1);
  const engine = await Recognizer.load(bundle, configSchema.parse({ engine: { workers: 2 } }));
  let left = Number(after);
  for (let i = 0; i < 16; i++) {
    const stream = engine.createStream();
    stream.acceptPcm(babble(20, i));
    (async () => {
      for await (const event of stream) if (--left === 0) process.exit(3);
    })();
  }
`;

test('the process can exit while the engine computes', async () => {
  for (let after = 1; after <= EXITS; after++) {
    const options = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, MODEL, String(7 * after)];
    const child = spawn(process.execPath, options, { stdio: 'inherit' });
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual([code, signal], [3, null]);
  }
});
