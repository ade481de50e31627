import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { leastGrowthMib } from '../support/memory-growth.ts';
import { babble } from '../support/test-audio.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

test('memory stays flat over many streams, finished and abandoned', async (t) => {
  const config = configSchema.parse({ engine: { workers: 1 }, decoder: { search: 'greedy' } });
  const engine = await Recognizer.load(TINY_MODEL, config);
  t.after(() => engine.close());
  const samples = babble(0.4);

  const finishOne = async () => {
    const stream = engine.createStream();
    stream.acceptPcm(samples);
    stream.finish();
    for await (const _event of stream);
  };
  const abandonOne = () => {
    const stream = engine.createStream();
    stream.acceptPcm(samples);
    stream.close();
  };
  const grownMib = await leastGrowthMib(async () => {
    for (let i = 0; i < 250; i++) {
      await finishOne();
      abandonOne();
    }
  });
  assert.equal(engine.stats().streams, 0);
  assert.ok(grownMib < 8, `grew by ${grownMib.toFixed(1)} MiB in each 500 streams`);
});
