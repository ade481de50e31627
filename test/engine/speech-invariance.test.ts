import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { type AgreementClip, agreementClips } from '../support/agreement-clips.ts';
import { assertSameEvents } from '../support/compare-events.ts';
import { recognize } from '../support/recognize.ts';
import { cut, seededRandom } from '../support/test-audio.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const SHIPPED_MODEL = 'models/en-base';
/** Streams that run side by side. */
const STREAMS = 16;
/** A prime, so that chunks end at all places of frames and steps. */
const ODD_CHUNK = 997;

/** All clips at once on `STREAMS` streams, each in chunks of random length. */
async function recognizeTogether(engine: Recognizer, clips: readonly AgreementClip[]) {
  const random = seededRandom(16);
  const results = clips.map(() => [] as Awaited<ReturnType<typeof recognize>>);
  const left = [...clips.keys()];
  const worker = async () => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) {
      const chunks = cut(clips[index]!.samples, () => 6400 * random());
      results[index] = await recognize(engine, chunks);
    }
  };
  await Promise.all(Array.from({ length: STREAMS }, worker));
  return results;
}

async function checkModel(t: TestContext, folder: string): Promise<void> {
  const engine = await Recognizer.load(folder, configSchema.parse({ engine: { workers: 1 } }));
  t.after(() => engine.close());
  const clips = await agreementClips();
  // Without the real speech there are fewer clips than streams: then each is spoken twice.
  const spoken = clips.length < STREAMS ? [...clips, ...clips] : clips;
  const together = await recognizeTogether(engine, spoken);
  const { batchSizes } = engine.stats();
  assert.ok((batchSizes[STREAMS] ?? 0) > 0, 'sixteen streams ran in one batch');
  for (const [i, { file, samples }] of clips.entries()) {
    const alone = await recognize(engine, [samples]);
    assertSameEvents(together[i]!, alone, `${file}: batched`);
    assertSameEvents(
      await recognize(
        engine,
        cut(samples, () => ODD_CHUNK),
      ),
      alone,
      `${file}: in chunks`,
    );
  }
}

test('speech gives the same events whole, in chunks and batched (tiny model)', (t) =>
  checkModel(t, TINY_MODEL));

test(
  'speech gives the same events whole, in chunks and batched (shipped model)',
  { skip: existsSync(`${SHIPPED_MODEL}/model.json`) ? false : `${SHIPPED_MODEL} is not there` },
  (t) => checkModel(t, SHIPPED_MODEL),
);
