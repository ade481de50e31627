import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connect, type SpeechStream, type StreamEvent } from '../../agent/client/node.ts';
import { Outage } from '../../agent/client/outage.ts';
import { AgentError, type ErrorCode } from '../../agent/errors.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { FakeEngine, type FakeStream } from '../support/fake-engine.ts';
import { startTestServer } from '../support/test-server.ts';

const CHUNK = new Int16Array(1600);
/** More than any session of these tests takes when the client does what it should. */
const MANY = 40;

/** Takes every stream and has none live: each fails when it is opened, or with its first audio. */
class FailingEngine extends FakeEngine {
  readonly #when: 'at once' | 'with audio';

  constructor(when: 'at once' | 'with audio') {
    super();
    this.#when = when;
  }

  override createStream(): FakeStream {
    const stream = super.createStream();
    const fail = () => stream.fail(new AgentError('ENGINE_FAILED', 'The worker stopped.'));
    if (this.#when === 'at once') fail();
    else
      stream.acceptPcm = () => {
        fail();
        return true;
      };
    return stream;
  }
}

async function collect(stream: SpeechStream, onEvent: (event: StreamEvent) => void): Promise<void> {
  for await (const event of stream) onEvent(event);
}

for (const when of ['at once', 'with audio'] as const) {
  test(`a server that greets and whose engine fails ${when}, each time, is given up`, async (t) => {
    const engine = new FailingEngine(when);
    const { url } = await startTestServer(t, { engine });
    const stream = await connect({
      url: `${url}/v1/stream`,
      giveUpAfterMs: 200,
      backOff: { minMs: 20, random: () => 0.5 },
    });
    for (let i = 0; i < 10; i++) void stream.send(CHUNK);
    const pauses: number[] = [];
    const end = collect(stream, (event) => {
      if (event.type === 'disconnected') pauses.push(event.retryInMs);
      if (pauses.length === MANY) stream.close();
    });
    await assert.rejects(end, { code: 'ENGINE_FAILED' satisfies ErrorCode });
    assert.deepEqual(
      pauses,
      pauses.map((_, index) => 15 * 2 ** index),
    );
  });
}

test('attempts count together over greetings, and begin anew when the server has done its work', (t) => {
  const now = mockNow(t);
  const outage = new Outage({ minMs: 100, random: () => 0 });
  assert.equal(outage.lostMs, 0);
  assert.equal(outage.nextPauseMs(), 50);
  now.ms += 70;
  outage.greeted();
  now.ms += 9_000;
  outage.lost();
  assert.equal(outage.lostMs, 70);
  assert.equal(outage.nextPauseMs(), 100);
  now.ms += 130;
  assert.equal(outage.lostMs, 200);
  outage.greeted();
  outage.end();
  assert.equal(outage.lostMs, 0);
  assert.equal(outage.nextPauseMs(), 50);
});

test('a connection that held ends an outage, though nobody spoke and nothing was acknowledged', (t) => {
  const now = mockNow(t);
  const outage = new Outage({ minMs: 100, random: () => 0 });
  for (let cut = 0; cut < 3; cut++) {
    outage.lost();
    assert.equal(outage.lostMs, 0);
    assert.equal(outage.nextPauseMs(), 50);
    now.ms += 6000;
    outage.greeted();
    now.ms += 10_000;
  }
});

function mockNow(t: TestContext): { ms: number } {
  const now = { ms: 5000 };
  t.mock.method(performance, 'now', () => now.ms);
  return now;
}

for (const [what, partials, chunks] of [
  ['audio that arrived', false, 1],
  ['a word of the transcript', true, 5], // and sooner than the audio is acknowledged
] as const) {
  test(`${what} shows that the server works: the next loss is a new one`, async (t) => {
    const { httpUrl } = await startTestServer(t);
    const proxy = await CuttingProxy.start(t, Number(new URL(httpUrl).port));
    const stream = await connect({
      url: `ws://127.0.0.1:${proxy.port}/v1/stream`,
      backOff: { minMs: 2, random: () => 0 },
      bufferSeconds: partials ? 30 : 0.05, // so that `send` waits until the audio has arrived
      options: { partials },
    });
    const pauses: number[] = [];
    let heard: () => void = () => {};
    const end = collect(stream, (event) => {
      if (event.type === 'disconnected') pauses.push(event.retryInMs);
      if (event.type === 'partial') heard();
    });
    for (let cut = 0; cut < 5; cut++) {
      const hears = new Promise<void>((resolve) => {
        heard = resolve;
      });
      for (let i = 0; i < chunks; i++) await stream.send(CHUNK);
      if (partials) await hears;
      proxy.cut();
    }
    stream.stop();
    await end;
    assert.deepEqual(pauses, [1, 1, 1, 1, 1]);
  });
}
