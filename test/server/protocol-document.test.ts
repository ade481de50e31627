import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { AgentError } from '../../agent/errors.ts';
import { NO_MICROPHONE } from '../../agent/server/hub.ts';
import { NATIVE_MICROPHONE, NATIVE_STREAM } from '../../agent/server/protocols/native.ts';
import type { NativeServerMessage } from '../../agent/server/protocols/native-message.ts';
import type { Codec, Frame, ServerEvent } from '../../agent/server/protocols/protocol.ts';
import type { TranscriptEvent } from '../../agent/transcript/transcript-event.ts';

const TEXT = readFileSync(new URL('../../agent/PROTOCOL.md', import.meta.url), 'utf8');

interface Example {
  readonly kind: string;
  readonly text: string;
}

const EXAMPLES: readonly Example[] = [...TEXT.matchAll(/^```json *([\w-]*)\n([^`]*)^```/gm)].map((match) => ({
  kind: match[1] ?? '',
  text: match[2] ?? '',
}));

const examplesOf = (kind: string) => EXAMPLES.filter((example) => example.kind === kind);

/** Messages that the transport of a session sends by itself. */
type WordsOfResume = { readonly type: 'ack' | 'resumed' };

/** What the server has to say when it sends this message; every field is named, so that none is missed. */
function eventOf(message: Exclude<NativeServerMessage, WordsOfResume>): ServerEvent {
  switch (message.type) {
    case 'ready': {
      const { protocol: _, ...event } = message;
      return event;
    }
    case 'microphone': {
      const { state, detail, code, restarts } = message;
      return { type: 'microphone', status: { ...NO_MICROPHONE, state, detail, code, restarts } };
    }
    case 'done':
      return { type: 'done', audioSeconds: 1.5 };
    case 'level':
    case 'configured':
    case 'error':
      return message;
    default: {
      const { latencyMs, ...event } = message;
      const transcript: TranscriptEvent = event;
      return { type: 'transcript', event: transcript, ...(latencyMs === undefined ? {} : { latencyMs }) };
    }
  }
}

function frameOf(codec: Codec, message: NativeServerMessage): Frame | undefined {
  const words = NATIVE_STREAM.resumeWords;
  if (message.type === 'ack') return words.acknowledgement(message);
  if (message.type === 'resumed') return words.resumed(message.session, message);
  return codec.encode(eventOf(message))[0];
}

test('every JSON example says whose message it is', () => {
  assert.ok(EXAMPLES.length > 10);
  for (const { kind } of EXAMPLES) assert.match(kind, /^(client|client-invalid|server)$/);
  assert.equal(EXAMPLES.length, TEXT.match(/^```json/gm)?.length);
});

for (const [index, { text }] of examplesOf('client').entries()) {
  test(`client example ${index + 1} is understood`, () => {
    assert.equal(NATIVE_STREAM.createCodec(new URLSearchParams()).decode(text).length, 1);
  });
}

for (const [index, { text }] of examplesOf('client-invalid').entries()) {
  test(`bad client example ${index + 1} is refused`, () => {
    const codec = NATIVE_STREAM.createCodec(new URLSearchParams());
    assert.throws(
      () => codec.decode(text),
      (error: AgentError) => error.code === 'MESSAGE_INVALID',
    );
  });
}

for (const { text } of examplesOf('server')) {
  const message = JSON.parse(text) as NativeServerMessage;
  test(`the server example of ${message.type} is what the server sends`, () => {
    const codec = NATIVE_MICROPHONE.createCodec(new URLSearchParams('levels=1'));
    assert.deepEqual(JSON.parse(String(frameOf(codec, message))), message);
  });
}

test('every type of server message has an example', () => {
  const documented = new Set(examplesOf('server').map(({ text }) => JSON.parse(text).type));
  const all: NativeServerMessage['type'][] = [
    'ready',
    'speech-start',
    'partial',
    'final',
    'wake',
    'speech-end',
    'microphone',
    'level',
    'configured',
    'error',
    'done',
    'ack',
    'resumed',
  ];
  assert.deepEqual([...documented].sort(), [...all].sort());
});
