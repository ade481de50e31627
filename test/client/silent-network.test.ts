import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connect, type StreamEvent, type StreamRequest } from '../../agent/client/node.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { countedSamples, RecordingEngine } from '../support/recording-engine.ts';
import { startTestServer } from '../support/test-server.ts';

const LOST_AFTER_MS = 1000;
const SECOND = 16000;

/** A stream through a network that will go silent, and what its reader sees. */
async function setUp(t: TestContext, wishes: Partial<StreamRequest> = {}) {
  const engine = new RecordingEngine();
  const { httpUrl } = await startTestServer(t, { engine });
  const proxy = await CuttingProxy.start(t, Number(new URL(httpUrl).port));
  const url = `ws://127.0.0.1:${proxy.port}/v1/stream`;
  const stream = await connect({ url, lostAfterMs: LOST_AFTER_MS, backOff: { minMs: 1 }, ...wishes });
  const end = (async () => {
    const events: StreamEvent[] = [];
    for await (const event of stream) events.push(event);
    return events;
  })();
  return { engine, proxy, stream, end };
}

const errors = (events: readonly StreamEvent[]) =>
  events.flatMap((event) => (event.type === 'disconnected' ? [event.error] : []));

test('a network that goes silent is noticed, and the session goes on with all that was said', async (t) => {
  const { engine, proxy, stream, end } = await setUp(t, { bufferSeconds: 1000 });
  await stream.send(countedSamples(0, SECOND));
  proxy.cut('silent');
  // more than the network takes: some waits in the socket, the rest in the stream
  for (let second = 1; second < 600; second++) {
    assert.ok(await stream.send(countedSamples(second * SECOND, SECOND)));
  }
  stream.stop();
  const events = await end;
  assert.equal(errors(events)[0]?.code, 'SERVER_UNREACHABLE');
  assert.match(String(errors(events)[0]?.message), /nothing came for 1000 ms/);
  assert.deepEqual(events.filter(({ type }) => type === 'connected').length, 1);
  assert.ok(events.some(({ type }) => type === 'resumed'));
  assert.equal(engine.streams.length, 1);
  assert.ok(
    Buffer.from(countedSamples(0, 600 * SECOND).buffer).equals(Buffer.from(engine.last.samples.buffer)),
  );
});

test('while the network is silent the buffer fills, who sends too much is told, and the rest arrives', async (t) => {
  const { engine, proxy, stream, end } = await setUp(t, { bufferSeconds: 1 });
  proxy.cut('silent');
  const sent = Array.from({ length: 40 }, (_, index) => stream.send(countedSamples(index * 1600, 1600)));
  const taken = await Promise.all(sent);
  assert.deepEqual(taken.map(Number).join(''), '1'.repeat(21) + '0'.repeat(19));
  stream.stop();
  await end;
  assert.deepEqual(engine.last.samples, countedSamples(0, 21 * 1600));
});
