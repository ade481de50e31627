import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { wyomingProtocol } from '../../agent/server/protocols/wyoming.ts';
import { readWyomingEvent, writeWyomingEvent } from '../../agent/server/protocols/wyoming-event.ts';
import { dialWyoming } from '../contract/tcp-link.ts';
import { EventQueue } from '../support/event-queue.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { pcm, TestClient } from '../support/test-client.ts';
import { startTestServer, type TestServerOptions, until } from '../support/test-server.ts';

const WYOMING = wyomingProtocol({ version: '0.1.0', findsEnd: false, wakePhrases: [] });
const FORMAT = { rate: 16000, width: 2, channels: 1 };

function chunk(bytes: Uint8Array): Buffer {
  const header = { type: 'audio-chunk', data: FORMAT, payload_length: bytes.length };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), bytes]);
}

async function openClient(port: number) {
  const events = new EventQueue<{ type: string; data: Readonly<Record<string, unknown>> }>();
  const link = await dialWyoming(port)((frame) => events.push(readWyomingEvent(Buffer.from(frame))));
  const iterator = events[Symbol.asyncIterator]();
  const next = async (type: string) => {
    for (;;) {
      const { value } = await iterator.next();
      if (value?.type === type) return value.data;
    }
  };
  return { ...link, next };
}

const start = async (t: Parameters<typeof startTestServer>[0], options: TestServerOptions = {}) =>
  await startTestServer(t, { wyoming: WYOMING, ...options });

test('one connection has one transcription after the other, also when they are sent at once', async (t) => {
  const engine = new FakeEngine();
  const { wyomingPort } = await start(t, { engine });
  const client = await openClient(wyomingPort);
  const round = [writeWyomingEvent('audio-start', FORMAT), chunk(pcm(1)), writeWyomingEvent('audio-stop')];
  for (let count = 0; count < 3; count++) client.send(Buffer.concat(round));
  for (let count = 0; count < 3; count++)
    assert.equal((await client.next('transcript'))['text'], 'word0 word1');
  client.send(Buffer.concat(round));
  assert.equal((await client.next('transcript'))['text'], 'word0 word1');
  assert.deepEqual(
    engine.streams.map(({ ended }) => ended),
    [true, true, true, true],
  );
  client.close();
});

test('describe and ping are answered in the midst of audio', async (t) => {
  const { wyomingPort } = await start(t);
  const client = await openClient(wyomingPort);
  client.send(chunk(pcm(0.1)));
  client.send(writeWyomingEvent('describe'));
  client.send(writeWyomingEvent('ping', { text: 'still there?' }));
  assert.deepEqual(Object.keys(await client.next('info')), [
    'asr',
    'tts',
    'handle',
    'intent',
    'wake',
    'mic',
    'snd',
  ]);
  assert.deepEqual(await client.next('pong'), { text: 'still there?' });
  client.send(writeWyomingEvent('audio-stop'));
  assert.equal((await client.next('transcript'))['text'], '');
  client.close();
});

test('the places for clients are shared with WebSockets, and who finds none is told', async (t) => {
  const server = await start(t, { config: { maxClients: 2 } });
  const first = await openClient(server.wyomingPort);
  await TestClient.connect(`${server.url}/v1/stream`);
  const third = await openClient(server.wyomingPort);
  assert.equal((await third.next('error'))['code'], 'TOO_MANY_CLIENTS');
  assert.equal(await third.closeCode, 1000);
  first.close();
  await first.closeCode;
  await until(async () => /earshot_clients\{protocol="wyoming"\} 0/.test(await server.metrics()));
  const fourth = await openClient(server.wyomingPort);
  fourth.send(writeWyomingEvent('describe'));
  await fourth.next('info');
  fourth.close();
});

test('what is not Wyoming is told so and closed: a browser, a length beyond all bounds', async (t) => {
  const { wyomingPort } = await start(t);
  for (const [bytes, code] of [
    ['POST / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'MESSAGE_INVALID'],
    ['{"type": "audio-chunk", "payload_length": 4000000000}\n', 'MESSAGE_TOO_LARGE'],
  ] as const) {
    const client = await openClient(wyomingPort);
    client.send(Buffer.from(bytes));
    assert.equal((await client.next('error'))['code'], code);
    await client.closeCode;
  }
});

test('who sends half a message and no more is sent away after the idle time', async (t) => {
  const clock = new FakeClock();
  const server = await start(t, { clock, config: { idleTimeoutMs: 1000 } });
  const client = await openClient(server.wyomingPort);
  client.send(Buffer.from('{"type": "audio-'));
  await until(async () => /earshot_clients\{protocol="wyoming"\} 1/.test(await server.metrics()));
  await until(() => {
    clock.advance(500);
    return clock.now() > 3000;
  });
  assert.equal((await client.next('error'))['code'], 'IDLE_TIMEOUT');
  await client.closeCode;
  clock.advance(5000);
});

test('a language that the model does not know ends the connection, so that nobody waits', async (t) => {
  const { wyomingPort } = await start(t);
  const client = await openClient(wyomingPort);
  client.send(writeWyomingEvent('transcribe', { language: 'fr' }));
  assert.equal((await client.next('error'))['code'], 'LANGUAGE_UNSUPPORTED');
  assert.equal(await client.closeCode, 1000);
});

test('a client that closes its side behind its audio gets its transcript', async (t) => {
  const { wyomingPort } = await start(t);
  const client = await openClient(wyomingPort);
  client.send(
    Buffer.concat([writeWyomingEvent('audio-start', FORMAT), chunk(pcm(1)), writeWyomingEvent('audio-stop')]),
  );
  client.close(); // its side only: what the server says is still read
  assert.equal((await client.next('transcript'))['text'], 'word0 word1');
  assert.equal(await client.closeCode, 1000);
});

test('one address that closes none of its connections leaves some for others', {
  skip: process.platform === 'darwin' && 'there is one address of loopback only',
}, async (t) => {
  const { limits } = configSchema.parse({ server: { limits: { clientsPerAddress: 1 } } }).server;
  const { wyomingPort: port } = await start(t, { clock: new FakeClock(), config: { maxClients: 2, limits } });
  const dial = (localAddress: string) =>
    connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true }).on('error', () => {});
  const flood = Array.from({ length: 60 }, () => dial('127.0.0.1').resume());
  let refused = 0;
  for (const socket of flood) socket.once('end', () => refused++);
  await until(() => refused === 59);
  const other = dial('127.0.0.2');
  other.write(writeWyomingEvent('describe'));
  const [info] = await Promise.race([once(other, 'data'), once(other, 'end')]);
  for (const socket of [...flood, other]) socket.destroy();
  assert.match(String(info), /"type":"info"/);
});
