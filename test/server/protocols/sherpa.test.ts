import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import type { ServerEvent } from '../../../agent/server/protocols/protocol.ts';
import { SHERPA } from '../../../agent/server/protocols/sherpa.ts';
import type { Final, Partial } from '../../../agent/transcript/transcript-event.ts';
import { codecFuzz } from '../../contract/codec-fuzz.ts';
import { protocolContract } from '../../contract/protocol-contract.ts';
import { pcm, refusal } from '../../support/test-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const codec = () => SHERPA.createCodec(new URLSearchParams(), { name: 'm', version: '1', language: 'en' });

/** `pcm` in the samples of this protocol. */
function floats(seconds: number): Uint8Array {
  const samples = new Int16Array(pcm(seconds).buffer);
  return new Uint8Array(Float32Array.from(samples, (sample) => sample / 32768).buffer);
}

protocolContract({
  protocol: SHERPA,
  sound: floats,
  stop: 'Done',
  badText: 'Stop',
  finalText: (frame) => {
    if (frame === 'Done!') return null;
    const { is_final, text } = JSON.parse(frame);
    return is_final ? text : null;
  },
});

codecFuzz('sherpa', codec, ['Done', 'Done!', '{"hotwords": "a b"}']);

const PARTIAL: Partial = {
  ...{ type: 'partial', segment: 0, text: 'hello', stable: '', start: 0.5, end: 0.9 },
  words: [{ text: 'hello', start: 0.5, end: 0.9, confidence: 0.5 }],
};
const FINAL: Final = {
  ...PARTIAL,
  type: 'final',
  words: PARTIAL.words ?? [],
  confidence: 0.5,
  reason: 'endpoint',
};
const heard = (event: Partial | Final, heardSeconds: number): ServerEvent => ({
  type: 'transcript',
  event,
  heardSeconds,
});

function say(...events: readonly ServerEvent[]) {
  const one = codec();
  return events.flatMap((event) => one.encode(event));
}

test('results have the keys of sherpa-onnx, in their order', () => {
  assert.deepEqual(say(heard(PARTIAL, 1)), [
    '{"text":"hello","tokens":[" hello"],"timestamps":[0.5],"ys_probs":[-0.693147],"lm_probs":[],' +
      '"context_scores":[],"segment":0,"words":[],"start_time":0,"is_final":false,"is_eof":false}',
  ]);
});

test('a segment begins where the one before was closed, and its times count from there', () => {
  const second = { ...PARTIAL, segment: 1, words: [{ text: 'you', start: 2.5, end: 2.75, confidence: 1 }] };
  const [first, next] = say(heard(FINAL, 1.75), heard(second, 3)).map((frame) => JSON.parse(String(frame)));
  assert.deepEqual([first.segment, first.is_final, first.start_time], [0, true, 0]);
  assert.deepEqual([next.segment, next.start_time, next.timestamps], [1, 1.75, [0.75]]);
});

test('the last result has is_eof, and Done! follows it; there is one even when nothing was said', () => {
  const done: ServerEvent = { type: 'done', audioSeconds: 3 };
  for (const [events, text, segment] of [
    [[heard({ ...FINAL, reason: 'end' }, 3)], 'hello', 0],
    [[heard(FINAL, 2)], '', 1],
    [[], '', 0],
  ] as const) {
    const frames = say(...events, done);
    const last = JSON.parse(String(frames.at(-2)));
    assert.deepEqual([last.text, last.segment, last.is_final, last.is_eof], [text, segment, true, true]);
    assert.equal(frames.at(-1), 'Done!');
  }
});

test('an error keeps the text of its segment, for pages that show the newest message', () => {
  const [, error] = say(heard(PARTIAL, 1), { type: 'error', code: 'MESSAGE_INVALID', message: 'no' });
  const message = JSON.parse(String(error));
  assert.deepEqual([message.text, message.segment, message.error.code], ['hello', 0, 'MESSAGE_INVALID']);
});

test('a full server says so as that of sherpa-onnx does', async (t) => {
  const config = { maxClients: 1, rootProtocol: 'sherpa' } as const;
  const { url } = await startTestServer(t, { protocols: [SHERPA], config });
  const first = new WebSocket(url);
  await once(first, 'open');
  const response = await refusal(url);
  assert.equal(response.statusCode, 503);
  assert.equal(response.headers['hint'], 'The server is overloaded. Please retry later.');
  first.close();
});
