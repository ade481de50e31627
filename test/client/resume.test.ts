import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { connect, type SpeechStream, type StreamEvent, type StreamRequest } from '../../agent/client/node.ts';
import type { ErrorCode } from '../../agent/errors.ts';
import { type Cut, CuttingProxy } from '../support/cutting-proxy.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { countedSamples, RecordingEngine } from '../support/recording-engine.ts';
import { TestClient } from '../support/test-client.ts';
import { startTestServer, type TestServerOptions, until } from '../support/test-server.ts';

const CHUNK = new Int16Array(1600);
/** Chunks of a tenth of a second in each utterance; a flush ends each. */
const UTTERANCES = [7, 12, 3, 25, 10, 5];
const CUTS = 200;
/** So short that a silent network is seen soon; what is taken for one by mistake is mended as well. */
const LOST_AFTER_MS = 100;

type Transcript = readonly StreamEvent[];

async function setUp(t: Parameters<typeof CuttingProxy.start>[0], options: TestServerOptions = {}) {
  const server = await startTestServer(t, options);
  const proxy = await CuttingProxy.start(t, Number(new URL(server.httpUrl).port));
  const request: StreamRequest = {
    url: `ws://127.0.0.1:${proxy.port}/v1/stream`,
    backOff: { minMs: 1, maxMs: 4 },
  };
  return { server, proxy, request };
}

async function collect(
  stream: SpeechStream,
  onEvent: (event: StreamEvent) => void = () => {},
): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

const isConnection = ({ type }: StreamEvent) => ['connected', 'resumed', 'disconnected'].includes(type);
const spoken = (events: Transcript) => events.filter((event) => !isConnection(event));
const kinds = (events: Transcript) => events.filter(isConnection).map(({ type }) => type);
const finals = (events: Transcript) =>
  events.flatMap((event) => (event.type === 'final' ? [event.text] : []));

/** Says everything, giving way to the network after every chunk. Each sample is another one. */
async function speak(stream: SpeechStream, beforeChunk: (chunk: number) => void = () => {}): Promise<void> {
  let chunk = 0;
  for (const chunks of UTTERANCES) {
    for (let i = 0; i < chunks; i++) {
      beforeChunk(chunk);
      await stream.send(countedSamples(chunk++ * CHUNK.length, CHUNK.length));
      await new Promise((resolve) => setImmediate(resolve));
    }
    stream.flush();
  }
  stream.stop();
}

/** Everything that `speak` says came once, in order, with the flushes at their places. */
function assertHeard({ last }: RecordingEngine): void {
  const ends: number[] = [];
  for (const chunks of UTTERANCES) ends.push((ends.at(-1) ?? 0) + chunks * CHUNK.length);
  assert.deepEqual(last.flushedAt, ends);
  const expected = countedSamples(0, ends.at(-1) ?? 0);
  const { samples } = last;
  assert.equal(samples.length, expected.length);
  const wrong = samples.findIndex((sample, index) => sample !== expected[index]);
  assert.equal(wrong, -1, `sample ${wrong} is ${samples[wrong]}`);
}

for (const { name, kinds: cutKinds, runs, least } of [
  { name: 'cut at random', kinds: ['both', 'half-open'], runs: 100, least: CUTS },
  { name: 'cut, and made silent,', kinds: ['both', 'half-open', 'silent'], runs: 15, least: CUTS / 10 },
] as const) {
  test(`no event and no sample is lost, doubled or moved when the connection is ${name} ${least} times`, async (t) => {
    const engine = new RecordingEngine();
    const { proxy, request } = await setUp(t, { engine });
    const quiet = await connect(request);
    const [expected] = await Promise.all([collect(quiet), speak(quiet)]);
    const cut = fc.record({
      chunk: fc.nat(61),
      bytes: fc.nat(9000),
      kind: fc.constantFrom<Cut>(...cutKinds),
    });
    const plan = fc.record({ cuts: fc.array(cut, { minLength: 8, maxLength: 8 }) });
    const property = fc.asyncProperty(plan, async ({ cuts }) => {
      const sessions = engine.streams.length;
      const stream = await connect({ ...request, lostAfterMs: LOST_AFTER_MS });
      const events = collect(stream);
      await speak(stream, (chunk) => {
        for (const { bytes, kind } of cuts.filter((cut) => cut.chunk === chunk)) proxy.cutAfter(bytes, kind);
      });
      assert.deepEqual(spoken(await events), spoken(expected));
      assert.equal(engine.streams.length, sessions + 1);
      assertHeard(engine);
      proxy.disarm();
    });
    await fc.assert(property, { numRuns: runs, seed: 20261125, endOnFailure: true });
    assert.ok(proxy.cuts >= least, `${proxy.cuts} cuts`);
  });
}

test('a session that waited too long is refused, and a new one is given what no final covers', async (t) => {
  const clock = new FakeClock();
  const { server, proxy, request } = await setUp(t, { clock, config: { resumeMs: 500 } });
  const stream = await connect({ ...request, backOff: { minMs: 50, maxMs: 50 } });
  const events = collect(stream);
  for (let i = 0; i < 10; i++) await stream.send(CHUNK);
  stream.flush();
  for (let i = 0; i < 5; i++) await stream.send(CHUNK);
  await metric(server, /^earshot_final_latency_seconds_count\{origin="client"\} 1$/m);
  await metric(server, /^earshot_partial_latency_seconds_count\{origin="client"\} 3$/m);
  proxy.cut();
  await metric(server, /^earshot_sessions_detached 1$/m);
  clock.advance(500);
  for (let i = 0; i < 5; i++) await stream.send(CHUNK);
  stream.stop();
  const all = await events;
  assert.deepEqual(finals(all), ['word0 word1', 'word0 word1']);
  assert.deepEqual(kinds(all).slice(0, 2), ['connected', 'disconnected']);
  assert.equal(kinds(all).at(-1), 'connected');
  const [first, second] = all.filter((event) => event.type === 'final');
  assert.deepEqual([first?.segment, second?.segment], [0, 1]);
  assert.deepEqual([second?.start, second?.end], [1, 2]);
  assert.match(await server.metrics(), /^earshot_sessions_expired_total 1$/m);
});

test('without the wish to begin anew, a session that is gone ends the stream with its code', async (t) => {
  const clock = new FakeClock();
  const { server, proxy, request } = await setUp(t, { clock, config: { resumeMs: 500 } });
  const stream = await connect({ ...request, restart: false, backOff: { minMs: 50, maxMs: 50 } });
  await stream.send(CHUNK);
  proxy.cut();
  await metric(server, /^earshot_sessions_detached 1$/m);
  clock.advance(500);
  await assert.rejects(collect(stream), { code: 'RESUME_EXPIRED' satisfies ErrorCode });
});

test('a stopped server sends its last final, and the stream goes on at the next one', async (t) => {
  const first = await startTestServer(t);
  const port = Number(new URL(first.httpUrl).port);
  const stream = await connect({ url: `${first.url}/v1/stream`, backOff: { minMs: 1, maxMs: 4 } });
  const events = collect(stream);
  for (let i = 0; i < 10; i++) await stream.send(CHUNK);
  await metric(first, /^earshot_partial_latency_seconds_count\{origin="client"\} 2$/m);
  await first.server.stop();
  await startTestServer(t, { port });
  for (let i = 0; i < 5; i++) await stream.send(CHUNK);
  stream.stop();
  assert.deepEqual(finals(await events), ['word0 word1', 'word0']);
});

test('what is said while the stream waits for the next server is given to it', async (t) => {
  const first = await startTestServer(t);
  const port = Number(new URL(first.httpUrl).port);
  const stream = await connect({ url: `${first.url}/v1/stream`, backOff: { minMs: 300 } });
  let isSaid = false;
  const all = collect(stream, ({ type }) => {
    if (type !== 'disconnected' || isSaid) return;
    isSaid = true;
    for (let i = 0; i < 5; i++) void stream.send(CHUNK); // in the pause before the attempt that succeeds
    stream.stop();
  });
  await first.server.stop();
  await startTestServer(t, { port });
  assert.deepEqual(finals(await all), ['word0']);
});

test('a server that is full takes no more, but gives its clients their sessions back', async (t) => {
  const { server, proxy, request } = await setUp(t, { config: { maxClients: 1 } });
  const stream = await connect(request);
  const events = collect(stream);
  await stream.send(CHUNK);
  proxy.cut();
  await metric(server, /^earshot_sessions_resumed_total 1$/m);
  await assert.rejects(connect({ ...request, url: `${server.url}/v1/stream` }), { code: 'TOO_MANY_CLIENTS' });
  stream.stop();
  assert.deepEqual(kinds(await events), ['connected', 'disconnected', 'resumed']);
});

test('of the sessions that wait no more than maxDetached are kept, the newest', async (t) => {
  const { server } = await setUp(t, { config: { maxDetached: 2 } });
  const clients = [];
  for (let i = 0; i < 3; i++) clients.push(await TestClient.connect(`${server.url}/v1/stream?resume=new`));
  const tokens = [];
  for (const client of clients) tokens.push((await client.next('ready')).resume?.token);
  for (const [index, client] of clients.entries()) {
    client.socket.terminate();
    if (index < 2) await metric(server, new RegExp(`^earshot_sessions_detached ${index + 1}$`, 'm'));
  }
  await metric(server, /^earshot_sessions_expired_total 1$/m);
  assert.equal(await claimed(server.url, tokens[0]), 'RESUME_EXPIRED');
  assert.equal(await claimed(server.url, tokens[1]), 'resumed');
  assert.equal(await claimed(server.url, tokens[2]), 'resumed');
});

test('a token is refused with another access token, with one wrong character, and without a session', async (t) => {
  const { server } = await setUp(t);
  const owner = await TestClient.connect(`${server.url}/v1/stream?resume=new&token=mine`);
  const token = String((await owner.next('ready')).resume?.token);
  const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  assert.equal(await claimed(server.url, token, '&token=yours'), 'RESUME_EXPIRED');
  assert.equal(await claimed(server.url, wrong, '&token=mine'), 'RESUME_EXPIRED');
  assert.equal(await claimed(server.url, 'nonsense', '&token=mine'), 'RESUME_EXPIRED');
  assert.equal(owner.socket.readyState, owner.socket.OPEN);
  assert.equal(await claimed(server.url, token, '&token=mine'), 'resumed');
});

test('a client that does not acknowledge can not come back to what is not kept any more', async (t) => {
  const { server } = await setUp(t, { config: { resumeBufferBytes: 1000 } });
  const client = await TestClient.connect(`${server.url}/v1/stream?resume=new`);
  const token = (await client.next('ready')).resume?.token;
  client.sendAudio(new Uint8Array(320_000));
  for (let i = 0; i < 20; i++) await client.next('partial');
  assert.equal(await claimed(server.url, token), 'RESUME_EXPIRED');
});

test('without the wish, and with resumeMs 0, a session ends with its connection', async (t) => {
  const engine = new FakeEngine();
  const { server, proxy, request } = await setUp(t, { engine, config: { resumeMs: 0 } });
  const stream = await connect({ ...request, restart: false });
  assert.equal(stream.ready.resume, undefined);
  await stream.send(CHUNK);
  proxy.cut();
  await assert.rejects(collect(stream), { code: 'SERVER_UNREACHABLE' });
  await server.clientsGone();
  assert.equal(engine.stats().streams, 0);
});

test('a server that keeps no sessions says of no audio that it came, and the stream goes on past its buffer', async (t) => {
  const { request } = await setUp(t, { config: { resumeMs: 0 } });
  const stream = await connect({ ...request, bufferSeconds: 0.5 });
  const events = collect(stream);
  for (let i = 0; i < 100; i++) assert.ok(await stream.send(CHUNK));
  stream.stop();
  assert.equal(finals(await events)[0]?.split(' ').length, 20);
});

test('closed while it connects anew, it leaves no connection behind', async (t) => {
  const { server, proxy, request } = await setUp(t);
  const stream = await connect(request);
  const events = (async () => {
    for await (const event of stream) if (event.type === 'disconnected') setTimeout(() => stream.close(), 1);
  })();
  await stream.send(CHUNK);
  proxy.cut();
  await events;
  await server.clientsGone();
});

test('who sends without waiting while the server is away is told when the buffer is full', async (t) => {
  const { proxy, request } = await setUp(t);
  const stream = await connect({ ...request, bufferSeconds: 1, backOff: { minMs: 60_000, maxMs: 60_000 } });
  proxy.cut();
  const taken: Promise<boolean>[] = [];
  for (let i = 0; i < 30; i++) taken.push(stream.send(CHUNK));
  const last = taken.at(-1);
  assert.equal(await last, false);
  stream.close();
  assert.equal((await Promise.all(taken)).filter(Boolean).length, 21);
});

async function metric(server: { metrics(): Promise<string> }, pattern: RegExp): Promise<void> {
  await until(async () => pattern.test(await server.metrics()));
}

/** What the server answers to a claim: `resumed`, or the code of the error with which it closes. */
async function claimed(url: string, token: string | undefined, more = ''): Promise<string> {
  const client = await TestClient.connect(`${url}/v1/stream?resume=${token}&received=1${more}`);
  await until(() => client.messages.length > 0);
  const [first] = client.messages;
  client.socket.terminate();
  return first?.type === 'error' ? first.code : String(first?.type);
}
