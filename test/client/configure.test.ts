import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WebSocket } from 'ws';
import {
  connect,
  type SpeechStream,
  type StreamEvent,
  type StreamOptions,
  type StreamRequest,
} from '../../agent/client/node.ts';
import { AgentError, type ErrorCode } from '../../agent/errors.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { startTestServer, type TestServerOptions, until } from '../support/test-server.ts';
import { READY, say, scriptedServer } from './scripted-server.ts';

/** A tenth of a second. */
const CHUNK = new Int16Array(1600);

async function setUp(t: Parameters<typeof CuttingProxy.start>[0], options: TestServerOptions = {}) {
  const engine = new FakeEngine();
  const server = await startTestServer(t, { engine, ...options });
  const proxy = await CuttingProxy.start(t, Number(new URL(server.httpUrl).port));
  const request: StreamRequest = {
    url: `ws://127.0.0.1:${proxy.port}/v1/stream`,
    backOff: { minMs: 1, maxMs: 4 },
  };
  return { engine, server, proxy, request };
}

const hotword = (text: string): StreamOptions => ({ hotwords: [{ text }] });

/** What the last stream was told, and how many samples it had got by then; at one place it comes to one change. */
function told({ streams }: FakeEngine): readonly (readonly [object, number])[] {
  const stream = streams.at(-1)!;
  const changes = new Map<number, object>();
  for (const [index, options] of stream.configured.entries()) {
    const at = stream.configuredAt[index]!;
    changes.set(at, { ...changes.get(at), ...options });
  }
  return [...changes].map(([at, options]) => [options, at]);
}

async function speak(stream: SpeechStream, chunks: number): Promise<void> {
  for (let i = 0; i < chunks; i++) await stream.send(CHUNK);
}

async function collect(stream: SpeechStream): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

async function metric(server: { metrics(): Promise<string> }, pattern: RegExp): Promise<void> {
  await until(async () => pattern.test(await server.metrics()));
}

test('settings hold from their place in the audio on, and who asked for them is answered', async (t) => {
  const { engine, request } = await setUp(t);
  const stream = await connect(request);
  await speak(stream, 3);
  const answered = stream.configure(hotword('Ada'));
  await speak(stream, 2);
  await answered;
  assert.deepEqual(told(engine), [[hotword('Ada'), 4800]]);
  stream.stop();
  assert.ok((await collect(stream)).every(({ type }) => type !== 'error'));
});

test('who asked is told what is wrong, and the stream goes on', async (t) => {
  const { engine, request } = await setUp(t);
  const stream = await connect(request);
  const events = collect(stream);
  await stream.configure(hotword('Ada'));
  await assert.rejects(stream.configure({ beamWidth: 0 }), { code: 'MESSAGE_INVALID' satisfies ErrorCode });
  engine.streams[0]!.refusal = new AgentError('HOTWORD_INVALID', 'refused');
  await assert.rejects(stream.configure(hotword('…')), { code: 'HOTWORD_INVALID', message: 'refused' });
  await speak(stream, 5);
  stream.stop();
  assert.deepEqual(
    (await events).map(({ type }) => type),
    ['connected', 'speech-start', 'partial', 'final', 'speech-end'],
  );
});

test('settings are neither lost nor doubled nor moved when the connection is cut at random', async (t) => {
  const { engine, proxy, request } = await setUp(t);
  const plan = fc.record({
    changes: fc.uniqueArray(fc.nat(29), { minLength: 1, maxLength: 5 }),
    cuts: fc.array(fc.record({ chunk: fc.nat(29), bytes: fc.nat(6000), halfOpen: fc.boolean() }), {
      maxLength: 6,
    }),
  });
  const property = fc.asyncProperty(plan, async ({ changes, cuts }) => {
    const stream = await connect(request);
    const events = collect(stream);
    const answers: Promise<void>[] = [];
    const expected: [StreamOptions, number][] = [];
    for (let chunk = 0; chunk < 30; chunk++) {
      for (const cut of cuts) {
        if (cut.chunk === chunk) proxy.cutAfter(cut.bytes, cut.halfOpen ? 'half-open' : 'both');
      }
      if (changes.includes(chunk)) {
        answers.push(stream.configure(hotword(`word ${chunk}`)));
        expected.push([hotword(`word ${chunk}`), chunk * CHUNK.length]);
      }
      await stream.send(CHUNK);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(answers);
    assert.deepEqual(told(engine), expected);
    stream.stop();
    await events;
    proxy.disarm();
  });
  await fc.assert(property, { numRuns: 40, seed: 20261126, endOnFailure: true });
  assert.ok(proxy.cuts >= 40, `${proxy.cuts} cuts`);
});

test('a new session begins with what was in force where it begins, and the rest comes at its place', async (t) => {
  const clock = new FakeClock();
  const { engine, server, proxy, request } = await setUp(t, { clock, config: { resumeMs: 500 } });
  const start: StreamOptions = { alternatives: 2, hotwords: [{ text: 'first' }] };
  const stream = await connect({ ...request, options: start, backOff: { minMs: 50, maxMs: 50 } });
  const events = collect(stream);
  await speak(stream, 2);
  await stream.configure({ readable: true, ...hotword('Ada') });
  await speak(stream, 3);
  await stream.configure(hotword('Grace'));
  await speak(stream, 5);
  stream.flush();
  await metric(server, /^earshot_final_latency_seconds_count\{origin="client"\} 1$/m);
  await speak(stream, 2);
  engine.streams[0]!.refusal = new AgentError('HOTWORD_INVALID', 'refused');
  await assert.rejects(stream.configure(hotword('…')));
  engine.streams[0]!.refusal = null;
  await stream.configure(hotword('Hedy'));
  await speak(stream, 2);
  proxy.cut();
  await metric(server, /^earshot_sessions_detached 1$/m);
  const unanswered = stream.configure({ partials: false });
  clock.advance(500);
  await speak(stream, 1);
  await unanswered;
  const [, second] = engine.streams;
  assert.equal(second?.options.alternatives, 2);
  assert.deepEqual(told(engine), [
    [{ readable: true, ...hotword('Grace') }, 0],
    [hotword('Hedy'), 3200],
    [{ partials: false }, 6400],
  ]);
  stream.stop();
  assert.equal((await events).filter(({ type }) => type === 'connected').length, 2);
});

test('what a new session refuses is told, though it was taken before', async (t) => {
  const first = await startTestServer(t);
  const port = Number(new URL(first.httpUrl).port);
  const stream = await connect({ url: `${first.url}/v1/stream`, backOff: { minMs: 300 } });
  const events = collect(stream);
  await stream.configure(hotword('Ada'));
  await speak(stream, 2);
  await first.server.stop();
  const engine = new FakeEngine();
  engine.refusal = new AgentError('HOTWORD_INVALID', 'this model can not say it');
  await startTestServer(t, { port, engine });
  stream.stop();
  const errors = (await events).flatMap((event) => (event.type === 'error' ? [event.code] : []));
  assert.deepEqual(errors, ['HOTWORD_INVALID']);
});

test('settings in force that a new session does not know at all are no wrong start: they are told, and it goes on', async (t) => {
  const { url } = await scriptedServer(t, (socket, connection) => {
    say(socket, READY);
    const answer = { 1: answerAndLeave, 2: refuseAndEnd }[connection];
    socket.on('message', (data, isBinary) => {
      if (!isBinary) answer?.(socket, JSON.parse(String(data)));
    });
  });
  const stream = await connect({ url, backOff: { minMs: 1 } });
  const events = collect(stream);
  await stream.configure({ alternatives: 2 });
  await stream.send(CHUNK);
  stream.flush();
  const told = (await events).flatMap((event) => (event.type === 'error' ? [event.code] : [event.type]));
  assert.deepEqual(told, ['connected', 'final', 'disconnected', 'connected', 'MESSAGE_INVALID']);
});

/** Takes the settings, covers them with a final, and ends. */
function answerAndLeave(socket: WebSocket, { type, id }: { type: string; id?: number }): void {
  if (type === 'configure') say(socket, { type: 'configured', id });
  if (type !== 'flush') return;
  const final = { type: 'final', segment: 0, text: '', words: [], confidence: 0, start: 0, end: 0.1 };
  const error = { type: 'error', code: 'SHUTTING_DOWN', message: 'Bye.' };
  say(socket, { ...final, reason: 'flush' }, error);
  socket.close(1001, error.code);
}

function refuseAndEnd(socket: WebSocket, { type, id }: { type: string; id?: number }): void {
  if (type !== 'configure') return;
  say(socket, { type: 'error', code: 'MESSAGE_INVALID', message: 'alternatives', id }, { type: 'done' });
  socket.close(1000);
}

test('a stream that ends before the answer says so to who waits for it', async (t) => {
  const { request } = await setUp(t, { engine: new Promise<FakeEngine>(() => {}) });
  const stream = await connect(request);
  const answered = assert.rejects(stream.configure(hotword('Ada')), { code: 'STREAM_CLOSED' });
  stream.close();
  await answered;
  await assert.rejects(stream.configure(hotword('Ada')), { code: 'STREAM_CLOSED' });
});

test('wishes of the start that are refused are told, and do not pass for the reason of a later end', async (t) => {
  const { url } = await scriptedServer(t, (socket, connection) => {
    say(socket, READY, { type: 'error', code: 'GRAMMAR_INVALID', message: 'line 1' });
    if (connection === 1) socket.close(1011);
    else {
      say(socket, { type: 'done' });
      socket.close(1000);
    }
  });
  const stream = await connect({ url, backOff: { minMs: 1 } });
  const told = (await collect(stream)).map((event) => ('error' in event ? event.error.code : event.type));
  assert.deepEqual(told, ['connected', 'error', 'SERVER_UNREACHABLE', 'connected', 'error']);
});
