import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { babble } from '../support/test-audio.ts';
import { TestClient } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const engine = await Recognizer.load(TINY_MODEL, configSchema.parse({ engine: { workers: 1 } }));
after(() => engine.close());

const commands = (text: string) => ({ task: { type: 'commands', grammars: [{ name: 'hostile', text }] } });
const words = Array.from({ length: 10_000 }, (_, index) =>
  [...String(index)].map((digit) => 'bcdfghklmn'[Number(digit)]! + 'aeiouaeiou'[Number(digit)]!).join(''),
);
const HOSTILE = [
  `set light ${'(a|b)'.repeat(20)}`,
  `set ${Array.from({ length: 19 }, () => `(${'a'.repeat(500)}|${'b'.repeat(500)})`).join('')}`,
  `set ${Array.from({ length: 19 }, () => `(${'a'.repeat(20_000)}|${'b'.repeat(20_000)})`).join('')}`,
  `set ${'(a|b)'.repeat(14)} ${'(c|d)'.repeat(14)}`,
];
/** Less than twenty wishes are refused in the time of the test, so that nobody is sent away. */
const ROUNDS = 4;

test('a client whose grammars stand for very much costs a bystander nothing and the engine no worker', async (t) => {
  const { url } = await startTestServer(t, { engine });
  const bystander = await TestClient.connect(`${url}/v1/stream`);
  const hostile = await TestClient.connect(`${url}/v1/stream`);
  hostile.send({ type: 'start' });
  let hostileIsDone = false;
  const attack = async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const text of HOSTILE) {
        hostile.send({ type: 'configure', options: commands(text) });
        assert.equal((await hostile.next('error')).code, 'GRAMMAR_TOO_LARGE');
      }
      // a large one that is allowed, and never the same
      hostile.send({
        type: 'configure',
        id: round,
        options: commands(words.map((word) => `open ${word} ${round}`).join('\n')),
      });
      assert.equal((await hostile.next('configured')).id, round);
    }
    hostileIsDone = true;
  };
  const listen = async () => {
    const samples = babble(1, 7);
    let finals = 0;
    let slowestMs = 0;
    while (!hostileIsDone) {
      const startedMs = performance.now();
      bystander.sendAudio(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      bystander.send({ type: 'flush' });
      assert.equal((await bystander.next('final')).reason, 'flush');
      finals += 1;
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    }
    return { finals, slowestMs };
  };
  const [{ finals, slowestMs }] = await Promise.all([listen(), attack()]);
  t.diagnostic(`${finals} finals, the slowest after ${Math.round(slowestMs)} ms`);
  assert.ok(finals > ROUNDS, `${finals} finals`);
  assert.ok(slowestMs < 10_000, `${slowestMs} ms`);
  assert.equal(engine.stats().workerRestarts, 0);
  assert.equal(engine.stats().grammarsWaiting, 0);
});
