import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, type SpeechStream, type StreamEvent, type StreamOptions } from '../../agent/client/node.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { record } from './feature-table.ts';
import { chunks, nativeFinals, SPEECH, startReference, TOKEN, WITH_WORDS } from './reference.ts';

const PROTOCOL = 'Earshot';
const CLIENT = '`earshot/client` in Node.js';
const sampleRate = 16000;
const SAMPLES = [...chunks(SPEECH)].map((bytes) => new Int16Array(Uint8Array.from(bytes).buffer));

const open = (url: string, options: StreamOptions) =>
  connect({ url: `${url}/v1/stream`, token: TOKEN, sampleRate, options });

async function sendSpeech(stream: SpeechStream): Promise<void> {
  for (const samples of SAMPLES) await stream.send(samples);
}

async function rest(stream: SpeechStream): Promise<StreamEvent[]> {
  stream.stop();
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** Without how long it took, which differs each time. */
function finalsOf(events: readonly StreamEvent[]): Final[] {
  return events.flatMap((event) => (event.type === 'final' ? [plain(event)] : []));
}

function plain({ latencyMs: _, ...final }: Final & { readonly latencyMs?: number }): Final {
  return final;
}

test('our client: partials, finals with all that they may have, other words and silences', async (t) => {
  const { url, texts } = await startReference(t, { sampleRate }, WITH_WORDS);
  const options = {
    ...{ alternatives: 2, readable: true, endpoint: { rule2SilenceMs: 300 } },
    hotwords: [{ text: 'mourning', boost: 40 }], // sounds as what is said
  };
  const expected = (await nativeFinals(url, { sampleRate, options })).map(plain);
  assert.notEqual(expected.length, texts.length);
  const stream = await open(url, options);
  await sendSpeech(stream);
  const events = await rest(stream);
  const finals = finalsOf(events);
  assert.deepEqual(finals, expected);
  assert.ok(!texts.join(' ').includes('mourning') && finals.some(({ text }) => text.includes('mourning')));
  assert.ok(finals.every(({ readable }) => readable !== undefined));
  assert.ok(finals.some(({ alternatives }) => alternatives?.[0]?.words.length));
  for (const { confidence, start, end } of finals.flatMap(({ words }) => words)) {
    assert.ok(confidence > 0 && confidence <= 1 && start <= end);
  }
  assert.ok(events.some(({ type }) => type === 'partial'));
  const features = [
    ...(['finals', 'partials', 'words, times', 'confidence', 'alternatives', 'endpoint wish'] as const),
    ...(['token', 'hotwords or phrases', 'readable text'] as const),
  ];
  record({ protocol: PROTOCOL, client: CLIENT, features });
});

test('our client: a flush, a wish and a token that are refused, and wake phrases', async (t) => {
  const { url } = await startReference(t, { sampleRate });
  const stream = await open(url, { endpoint: { enabled: false } });
  await sendSpeech(stream);
  stream.flush();
  const phrases = [{ text: 'computer', threshold: 0 }];
  await assert.rejects(stream.configure({ hotwords: [{ text: '?!' }] }), { code: 'HOTWORD_INVALID' });
  await stream.configure({ task: { type: 'wake', phrases, listenFor: null } });
  await sendSpeech(stream);
  const events = await rest(stream);
  assert.equal(finalsOf(events)[0]?.reason, 'flush');
  assert.equal(events.find((event) => event.type === 'wake')?.phrase, 'computer');
  const wrong = connect({ url: `${url}/v1/stream`, token: 'wrong', sampleRate });
  await assert.rejects(wrong, { code: 'UNAUTHORIZED' });
  const features = ['flush', 'refused wish', 'token', 'wake phrases'] as const;
  record({ protocol: PROTOCOL, client: CLIENT, features });
});
