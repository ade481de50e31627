import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import type { Frame, Protocol } from '../../agent/server/protocols/protocol.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { pcm } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';

/** What the suite must know to speak a protocol. */
export interface ContractSubject {
  /** One that takes a client's audio. */
  readonly protocol: Protocol;
  /** Parameters of the address. */
  readonly query?: string;
  /** What a client sends first, so that 16 kHz mono audio is understood. */
  readonly opening?: readonly Frame[];
  /** The message that carries these bytes of 16 kHz mono s16le; default: they are the message. */
  readonly audio?: (bytes: Uint8Array) => Frame;
  /** The message with which a client ends its stream. */
  readonly stop: Frame;
  /** The message of the server after which the client closes; without it the server closes. */
  readonly isEnd?: (frame: string) => boolean;
  /** A text that the protocol does not allow. */
  readonly badText: string;
  /** The text of a final that this message carries; null for every other message. */
  readonly finalText: (frame: string) => string | null;
}

/** What every protocol for client audio must do, whatever its words are. */
export function protocolContract(subject: ContractSubject): void {
  const { name } = subject.protocol;
  const audio = subject.audio ?? ((bytes) => bytes);

  test(`${name}: audio becomes a final, and the end is clean`, async (t) => {
    const client = await connect(t, subject);
    client.socket.send(audio(pcm(1)));
    client.socket.send(subject.stop);
    assert.equal(await client.closeCode, 1000);
    assert.deepEqual(client.finals(), ['word0 word1']);
  });

  test(`${name}: message borders inside samples change nothing`, async (t) => {
    const client = await connect(t, subject);
    const bytes = pcm(1);
    for (let start = 0; start < bytes.length; start += 3333) {
      client.socket.send(audio(bytes.subarray(start, start + 3333)));
    }
    client.socket.send(subject.stop);
    await client.closeCode;
    assert.deepEqual(client.finals(), ['word0 word1']);
  });

  test(`${name}: a stream without audio ends cleanly too`, async (t) => {
    const client = await connect(t, subject);
    client.socket.send(subject.stop);
    assert.equal(await client.closeCode, 1000);
  });

  test(`${name}: a bad message neither ends the session nor disturbs another`, async (t) => {
    const server = await startTestServer(t, { protocols: [subject.protocol] });
    const bad = await connectTo(server.url, subject);
    const good = await connectTo(server.url, subject);
    bad.socket.send(subject.badText);
    for (const client of [bad, good]) {
      client.socket.send(audio(pcm(1)));
      client.socket.send(subject.stop);
      assert.equal(await client.closeCode, 1000);
      assert.deepEqual(client.finals(), ['word0 word1']);
    }
  });

  test(`${name}: a client that vanishes leaves no stream behind`, async (t) => {
    const engine = new FakeEngine();
    const server = await startTestServer(t, { protocols: [subject.protocol], engine });
    const client = await connectTo(server.url, subject);
    client.socket.send(audio(pcm(1)));
    await client.firstMessageAfterAudio;
    client.socket.terminate();
    await server.clientsGone();
    assert.deepEqual(
      engine.streams.map(({ ended }) => ended),
      [true],
    );
  });
}

interface ContractClient {
  readonly socket: WebSocket;
  readonly closeCode: Promise<number>;
  readonly firstMessageAfterAudio: Promise<unknown>;
  finals(): string[];
}

async function connect(t: TestContext, subject: ContractSubject): Promise<ContractClient> {
  const { url } = await startTestServer(t, { protocols: [subject.protocol] });
  return await connectTo(url, subject);
}

async function connectTo(url: string, subject: ContractSubject): Promise<ContractClient> {
  const socket = new WebSocket(`${url}${subject.protocol.path}?${subject.query ?? ''}`);
  const frames: string[] = [];
  socket.on('message', (data) => {
    frames.push(data.toString());
    if (subject.isEnd?.(data.toString()) === true) socket.close(1000);
  });
  const closeCode = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  for (const frame of subject.opening ?? []) socket.send(frame);
  return {
    socket,
    closeCode,
    firstMessageAfterAudio: once(socket, 'message'),
    finals: () => frames.map(subject.finalText).filter((text) => text !== null),
  };
}
