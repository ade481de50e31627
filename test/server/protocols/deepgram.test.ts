import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { AgentError } from '../../../agent/errors.ts';
import { DEEPGRAM } from '../../../agent/server/protocols/deepgram.ts';
import type { ServerEvent } from '../../../agent/server/protocols/protocol.ts';
import type { Final, Partial } from '../../../agent/transcript/transcript-event.ts';
import { codecFuzz } from '../../contract/codec-fuzz.ts';
import { protocolContract } from '../../contract/protocol-contract.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeEngine } from '../../support/fake-engine.ts';
import { pcm, refusal } from '../../support/test-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const MODEL = { name: 'en-base', version: '0.1.0', language: 'en' };
const LINEAR16 = 'encoding=linear16&sample_rate=16000';

const codec = (query = LINEAR16) => DEEPGRAM.createCodec(new URLSearchParams(query), MODEL);
const heard = (event: Partial | Final, heardSeconds: number): ServerEvent => ({
  type: 'transcript',
  event,
  heardSeconds,
});

protocolContract({
  protocol: DEEPGRAM,
  query: `${LINEAR16}&interim_results=true`,
  stop: '{"type":"CloseStream"}',
  badText: '{"type":"Unknown"}',
  finalText: (frame) => {
    const message = JSON.parse(frame);
    return message.is_final === true ? message.channel.alternatives[0].transcript : null;
  },
});

const WORDS = [
  { text: 'turn', start: 0.5, end: 0.7, confidence: 0.9 },
  { text: 'left', start: 0.8, end: 1.1, confidence: 0.8 },
];
const PARTIAL: Partial = {
  type: 'partial',
  segment: 0,
  text: 'turn left',
  stable: 'turn',
  start: 0.5,
  end: 1.1,
  words: WORDS,
};
const FINAL: Final = {
  type: 'final',
  segment: 0,
  text: 'turn left',
  words: WORDS,
  confidence: 0.85,
  start: 0.5,
  end: 1.1,
  reason: 'endpoint',
};

/** The messages for these events, in order. */
function say(query: string, ...events: readonly ServerEvent[]) {
  const one = codec(query);
  one.encode({ type: 'ready', session: 'session-1', sampleRate: 16000, model: MODEL });
  return events.flatMap((event) => one.encode(event)).map((frame) => JSON.parse(String(frame)));
}

test('parameters become the format and the options of the stream', () => {
  const query =
    'encoding=mulaw&sample_rate=8000&channels=2&interim_results=true&endpointing=500&alternatives=3';
  const [start] = codec(query).decode(new Uint8Array(2));
  assert.deepEqual(start, {
    type: 'start',
    format: { encoding: 'mulaw', sampleRate: 8000, channels: 2 },
    options: {
      partials: true,
      partialWords: true,
      alternatives: 2,
      endpoint: { rule2SilenceMs: 500 },
    },
  });
});

test('without parameters there are no interim results, and a WAV header may say the format', () => {
  const [start] = codec('').decode(new Uint8Array(2));
  assert.deepEqual(start, {
    type: 'start',
    format: { encoding: 's16le', sampleRate: 16000, channels: 1 },
    options: { partials: false, partialWords: false, alternatives: 0 },
  });
});

test('the rate alone is that of linear16 without a WAV header', () => {
  const [start] = codec('sample_rate=8000').decode(new Uint8Array(2));
  assert.deepEqual(start?.type === 'start' && start.format, {
    ...{ encoding: 's16le', sampleRate: 8000, channels: 1 },
  });
});

test('endpointing=false leaves only the greatest length; a very short one is raised', () => {
  const endpoint = (value: string) => {
    const [start] = codec(`${LINEAR16}&endpointing=${value}`).decode(new Uint8Array(2));
    return start?.type === 'start' ? start.options.endpoint : null;
  };
  assert.deepEqual(endpoint('10'), { rule2SilenceMs: 300 });
  assert.deepEqual(endpoint('true'), undefined);
  assert.equal(endpoint('false')?.rule3UtteranceMs, undefined);
  assert.ok((endpoint('false')?.rule2SilenceMs ?? 0) > 3600_000);
});

test('what can not be done is refused by name, also what only looks like a value', () => {
  for (const [query, expected] of [
    ['diarize=true', /^diarize: /],
    ['redact=pci&redact=ssn', /^redact: /],
    ['callback=http%3A%2F%2F127.0.0.1', /^callback: /],
    ['encoding=opus&sample_rate=48000', /^encoding: .*linear16.*opus/],
    ['encoding=linear16', /^sample_rate: .*none/],
    ['sample_rate=fast', /^sample_rate: .*fast/],
    ['encoding=linear16&sample_rate=16e3', /^sample_rate: .*16e3/],
    ['interim_results=yes', /^interim_results: .*yes/],
    ['smart_format=very', /^smart_format: .*very/],
    ['utterance_end_ms=1000', /^utterance_end_ms: .*interim_results/],
    ['endpointing=soon', /^endpointing: .*soon/],
    ['channels=0', /^channels: /],
    ['language=de-CH', /^language: .*en.*de-CH/],
  ] as const) {
    assert.throws(
      () => codec(query),
      (error: AgentError) => error.code === 'MESSAGE_INVALID' && expected.test(error.message),
      query,
    );
  }
});

test('keywords and key terms are hotwords', () => {
  const query = 'keywords=Siobhan&keywords=Wallenpaupack:1.5&keywords=zed:20&keyterm=new%20york&keyterm=3:15';
  const [start] = codec(query).decode(new Uint8Array(2));
  assert.deepEqual(start?.type === 'start' && start.options.hotwords, [
    { text: 'Siobhan' },
    { text: 'Wallenpaupack', boost: 6 },
    { text: 'zed', boost: 50 },
    { text: 'new york' },
    { text: '3:15' },
  ]);
  assert.throws(() => codec('keywords=snoop:-3'), {
    code: 'MESSAGE_INVALID',
    message: /^keywords: .*less likely.*-3/,
  });
});

const spoken = (text: string): Final => {
  const words = text
    .split(' ')
    .map((word, i) => ({ text: word, start: i / 2, end: (i + 1) / 2, confidence: i === 0 ? 0.5 : 1 }));
  return { ...FINAL, text, words, start: 0, end: words.length / 2 };
};
/** Best transcripts and their words as they are written. */
const written = (query: string, ...events: readonly ServerEvent[]) =>
  say(`${query}&alternatives=2`, ...events).map(({ channel }) => channel.alternatives);

test('smart_format, punctuate and numerals each write their part, interim results without the last mark', () => {
  const final = {
    ...spoken('is it at ten thirty in paris'),
    alternatives: [{ ...spoken('at ten thirty'), confidence: 0.1 }],
  };
  for (const [query, interim, best, other] of [
    ['', 'is it at ten thirty in paris', 'is it at ten thirty in paris', 'at ten thirty'],
    ['punctuate=true', 'Is it at ten thirty in Paris', 'Is it at ten thirty in Paris?', 'At ten thirty.'],
    ['numerals=true', 'is it at 10:30 in paris', 'is it at 10:30 in paris', 'at 10:30'],
    ['smart_format=true', 'Is it at 10:30 in Paris', 'Is it at 10:30 in Paris?', 'At 10:30.'],
    ['punctuate=true&numerals=true', 'Is it at 10:30 in Paris', 'Is it at 10:30 in Paris?', 'At 10:30.'],
  ] as const) {
    const partial: Partial = { ...final, type: 'partial', stable: '' };
    const [first, second] = written(query, heard(partial, 3), heard(final, 3));
    assert.deepEqual(
      [first[0].transcript, second[0].transcript, second[1].transcript],
      [interim, best, other],
    );
    assert.equal(
      second[0].words.map((word: { punctuated_word: string }) => word.punctuated_word).join(' '),
      second[0].transcript,
    );
  }
});

test('what is written as one thing is one word, with the time of all that it stands for', () => {
  const [[{ words }]] = written('smart_format=true', heard(spoken('at ten thirty it is'), 3));
  assert.deepEqual(words[1], {
    ...{ word: 'ten thirty', punctuated_word: '10:30', start: 0.5, end: 1.5, confidence: 1 },
  });
  assert.deepEqual(
    words.map(({ word }: { word: string }) => word),
    ['at', 'ten thirty', 'it', 'is'],
  );
});

test('a sentence that is cut by the greatest length goes on in the next result', () => {
  const cut = { ...spoken('we go to'), reason: 'max-length' } as const;
  const results = written(
    'punctuate=true',
    heard(cut, 2),
    heard(spoken('paris'), 3),
    heard(spoken('yes'), 4),
  );
  assert.deepEqual(
    results.map(([{ transcript }]) => transcript),
    ['We go to', 'Paris.', 'Yes.'],
  );
});

test('without words, and in a language that has no forms, the text stays as it was said', () => {
  const partial: Partial = { type: 'partial', segment: 0, text: 'it is ten', stable: '', start: 0, end: 1 };
  const [[interim]] = written('smart_format=true', heard(partial, 1));
  assert.deepEqual(interim, { transcript: 'It is 10', confidence: 0, words: [] });
  const french = DEEPGRAM.createCodec(new URLSearchParams('smart_format=true'), { ...MODEL, language: 'fr' });
  const [frame] = french.encode(heard(FINAL, 2));
  assert.equal(JSON.parse(String(frame)).channel.alternatives[0].transcript, 'turn left');
});

test('what changes nothing is accepted', () => {
  codec('model=nova-3&language=en-US&diarize=false&punctuate=false&tag=x&extra=a%3Ab&x=1');
  codec('profanity_filter=true&smart_format=false&mip_opt_out=true');
});

test('interim and final results carry words, and their time ranges join', () => {
  const next = { ...FINAL, segment: 1, start: 2.2, end: 2.9, reason: 'max-length' } as const;
  const messages = say('interim_results=true', heard(PARTIAL, 1.2), heard(FINAL, 1.9), heard(next, 3));
  assert.deepEqual(messages[0], {
    type: 'Results',
    channel_index: [0, 1],
    start: 0,
    duration: 1.2,
    is_final: false,
    speech_final: false,
    from_finalize: false,
    channel: {
      alternatives: [
        {
          transcript: 'turn left',
          confidence: 0.85,
          words: [
            { word: 'turn', start: 0.5, end: 0.7, confidence: 0.9, punctuated_word: 'turn' },
            { word: 'left', start: 0.8, end: 1.1, confidence: 0.8, punctuated_word: 'left' },
          ],
        },
      ],
    },
    metadata: {
      request_id: 'session-1',
      model_info: { name: 'en-base', version: '0.1.0', arch: 'earshot' },
      model_uuid: messages[0].metadata.model_uuid,
    },
  });
  assert.match(messages[0].metadata.model_uuid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const summary = messages.map(({ start, duration, is_final, speech_final }) => ({
    ...{ start, duration, is_final, speech_final },
  }));
  assert.deepEqual(summary.slice(1), [
    { start: 0, duration: 1.9, is_final: true, speech_final: true },
    { start: 1.9, duration: 1.1, is_final: true, speech_final: false },
  ]);
});

test('Finalize is answered by a result that says so', () => {
  for (const channel of ['', ',"channel":0', ',"channel":null']) {
    assert.deepEqual(codec().decode(`{"type":"Finalize"${channel}}`), [{ type: 'flush' }]);
  }
  const [result] = say('', heard({ ...FINAL, reason: 'flush' }, 1.5));
  assert.deepEqual([result.is_final, result.from_finalize], [true, true]);
});

test('other readings follow the best one, with their words', () => {
  const words = [{ text: 'turned', start: 0.5, end: 0.9, confidence: 0.3 }];
  const alternatives = [{ text: 'turned', words, confidence: 0.3 }];
  const [result] = say('alternatives=2&punctuate=true', heard({ ...FINAL, alternatives }, 1.5));
  assert.deepEqual(result.channel.alternatives[1], {
    transcript: 'Turned.',
    confidence: 0.3,
    words: [{ word: 'turned', start: 0.5, end: 0.9, confidence: 0.3, punctuated_word: 'Turned.' }],
  });
});

test('SpeechStarted comes only when asked for', () => {
  assert.deepEqual(say('', speechStart(0.5)), []);
  assert.deepEqual(say('vad_events=true', speechStart(0.5)), [
    { type: 'SpeechStarted', channel: [0, 1], timestamp: 0.5 },
  ]);
});

const speechStart = (time: number): ServerEvent => ({
  type: 'transcript',
  event: { type: 'speech-start', time },
});
const taken = (heardSeconds: number): ServerEvent => ({ type: 'audio-taken', heardSeconds });
/** A final with one word. */
const word = (start: number, end: number): Final => ({
  ...FINAL,
  ...{ text: 'word', words: [{ text: 'word', start, end, confidence: 1 }], start, end },
});
/** What comes in what order, with `UtteranceEnd` as the end that it tells. */
const utterances = (...events: readonly ServerEvent[]) =>
  say('interim_results=true&utterance_end_ms=1000&vad_events=true', ...events).map(
    ({ type, last_word_end }) => last_word_end ?? type,
  );

test('UtteranceEnd comes once, when nothing was said for so long', () => {
  const events = [
    heard(PARTIAL, 1.2),
    taken(1.5),
    heard(FINAL, 1.9),
    taken(2.79),
    taken(2.81),
    heard(FINAL, 4), // the same words again
    taken(5),
  ] as const;
  const messages = say('interim_results=true&utterance_end_ms=1000', ...events);
  assert.deepEqual(
    messages.map(({ type }) => type),
    ['Results', 'Results', 'UtteranceEnd', 'Results'],
  );
  assert.deepEqual(messages[2], { type: 'UtteranceEnd', channel: [0, 1], last_word_end: 1.1 });
  assert.equal(say('interim_results=true', ...events).length, 3);
});

test('UtteranceEnd comes before the words behind the gap, also when they are there at once', () => {
  const [first, second] = [heard(word(0.5, 1), 1.5), heard(word(2.1, 2.5), 3)];
  assert.deepEqual(utterances(first, second), ['Results', 1, 'Results']);
  assert.deepEqual(utterances(first, speechStart(2.1), second), ['Results', 1, 'SpeechStarted', 'Results']);
});

test('there is no UtteranceEnd in a shorter gap, whenever the words behind it are known', () => {
  const [first, second] = [heard(word(0.5, 1), 1.5), heard(word(1.9, 2.5), 3)];
  const expected = ['Results', 'Results', 2.5];
  assert.deepEqual(utterances(first, second, taken(4.3)), expected);
  assert.deepEqual(utterances(first, taken(2.6), second, taken(4.3)), expected);
  assert.deepEqual(utterances(first, speechStart(1.9), taken(2.9), second, taken(4.3)), [
    ...['Results', 'SpeechStarted', 'Results', 2.5],
  ]);
});

test('a sound that was no word after all does not keep UtteranceEnd back', () => {
  const nothing = heard({ ...FINAL, text: '', words: [], start: 2.9, end: 2.9 }, 2.9);
  assert.deepEqual(utterances(heard(word(0.5, 1), 1.5), speechStart(1.9), taken(2.8), nothing), [
    ...['Results', 'SpeechStarted', 'Results', 1],
  ]);
});

test('at the end of the stream UtteranceEnd waits for no word', () => {
  const done: ServerEvent = { type: 'done', audioSeconds: 2.1 };
  assert.deepEqual(utterances(heard(word(0.5, 1), 2.1), done), ['Results', 1, 'Metadata']);
});

test('Configure replaces the key terms, not the keywords, and is answered when they are in force', () => {
  const one = codec('keywords=Ada:2&keyterm=lake');
  one.encode({ type: 'ready', session: 'session-1', sampleRate: 16000, model: MODEL });
  const [start, configure] = one.decode('{"type":"Configure","keyterms":["Siobhan"]}');
  assert.equal(start?.type, 'start');
  assert.deepEqual(configure, {
    type: 'configure',
    id: 1,
    options: { hotwords: [{ text: 'Ada', boost: 8 }, { text: 'Siobhan' }] },
  });
  assert.equal(one.decode('{"type":"Configure","keyterms":[],"features":null}').length, 1);
  const answers = [
    { type: 'configured', id: 1 },
    { type: 'error', code: 'HOTWORD_LIMIT', message: 'too many', id: 2 },
  ] as const;
  assert.deepEqual(
    answers.flatMap((answer) => one.encode(answer)).map((frame) => JSON.parse(String(frame))),
    [
      { type: 'ConfigureSuccess', request_id: 'session-1', keyterms: ['Siobhan'] },
      {
        type: 'ConfigureFailure',
        request_id: 'session-1',
        code: 'CONFIGURE_KEYTERM_LIMIT_EXCEEDED',
        description: 'too many',
      },
    ],
  );
});

test('Configure without key terms keeps them, and a feature that it names can not change', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { protocols: [DEEPGRAM], engine });
  const { messages, closed, socket } = await connect(`${url}/v1/listen?${LINEAR16}`);
  for (const body of [
    '',
    ',"keyterms":null,"features":{}',
    ',"features":{"numerals":true}',
    ',"keyterms":["Ada"]',
  ]) {
    socket.send(`{"type":"Configure"${body}}`);
  }
  socket.send('{"type":"CloseStream"}');
  await closed;
  assert.deepEqual(
    messages.map(({ type, code, keyterms }) => [type, code ?? keyterms]),
    [
      ['ConfigureSuccess', undefined],
      ['ConfigureSuccess', undefined],
      ['ConfigureFailure', 'CONFIGURE_INTERNAL_ERROR'],
      ['ConfigureSuccess', ['Ada']],
      ['Metadata', undefined],
    ],
  );
  assert.deepEqual(engine.streams[0]?.configured, [{ hotwords: [{ text: 'Ada' }] }]);
});

test('CloseStream, or an empty message, is answered by the last final, Metadata and a close', async (t) => {
  const { url } = await startTestServer(t, { protocols: [DEEPGRAM] });
  for (const end of ['{"type":"CloseStream"}', new Uint8Array(0)]) {
    const { messages, closed, socket } = await connect(`${url}/v1/listen?${LINEAR16}`);
    socket.send(pcm(1));
    socket.send(end);
    assert.deepEqual(await closed, { code: 1000, reason: '' });
    const { request_id, created, ...metadata } = messages.at(-1) ?? {};
    assert.deepEqual(metadata, {
      type: 'Metadata',
      transaction_key: 'deprecated',
      sha256: createHash('sha256').update(pcm(1)).digest('hex'),
      duration: 1,
      channels: 1,
    });
    assert.equal(request_id, messages[0]?.['metadata'].request_id);
    assert.ok(!Number.isNaN(Date.parse(String(created))));
  }
});

test('KeepAlive keeps a silent connection, and silence ends it with NET-0001', async (t) => {
  const clock = new FakeClock();
  const server = await startTestServer(t, {
    protocols: [DEEPGRAM],
    clock,
    config: { idleTimeoutMs: 10_000, pingIntervalMs: 1e9 },
  });
  const { messages, closed, socket } = await connect(`${server.url}/v1/listen?${LINEAR16}`);
  clock.advance(6000);
  socket.send('{"type":"KeepAlive"}');
  socket.send('{"type":"Unknown"}'); // its answer tells that the KeepAlive was read
  await new Promise((resolve) => socket.once('message', resolve));
  clock.advance(6000);
  assert.equal(socket.readyState, WebSocket.OPEN);
  clock.advance(10_000);
  const { code, reason } = await closed;
  assert.equal(code, 1011);
  assert.match(reason, /^NET-0001/);
  assert.deepEqual(
    messages.map(({ type, variant }) => [type, variant]),
    [
      ['Error', 'MESSAGE_INVALID'],
      ['Error', 'IDLE_TIMEOUT'],
    ],
  );
});

test('a refusal is written as Deepgram writes it', async (t) => {
  const { url } = await startTestServer(t, { protocols: [DEEPGRAM], config: { token: 'secret' } });
  const wrongToken = await refusal(`${url}/v1/listen`, { Authorization: 'Token wrong' });
  assert.equal(wrongToken.statusCode, 401);
  const response = await refusal(`${url}/v1/listen?redact=ssn%0a%E2%82%AC`, {
    Authorization: 'Token secret',
  });
  assert.equal(response.statusCode, 400);
  assert.match(String(response.headers['dg-error']), /^redact: /);
});

codecFuzz('deepgram', codec, [
  '{"type":"KeepAlive"}',
  '{"type":"Finalize","channel":0}',
  '{"type":"CloseStream"}',
  '{"type":"Configure","keyterms":["Siobhan"],"features":{"numerals":true}}',
]);

test('whatever parameters come, they are settings or MESSAGE_INVALID', () => {
  const name = fc.constantFrom(
    'encoding',
    'sample_rate',
    'channels',
    'endpointing',
    'alternatives',
    'language',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.oneof(fc.string(), fc.integer().map(String)))), (pairs) => {
      try {
        codec(new URLSearchParams(pairs).toString());
      } catch (error) {
        assert.ok(error instanceof AgentError && error.code === 'MESSAGE_INVALID');
      }
    }),
  );
});

// biome-ignore lint/suspicious/noExplicitAny: messages are what comes over the wire
type Message = Record<string, any>;

async function connect(url: string) {
  const socket = new WebSocket(url);
  const messages: Message[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(data.toString())));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise((resolve) => socket.once('open', resolve));
  return { socket, messages, closed };
}
