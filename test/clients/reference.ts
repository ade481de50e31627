import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { StreamOptions } from '../../agent/engine/speech-engine.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';
import { TestClient } from '../support/test-client.ts';

export const SPEECH_FILE = 'test/fixtures/speech/two-sentences.wav';
/** Without the header: most clients send what a microphone gives. */
export const SPEECH = readFileSync(SPEECH_FILE).subarray(44);
export const TOKEN = 'a-token';
/** Audio of one message: 50 ms of 16 kHz. */
const CHUNK_BYTES = 1600;

export interface Reference extends TestDaemon {
  /** The texts that the native protocol gives for `SPEECH`. */
  readonly texts: readonly string[];
  /** How many of them were ended by silence or length. */
  readonly endpoints: number;
}

export interface ReferenceOptions {
  /** Default: `TOKEN`; empty for clients that can send none. */
  readonly token?: string;
  /** More arguments of `earshot serve`. */
  readonly args?: readonly string[];
}

/** A model that knows words: for what changes a text. */
export const WITH_WORDS = { args: ['--model', 'models/en-base'] } as const;

interface Start {
  readonly sampleRate: number;
  readonly options?: StreamOptions;
}

/** A daemon, and what its native protocol makes of `SPEECH`. */
export async function startReference(
  t: TestContext,
  start: Start,
  { token = TOKEN, args = [] }: ReferenceOptions = {},
): Promise<Reference> {
  const daemon = await startDaemon(t, ['--no-microphone', ...args], { EARSHOT_SERVER_TOKEN: token });
  const finals = await nativeFinals(daemon.url, start);
  return {
    ...daemon,
    texts: finals.map(({ text }) => text),
    endpoints: finals.filter(({ reason }) => reason !== 'end').length,
  };
}

/** What the native protocol of a daemon makes of `SPEECH`. */
export async function nativeFinals(url: string, start: Start): Promise<readonly Final[]> {
  const client = await TestClient.connect(`${url}/v1/stream?token=${TOKEN}`);
  client.send({ type: 'start', ...start });
  for (const chunk of chunks(SPEECH)) client.sendAudio(chunk);
  client.send({ type: 'stop' });
  await client.closed;
  const finals = client.messages.flatMap((message) => (message.type === 'final' ? [message] : []));
  assert.ok(finals.length > 0);
  return finals;
}

export function* chunks(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES)
    yield bytes.subarray(start, start + CHUNK_BYTES);
}
