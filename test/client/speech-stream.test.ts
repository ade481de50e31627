import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { WebSocket } from 'ws';
import { connect, type SpeechStream, type StreamEvent, type StreamRequest } from '../../agent/client/node.ts';
import type { ErrorCode } from '../../agent/errors.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { startTestServer, type TestServerOptions } from '../support/test-server.ts';
import { READY, say, scriptedServer } from './scripted-server.ts';

/** A tenth of a second. */
const CHUNK = new Int16Array(1600);
const RESUMABLE = { ...READY, resume: { token: 'earshot.s1.x', waitMs: 15_000 } };

async function setUp(t: TestContext, options: TestServerOptions = {}, wishes: Partial<StreamRequest> = {}) {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine, ...options });
  const stream = await connect({ url: `${url}/v1/stream`, backOff: { minMs: 1, maxMs: 4 }, ...wishes });
  return { engine, stream };
}

async function collect(stream: SpeechStream, events: StreamEvent[] = []): Promise<StreamEvent[]> {
  for await (const event of stream) events.push(event);
  return events;
}

const finals = (events: readonly StreamEvent[]) =>
  events.flatMap((event) => (event.type === 'final' ? [event.text] : []));

for (const [what, wishes] of [
  ['format', { sampleRate: 1 }],
  ['option', { options: { punctuate: true } as object }],
] as const) {
  test(`a start with a wrong ${what} is the end: none of the audio would be heard`, async (t) => {
    const { stream } = await setUp(t, {}, wishes);
    await assert.rejects(collect(stream), { code: 'MESSAGE_INVALID' satisfies ErrorCode });
    assert.equal(await stream.send(CHUNK), false);
  });
}

test('a wish with which the server ends the connection ends the stream', async (t) => {
  const { url, requests } = await scriptedServer(t, (socket) => {
    say(socket, RESUMABLE, { type: 'error', code: 'SEARCH_UNAVAILABLE', message: 'no lexicon' });
    socket.close(1011, 'SEARCH_UNAVAILABLE');
  });
  const stream = await connect({ url, options: { decoder: 'lexicon' }, backOff: { minMs: 1 } });
  await assert.rejects(collect(stream), { code: 'SEARCH_UNAVAILABLE' satisfies ErrorCode });
  assert.equal(requests.length, 1);
});

test('a session that is gone is not waited for: another begins at once', async (t) => {
  const { url } = await scriptedServer(t, (socket, connection) => {
    if (connection === 2) {
      say(socket, { type: 'error', code: 'RESUME_EXPIRED', message: 'gone' });
      socket.close(4005, 'RESUME_EXPIRED');
      return;
    }
    say(socket, RESUMABLE);
    if (connection === 1) setImmediate(() => socket.terminate());
    else {
      say(socket, { type: 'done' });
      socket.close(1000);
    }
  });
  const stream = await connect({ url, backOff: { minMs: 2, random: () => 0 } });
  const pauses = (await collect(stream)).flatMap((event) =>
    event.type === 'disconnected' ? [`${event.error.code} ${event.retryInMs}`] : [],
  );
  assert.deepEqual(pauses, ['SERVER_UNREACHABLE 1', 'RESUME_EXPIRED 0']);
});

test('a proxy that has no server for a while is waited for, one that wants another token is not', async (t) => {
  const cutFirst = (socket: WebSocket, connection: number) => {
    say(
      socket,
      connection === 1 ? RESUMABLE : { type: 'resumed', session: 's1', messages: 0, audioBytes: 0 },
    );
    if (connection === 1) setImmediate(() => socket.terminate());
    else {
      say(socket, { type: 'done' });
      socket.close(1000);
    }
  };
  const backOff = { minMs: 1 };
  const restarting = await scriptedServer(t, cutFirst, { 2: 404, 3: 503 });
  const codes = (await collect(await connect({ url: restarting.url, backOff }))).map((event) =>
    event.type === 'disconnected' ? event.error.code : event.type,
  );
  assert.deepEqual(codes, ['connected', 'SERVER_UNREACHABLE', 'NOT_FOUND', 'SERVER_UNREACHABLE', 'resumed']);
  const locked = await scriptedServer(t, cutFirst, { 2: 401 });
  const stream = await connect({ url: locked.url, backOff });
  await assert.rejects(collect(stream), { code: 'UNAUTHORIZED' satisfies ErrorCode });
  const absent = await scriptedServer(t, cutFirst, { 1: 404 });
  await assert.rejects(connect({ url: absent.url, backOff }), { code: 'NOT_FOUND' satisfies ErrorCode });
});

test('who said nothing for long gets a new session with the next audio, and not before', async (t) => {
  const clock = new FakeClock();
  const { engine, stream } = await setUp(t, { clock, config: { idleTimeoutMs: 1000 } });
  const events: StreamEvent[] = [];
  let disconnected: () => void = () => {};
  const isDisconnected = new Promise<void>((resolve) => {
    disconnected = resolve;
  });
  const end = (async () => {
    for await (const event of stream) {
      events.push(event);
      if (event.type === 'partial') clock.advance(1000);
      if (event.type === 'disconnected') disconnected();
    }
  })();
  for (let i = 0; i < 5; i++) await stream.send(CHUNK);
  await isDisconnected;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(events.filter(({ type }) => type === 'connected').length, 1);
  for (let i = 0; i < 5; i++) await stream.send(CHUNK);
  stream.stop();
  await end;
  const [cut] = events.flatMap((event) => (event.type === 'disconnected' ? [event] : []));
  assert.equal(`${cut?.error.code} ${cut?.retryInMs}`, 'IDLE_TIMEOUT 0');
  assert.deepEqual(finals(events), ['word0', 'word0']);
  assert.equal(engine.streams.length, 2);
});

test('everything can be sent before anything is read', async (t) => {
  const { url } = await scriptedServer(t, (socket) => {
    let received = 0;
    say(socket, RESUMABLE);
    socket.on('message', (data, isBinary) => {
      received++;
      if (isBinary) {
        for (let i = 0; i < 20; i++) say(socket, { type: 'speech-start', time: received });
        say(socket, { type: 'ack', messages: received, audioBytes: 0 });
      } else if (String(data).includes('stop')) {
        say(socket, { type: 'done' });
        socket.close(1000);
      }
    });
  });
  const stream = await connect({ url, bufferSeconds: 0.05 }); // each chunk waits until the one before has arrived
  await stream.sendAll(Array.from({ length: 100 }, () => CHUNK));
  const events = await collect(stream);
  assert.equal(events.filter(({ type }) => type === 'speech-start').length, 2000);
});

test('what a source throws the iteration throws too, behind the final of what came before', async (t) => {
  const { stream } = await setUp(t);
  async function* source() {
    for (let i = 0; i < 10; i++) yield CHUNK;
    throw new RangeError('The cable is out.');
  }
  void stream.sendAll(source());
  const events: StreamEvent[] = [];
  await assert.rejects(collect(stream, events), { name: 'RangeError', message: 'The cable is out.' });
  assert.deepEqual(finals(events), ['word0 word1']);
});

test('who waits for a source is told what it threw', async (t) => {
  const { stream } = await setUp(t);
  // biome-ignore lint/correctness/useYield: it fails before it has anything
  async function* source(): AsyncGenerator<Int16Array> {
    throw new RangeError('No microphone.');
  }
  await assert.rejects(stream.sendAll(source()), RangeError);
  await assert.rejects(collect(stream), RangeError);
});

test('a source that waits is released when the stream ends', async (t) => {
  const { stream } = await setUp(t);
  let release: () => void = () => {};
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  const source: AsyncIterable<Int16Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => {
        release();
        return { done: true, value: undefined };
      },
    }),
  };
  const sent = stream.sendAll(source);
  stream.close();
  await sent;
  await isReleased;
});

test('after stop and close nothing is taken any more, and send says so', async (t) => {
  const stopped = (await setUp(t)).stream;
  assert.equal(await stopped.send(CHUNK), true);
  stopped.stop();
  stopped.stop();
  assert.equal(await stopped.send(CHUNK), false);
  await assert.rejects(stopped.configure({}), { code: 'STREAM_CLOSED' satisfies ErrorCode });
  await collect(stopped);
  const { stream } = await setUp(t);
  stream.close();
  assert.equal(await stream.send(CHUNK), false);
});

test('samples of another encoding are refused, not sent as noise', async (t) => {
  const { stream } = await setUp(t);
  const { stream: floats } = await setUp(t, {}, { encoding: 'f32le' });
  for (const [target, samples, message] of [
    [stream, new Float32Array(4), /Int16Array \(encoding s16le\), got Float32Array/],
    [stream, [1, 2], /got Array/],
    [stream, 'samples', /got String/],
    [stream, undefined, /got Undefined/],
    [floats, new Int16Array(4), /Float32Array \(encoding f32le\), got Int16Array/],
  ] as const) {
    await assert.rejects(target.send(samples as Int16Array), {
      code: 'USAGE' satisfies ErrorCode,
      message,
    });
  }
  stream.close();
  floats.close();
});
