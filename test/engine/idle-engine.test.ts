import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { after, before, test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import type { RecognizerStream, StreamOptions } from '../../agent/engine/speech-engine.ts';
import { collectEvents } from '../support/recognize.ts';
import { babble, seededRandom } from '../support/test-audio.ts';
import { TINY_LOOK_AHEAD, TINY_MODEL } from '../support/tiny-bundle.ts';

const STREAMS = 8;
const ROUNDS = 300;

const engines = new Map<string, Recognizer>();

before(async () => {
  const config = configSchema.parse({ engine: { workers: 1 } });
  for (const folder of [TINY_MODEL, TINY_LOOK_AHEAD]) {
    engines.set(folder, await Recognizer.load(folder, config));
  }
});
after(() => Promise.all([...engines.values()].map((engine) => engine.close())));

/** Settings that are taken, and such as are refused where grammars are compiled or in the worker. */
const SETTINGS: readonly StreamOptions[] = [
  { alternatives: 2 },
  { partials: false },
  { decoder: 'lexicon' },
  { task: { type: 'commands', grammars: [{ name: 'broken', text: 'turn (on' }] } },
  { endpoint: { enabled: false } },
];

/** One of the things that clients do. Resolves when it is answered. */
async function act(stream: RecognizerStream, random: () => number): Promise<void> {
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
  const kind = random();
  if (kind < 0.7) stream.acceptPcm(babble(random() * pick([0.01, 0.1, 0.5]), random() * 1e6));
  else if (kind < 0.8) stream.flush();
  else await stream.configure(pick(SETTINGS)).catch(() => {});
}

for (const folder of [TINY_MODEL, TINY_LOOK_AHEAD]) {
  const model = basename(folder);
  test(`${model}: whatever streams were given, it is computed, and then nothing is late`, async () => {
    const engine = engines.get(folder)!;
    const random = seededRandom(1);
    const streams = Array.from({ length: STREAMS }, () => engine.createStream());
    const ends = streams.map(collectEvents);
    for (let round = 0; round < ROUNDS; round++) {
      const acts = streams.flatMap((stream) =>
        Array.from({ length: 4 * random() }, () => act(stream, random)),
      );
      await Promise.all(acts);
      await Promise.all(streams.map((stream) => stream.settled()));
      const { oldestQueuedMs } = engine.stats();
      assert.equal(oldestQueuedMs, 0, `round ${round}`);
    }
    for (const stream of streams) stream.finish();
    await Promise.all(ends);
  });
}
