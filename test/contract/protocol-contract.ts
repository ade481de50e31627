import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Frame, Protocol } from '../../agent/server/protocols/protocol.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { pcm } from '../support/test-client.ts';
import { startTestServer, type TestServer, type TestServerOptions, until } from '../support/test-server.ts';
import { type Dial, dialWebSocket, type ProtocolLink } from './protocol-link.ts';

/** What the suite must know to speak a protocol. */
export interface ContractSubject {
  /** One that takes a client's audio. */
  readonly protocol: Protocol;
  /** Parameters of the address. */
  readonly query?: string;
  /** How to connect; default: a WebSocket at the path of the protocol. */
  readonly dial?: (server: TestServer) => Dial;
  /** How the server of the tests must be set up for it. */
  readonly server?: TestServerOptions;
  /** What a client sends first, so that 16 kHz mono audio is understood. */
  readonly opening?: readonly Frame[];
  /** So many seconds of sound in the format of the opening; default: s16le. */
  readonly sound?: (seconds: number) => Uint8Array;
  /** The message that carries these bytes of sound; default: they are the message. */
  readonly audio?: (bytes: Uint8Array) => Frame;
  /** The message with which a client ends its stream. */
  readonly stop: Frame;
  /** The message of the server after which the client closes; without it the server closes. */
  readonly isEnd?: (frame: string) => boolean;
  /** A text that the protocol does not allow. */
  readonly badText: Frame;
  /** The text of a final that this message carries; null for every other message. */
  readonly finalText: (frame: string) => string | null;
}

/** What one second of sound becomes. */
const TEXT = 'word0 word1';
/** Long enough that a few hundred of them do not fit into the buffers of the network. */
const LONG_TEXT = 'long '.repeat(20_000).trim();

/** What every protocol for client audio must do, whatever its words are. */
export function protocolContract(subject: ContractSubject): void {
  transcriptContract(subject);
  badMessageContract(subject);
  lostClientContract(subject);
}

function transcriptContract(subject: ContractSubject): void {
  const { name } = subject.protocol;
  const sound = subject.sound ?? pcm;
  const audio = subject.audio ?? ((bytes: Uint8Array) => bytes);

  test(`${name}: audio becomes a final, and the end is clean`, async (t) => {
    const client = await connect(t, subject);
    client.link.send(audio(sound(1)));
    client.link.send(subject.stop);
    assert.equal(await client.link.closeCode, 1000);
    assert.equal(client.text(), TEXT);
  });

  test(`${name}: any cut of the audio into messages gives the same text`, async (t) => {
    const server = await start(t, subject);
    const bytes = sound(1);
    const cuts = fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 });
    const property = fc.asyncProperty(cuts, async (positions) => {
      const client = await dial(server, subject);
      const borders = [0, ...new Set(positions.sort((a, b) => a - b)), bytes.length];
      for (const [index, border] of borders.slice(1).entries()) {
        client.link.send(audio(bytes.subarray(borders[index], border)));
      }
      client.link.send(subject.stop);
      assert.equal(await client.link.closeCode, 1000);
      assert.equal(client.text(), TEXT);
    });
    await fc.assert(property, { numRuns: 20 });
  });

  test(`${name}: every final arrives, in order`, async (t) => {
    const engine = new FakeEngine({ held: true });
    const server = await start(t, subject, { engine });
    const client = await dial(server, subject);
    client.link.send(audio(sound(1)));
    await until(() => engine.streams.length > 0);
    for (let segment = 0; segment < 20; segment++) engine.streams[0]?.emit(final(`said${segment}`, segment));
    client.link.send(subject.stop);
    engine.release();
    assert.equal(await client.link.closeCode, 1000);
    const expected = Array.from({ length: 20 }, (_, segment) => `said${segment}`);
    assert.equal(client.text(), [...expected, TEXT].join(' '));
  });

  test(`${name}: a stream without audio ends cleanly too`, async (t) => {
    const client = await connect(t, subject);
    client.link.send(subject.stop);
    assert.equal(await client.link.closeCode, 1000);
    assert.equal(client.text(), '');
  });

  test(`${name}: at a shutdown in mid-speech the last final still comes`, async (t) => {
    const engine = new FakeEngine();
    const server = await start(t, subject, { engine });
    const client = await dial(server, subject);
    client.link.send(audio(sound(1)));
    await until(() => engine.streams[0]?.samplesAccepted === 16000);
    await server.server.stop();
    await client.link.closeCode;
    assert.equal(client.text(), TEXT);
  });
}

function badMessageContract(subject: ContractSubject): void {
  const { name } = subject.protocol;
  const sound = subject.sound ?? pcm;
  const audio = subject.audio ?? ((bytes: Uint8Array) => bytes);

  test(`${name}: a bad message neither ends the session nor disturbs another`, async (t) => {
    const server = await start(t, subject);
    const bad = await dial(server, subject);
    const good = await dial(server, subject);
    bad.link.send(subject.badText);
    for (const client of [bad, good]) {
      client.link.send(audio(sound(1)));
      client.link.send(subject.stop);
      assert.equal(await client.link.closeCode, 1000);
      assert.equal(client.text(), TEXT);
    }
  });

  test(`${name}: who sends too many bad messages is sent away`, async (t) => {
    const server = await start(t, subject, { config: { maxBadMessages: 3 } });
    const client = await dial(server, subject);
    for (let count = 0; count < 3; count++) client.link.send(subject.badText);
    assert.notEqual(await client.link.closeCode, 1006);
    await server.clientsGone();
    assert.match(await server.metrics(), /earshot_errors_total\{code="TOO_MANY_ERRORS"\} 1/);
  });
}

function lostClientContract(subject: ContractSubject): void {
  const { name } = subject.protocol;
  const sound = subject.sound ?? pcm;
  const audio = subject.audio ?? ((bytes: Uint8Array) => bytes);

  test(`${name}: a client that vanishes leaves no stream behind`, async (t) => {
    const engine = new FakeEngine();
    const server = await start(t, subject, { engine });
    const client = await dial(server, subject);
    client.link.send(audio(sound(1)));
    await until(() => (engine.streams[0]?.samplesAccepted ?? 0) > 0);
    client.link.terminate();
    await server.clientsGone();
    assert.deepEqual(
      engine.streams.map(({ ended }) => ended),
      [true],
    );
  });

  test(`${name}: who does not read is sent away, and nobody else notices`, async (t) => {
    const clock = new FakeClock();
    const engine = new FakeEngine();
    const config = { sendBufferBytes: 1000, drainTimeoutMs: 100, pingIntervalMs: 1e9, idleTimeoutMs: 1e9 };
    const server = await start(t, subject, { engine, clock, config: { ...config, maxSessionMs: 1e9 } });
    const slow = await dial(server, subject);
    slow.link.stopReading();
    slow.link.send(audio(sound(0.1)));
    await until(() => engine.streams.length > 0);
    const flood = async () => {
      slow.link.send(audio(sound(0.01)));
      engine.streams[0]?.emit(final(LONG_TEXT, 0));
      clock.advance(100);
      return /code="SLOW_CLIENT"\} 1/.test(await server.metrics());
    };
    await until(flood);
    const good = await dial(server, subject);
    good.link.send(audio(sound(1)));
    good.link.send(subject.stop);
    assert.equal(await good.link.closeCode, 1000);
    assert.equal(good.text(), TEXT);
    clock.advance(10_000); // who does not even read the close is cut off
    await server.clientsGone();
  });
}

interface ContractClient {
  readonly link: ProtocolLink;
  /** The finals, joined: protocols may put several into one message. */
  text(): string;
}

async function start(t: TestContext, subject: ContractSubject, options: TestServerOptions = {}) {
  return await startTestServer(t, { protocols: [subject.protocol], ...subject.server, ...options });
}

async function connect(t: TestContext, subject: ContractSubject): Promise<ContractClient> {
  return await dial(await start(t, subject), subject);
}

async function dial(server: TestServer, subject: ContractSubject): Promise<ContractClient> {
  const { protocol, query = '' } = subject;
  const open = subject.dial?.(server) ?? dialWebSocket(`${server.url}${protocol.path}?${query}`);
  const texts: string[] = [];
  const link = await open((frame) => {
    const text = subject.finalText(frame) ?? '';
    if (text !== '') texts.push(text);
    const isComplete = texts.length === 0 || texts.at(-1)?.endsWith(TEXT) === true;
    if (isComplete && subject.isEnd?.(frame) === true) link.close();
  });
  for (const frame of subject.opening ?? []) link.send(frame);
  return { link, text: () => texts.join(' ') };
}

function final(text: string, segment: number) {
  const fields = { words: [], confidence: 1, start: 0, end: 0.1, reason: 'endpoint' } as const;
  return { type: 'final', segment, text, ...fields } as const;
}
