import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultConfig } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { wyomingProtocol } from '../../agent/server/protocols/wyoming.ts';
import { misbehave, openTcp } from '../soak/hostile-client.ts';
import { TARGETS } from '../soak/hostile-frames.ts';
import { nativeSettings } from '../soak/hostile-settings.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { pcm, TestClient } from '../support/test-client.ts';
import { startTestServer, type TestServer, until } from '../support/test-server.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

/** A frame as a client may send it: text or bytes, sensible or not. */
const frames = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.uint8Array({ maxLength: 3000 }),
    fc.json({ maxDepth: 2 }),
    fc.constantFrom(
      '{"type":"start"}',
      '{"type":"start","channels":2}',
      '{"type":"flush"}',
      '{"type":"stop"}',
    ),
  ),
  { maxLength: 30 },
);

test('whatever a client sends, the others are not disturbed', async (t) => {
  const server = await startTestServer(t);
  const bystander = await TestClient.connect(`${server.url}/v1/stream`);
  await fc.assert(
    fc.asyncProperty(frames, fc.boolean(), async (sent, vanishes) => {
      const client = await TestClient.connect(`${server.url}/v1/stream`);
      for (const frame of sent) client.socket.send(frame);
      if (vanishes) client.socket.terminate();
      else client.send({ type: 'stop' });
      await client.closed;
      bystander.sendAudio(pcm(0.5));
      bystander.send({ type: 'flush' });
      assert.equal((await bystander.next('final')).text, 'word0');
    }),
    { numRuns: 60 },
  );
});

test('whatever streams are to listen for, the finals of others come in time', async (t) => {
  const config = defaultConfig();
  const engine = await Recognizer.load(TINY_MODEL, { ...config, engine: { ...config.engine, workers: 1 } });
  t.after(() => engine.close());
  const { url, metrics } = await startTestServer(t, { engine, config: { maxBadMessages: 1000 } });
  const bystander = await TestClient.connect(`${url}/v1/stream`);
  const scripts = fc.sample(fc.array(nativeSettings, { minLength: 30, maxLength: 30 }), {
    numRuns: 3,
    seed: 1,
  });
  const hostile = scripts.map(async (settings) => {
    const client = await TestClient.connect(`${url}/v1/stream`);
    for (const text of settings) {
      client.sendAudio(pcm(0.1));
      client.sendText(text);
    }
    client.send({ type: 'stop' });
    await client.closed;
  });
  let isOver = false;
  const over = Promise.all(hostile).then(() => {
    isOver = true;
  });
  const waits: number[] = [];
  while (!isOver) {
    bystander.sendAudio(pcm(0.5));
    bystander.send({ type: 'flush' });
    const askedMs = performance.now();
    assert.equal((await bystander.next('final')).reason, 'flush');
    waits.push(performance.now() - askedMs);
  }
  await over;
  assert.ok(Math.max(...waits) < 10_000, `${Math.max(...waits)} ms`);
  const refused = await metrics();
  for (const code of ['GRAMMAR_INVALID', 'HOTWORD_INVALID']) {
    assert.match(refused, new RegExp(`^earshot_errors_total\\{code="${code}"\\} [1-9]`, 'm'));
  }
});

test('whatever comes over the port of Wyoming, its other clients are answered', async (t) => {
  const protocol = wyomingProtocol({ version: '0.1.0', findsEnd: false, wakePhrases: [] });
  const { wyomingPort } = await startTestServer(t, { wyoming: protocol, config: { maxBadMessages: 1000 } });
  const wyoming = TARGETS.find(({ wire }) => wire === 'wyoming')!;
  for (const [index, { frames }] of fc.sample(wyoming.scripts, { numRuns: 20, seed: 1 }).entries()) {
    const wire = await openTcp(wyomingPort, '127.0.0.1');
    assert.ok(wire);
    const manners = { readsNothing: index % 4 === 0, vanishes: index % 2 === 0, staysMs: 0 };
    await misbehave(wire, frames, { ...manners, pace: async () => {} });
    const other = connect(wyomingPort, '127.0.0.1');
    other.write('{"type":"describe"}\n');
    const [answer] = (await once(other, 'data')) as [Buffer];
    assert.match(answer.toString(), /^\{"type":"info"/);
    other.destroy();
  }
});

test('bytes that are not WebSocket frames end that connection only', async (t) => {
  const server = await startTestServer(t);
  const bystander = await TestClient.connect(`${server.url}/v1/stream`);
  for (const bytes of [
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.alloc(500, 7),
  ]) {
    const socket = await rawUpgrade(server);
    socket.write(bytes);
    await once(socket, 'close');
  }
  bystander.sendAudio(pcm(0.5));
  assert.equal((await bystander.next('partial')).text, 'word0');
});

test('a flood of flushes without audio does not reach the engine', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(0.5));
  await client.next('partial');
  for (let i = 0; i < 1000; i++) client.send({ type: 'flush' });
  client.send({ type: 'stop' });
  await client.closed;
  assert.equal(engine.streams[0]?.flushes, 1);
});

test('flushes with next to no audio between them are taken one after the other', async (t) => {
  const engine = new FakeEngine({ held: true });
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  for (let i = 0; i < 500; i++) {
    client.sendAudio(new Uint8Array(2));
    client.send({ type: 'flush' });
  }
  await until(() => engine.streams[0]?.flushes === 1);
  await new Promise((resolve) => setTimeout(resolve, 50)); // time for others to come through, if they could
  assert.deepEqual([engine.streams[0]?.flushes, engine.streams[0]?.samplesAccepted], [1, 1]);
  engine.release();
  for (let i = 0; i < 500; i++) assert.equal((await client.next('final')).reason, 'flush');
});

test('a message with any number of wrong entries is answered in a few words', async (t) => {
  const { url } = await startTestServer(t);
  const client = await TestClient.connect(`${url}/v1/stream`);
  const answerTo = async (message: object) => {
    client.send(message);
    const { code, message: text } = await client.next('error');
    assert.equal(code, 'MESSAGE_INVALID');
    assert.ok(text.length < 1100, `${text.length} characters`);
    return text;
  };
  const hotwords = (count: number) => ({
    type: 'configure',
    options: { hotwords: new Array(count).fill(0) },
  });
  assert.match(await answerTo(hotwords(100)), /hotwords\.0: .*; and 95 more$/);
  assert.match(await answerTo(hotwords(200_000)), /^options\.hotwords: [^;]*5000[^;]*$/);
  const unknown = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`unknown${i}`, 1]));
  assert.match(await answerTo({ type: 'start', ...unknown }), /unknown0.*…$/);
});

test('a client that is refused and never closes its side is dropped', async (t) => {
  const { server } = await startTestServer(t, { config: { token: 'secret' } });
  const socket = connect({ port: server.address?.port ?? 0, host: '127.0.0.1', allowHalfOpen: true });
  assert.match(await askForUpgrade(socket), /^HTTP\/1\.1 401 /);
  await once(socket, 'end');
  await server.stop(); // waits for every connection
  socket.destroy();
});

test('who asks without reading the answers is not heard meanwhile', async (t) => {
  const protocol = wyomingProtocol({ version: '0.1.0', findsEnd: false, wakePhrases: [] });
  const { wyomingPort } = await startTestServer(t, { wyoming: protocol, config: { sendBufferBytes: 1000 } });
  const socket = connect(wyomingPort, '127.0.0.1');
  socket.pause();
  const burst = Buffer.from('{"type":"describe"}\n'.repeat(5000));
  let sent = 0;
  let isTaken = true;
  while (isTaken && sent < PING_BYTES) {
    sent += burst.length;
    if (!socket.write(burst)) isTaken = await drainsSoon(socket);
  }
  assert.equal(isTaken, false, 'the server read everything');
  socket.destroy();
});

/** Whether what was written is taken within half a second. */
async function drainsSoon(socket: Socket): Promise<boolean> {
  return await Promise.race([
    once(socket, 'drain').then(() => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500)),
  ]);
}

test('a client that pings without reading the answers does not fill the memory', async (t) => {
  const server = await startTestServer(t, { config: { sendBufferBytes: 1000 } });
  const socket = await rawUpgrade(server);
  socket.pause();
  const ping = Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]); // masked with zeros
  const burst = Buffer.concat(Array.from({ length: 1000 }, () => ping));
  for (let sent = 0; sent < PING_BYTES; sent += burst.length) {
    if (!socket.write(burst)) await once(socket, 'drain');
  }
  let answered = 0;
  socket.on('data', (data) => {
    answered += data.length;
  });
  socket.resume();
  socket.end(CLOSE_FRAME);
  await once(socket, 'close');
  // What the network of the machine itself holds is a few MB.
  assert.ok(answered < PING_BYTES / 2, `${answered} bytes of answers waited`);
});

/** Frames masked with zeros, all but the last of a message, with nothing in them. */
const EMPTY_FRAMES = Buffer.concat([
  Buffer.from([0x01, 0x80, 0, 0, 0, 0]),
  ...Array.from({ length: 500 }, () => Buffer.from([0x00, 0x80, 0, 0, 0, 0])),
]);

test('a message in more frames than any client sends ends its connection', async (t) => {
  const server = await startTestServer(t);
  const socket = await rawUpgrade(server);
  socket.write(EMPTY_FRAMES);
  await once(socket, 'close');
  assert.match(await server.metrics(), /^earshot_errors_total\{code="MESSAGE_INVALID"\} 1$/m);
});

test('a message that comes byte by byte ends its connection before it holds a thousand times its length', async (t) => {
  const server = await startTestServer(t, { config: { maxMessageBytes: 50_000 } });
  const socket = await rawUpgrade(server);
  socket.setNoDelay(true);
  socket.write(Buffer.from([0x82, 0xfe, 40_000 >> 8, 40_000 & 255, 0, 0, 0, 0])); // 40,000 bytes, masked with zeros
  let isClosed = false;
  socket.on('close', () => {
    isClosed = true;
  });
  let written = 0;
  for (; !isClosed && written < 30_000; written++) {
    socket.write('x');
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(isClosed, `${written} bytes`);
});

const PING_BYTES = 40 << 20;
const CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

/** A WebSocket connection of which the test writes the bytes itself. */
async function rawUpgrade({ server }: TestServer): Promise<Socket> {
  const socket = connect(server.address?.port ?? 0, '127.0.0.1');
  socket.on('error', () => {}); // the server may cut the connection while the test still writes
  assert.match(await askForUpgrade(socket), /^HTTP\/1\.1 101 /);
  return socket;
}

/** Asks for a WebSocket by hand; the beginning of the answer. */
async function askForUpgrade(socket: Socket): Promise<string> {
  const key = Buffer.alloc(16).toString('base64');
  const headers = [
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
  ];
  socket.write(`GET /v1/stream HTTP/1.1\r\n${headers.join('\r\n')}\r\nSec-WebSocket-Key: ${key}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString('latin1');
}
