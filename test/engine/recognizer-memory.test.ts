import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { babble } from '../support/test-audio.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const MIB = 2 ** 20;

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
  const useMany = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await finishOne();
      abandonOne();
    }
    return process.memoryUsage.rss();
  };

  const before = await useMany(500);
  const after = await useMany(1000);
  assert.equal(engine.stats().streams, 0);
  const grown = (after - before) / MIB;
  assert.ok(grown < 48, `grew by ${grown.toFixed(1)} MiB over 2000 streams`);
});
