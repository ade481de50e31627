import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { AgentError } from '../../../agent/errors.ts';
import { OPENAI_REALTIME } from '../../../agent/server/protocols/openai-realtime.ts';
import type { Codec, ServerEvent } from '../../../agent/server/protocols/protocol.ts';
import type { Final, Partial } from '../../../agent/transcript/transcript-event.ts';
import { codecFuzz } from '../../contract/codec-fuzz.ts';
import { protocolContract } from '../../contract/protocol-contract.ts';
import { EventQueue } from '../../support/event-queue.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeEngine } from '../../support/fake-engine.ts';
import { startTestServer, until } from '../../support/test-server.ts';

const MODEL = { name: 'en-base', version: '0.1.0', language: 'en' };
const LOGPROBS = 'item.input_audio_transcription.logprobs';
const COMPLETED = 'conversation.item.input_audio_transcription.completed';
const DELTA = 'conversation.item.input_audio_transcription.delta';

// biome-ignore lint/suspicious/noExplicitAny: messages are what comes over the wire
type Message = Record<string, any>;

const codec = (query = 'intent=transcription') =>
  OPENAI_REALTIME.createCodec(new URLSearchParams(query), MODEL);
const decode = (one: Codec, event: unknown) => one.decode(JSON.stringify(event));
const append = (bytes: Uint8Array) =>
  JSON.stringify({ type: 'input_audio_buffer.append', audio: Buffer.from(bytes).toString('base64') });
const update = (input: Message, rest: Message = {}) => ({
  type: 'session.update',
  session: { type: 'transcription', audio: { input }, ...rest },
});
const encode = (one: Codec, ...events: readonly ServerEvent[]): Message[] =>
  events.flatMap((event) => one.encode(event)).map((frame) => JSON.parse(String(frame)));

protocolContract({
  protocol: OPENAI_REALTIME,
  query: 'intent=transcription',
  opening: [JSON.stringify(update({ format: { type: 'audio/pcm', rate: 16000 }, turn_detection: null }))],
  audio: append,
  stop: '{"type":"input_audio_buffer.commit"}',
  badText: '{"type":"response.create"}',
  finalText: (frame) => {
    const message = JSON.parse(frame);
    return message.type === COMPLETED ? message.transcript : null;
  },
  isEnd: (frame) => {
    const { type, error } = JSON.parse(frame);
    return type === COMPLETED || error?.code === 'input_audio_buffer_commit_empty';
  },
});

const partial = (text: string, stable: string): ServerEvent => {
  const event: Partial = { type: 'partial', segment: 0, text, stable, start: 0.5, end: 1 };
  return { type: 'transcript', event, heardSeconds: 1 };
};
const final = (text: string, reason: Final['reason'], heardSeconds = 2): ServerEvent => {
  const words = text.split(' ').map((word) => ({ text: word, start: 0.5, end: 1.1, confidence: 0.25 }));
  const event: Final = {
    ...{ type: 'final', segment: 0, text, words, confidence: 0.25 },
    ...{ start: 0.5, end: 1.1, reason },
  };
  return { type: 'transcript', event, heardSeconds };
};
const SPEECH_START: ServerEvent = { type: 'transcript', event: { type: 'speech-start', time: 0.5 } };
const SECOND_OF_AUDIO = append(new Uint8Array(48000));

/** The answer that a command carries. */
function answer(one: Codec, event: unknown): Message {
  const [command] = decode(one, event);
  assert.equal(command?.type, 'reply');
  return JSON.parse(String(command.type === 'reply' ? command.frames[0] : ''));
}

test('the session tells what is in force: our model, its language, 24 kHz', () => {
  const ready = { type: 'ready', session: 'x', sampleRate: 16000, model: MODEL } as const;
  const [created] = encode(codec(), ready);
  assert.match(created?.['event_id'], /^event_[0-9a-f]{21}$/);
  assert.match(created?.['session'].id, /^sess_[0-9a-f]{21}$/);
  assert.deepEqual([created?.['type'], created?.['session'].type], ['session.created', 'transcription']);
  assert.deepEqual(created?.['session'].audio.input, {
    format: { type: 'audio/pcm', rate: 24000 },
    transcription: { model: 'en-base', language: 'en' },
    noise_reduction: null,
    turn_detection: { type: 'server_vad' },
  });
});

test('session.update is answered with what was taken and without what has no effect', () => {
  const { type, session } = answer(
    codec(),
    update(
      {
        format: { type: 'audio/pcmu' },
        transcription: { model: 'gpt-4o-transcribe', language: 'en', prompt: 'names' },
        noise_reduction: { type: 'near_field' },
        turn_detection: {
          ...{ type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 700 },
        },
      },
      { include: [LOGPROBS] },
    ),
  );
  assert.equal(type, 'session.updated');
  assert.deepEqual(session.include, [LOGPROBS]);
  assert.deepEqual(session.audio.input, {
    format: { type: 'audio/pcmu' },
    transcription: { model: 'en-base', language: 'en', prompt: 'names' },
    noise_reduction: null,
    turn_detection: { type: 'server_vad', silence_duration_ms: 700 },
  });
});

test('what newer clients name without effect is taken', () => {
  const { session } = answer(
    codec(),
    update({
      format: { rate: 24000 },
      transcription: { model: 'gpt-4o-transcribe', language: '' },
      noise_reduction: { strength: 0.5 },
    }),
  );
  assert.deepEqual(session.audio.input, {
    format: { type: 'audio/pcm', rate: 24000 },
    transcription: { model: 'en-base', language: 'en' },
    noise_reduction: null,
    turn_detection: { type: 'server_vad' },
  });
});

test('instead of semantic_vad silence ends the turns, and session.updated says so', () => {
  const one = codec();
  const semantic = {
    ...{ type: 'semantic_vad', eagerness: 'high', create_response: true, interrupt_response: true },
  };
  const before = update({ turn_detection: { type: 'server_vad', silence_duration_ms: 500 } });
  assert.equal(answer(one, before)['session'].audio.input.turn_detection.silence_duration_ms, 500);
  const { session } = answer(one, update({ turn_detection: semantic }));
  assert.deepEqual(session.audio.input.turn_detection, { type: 'server_vad' });
  const [start] = one.decode(SECOND_OF_AUDIO);
  assert.deepEqual(start?.type === 'start' && start.options, { partials: true });
});

test('keywords are hotwords, also later ones, and session.updated lists them', () => {
  const one = codec();
  const keywords = (...words: string[]) => update({ transcription: { keywords: words } });
  assert.deepEqual(answer(one, keywords('Siobhan'))['session'].audio.input.transcription.keywords, [
    'Siobhan',
  ]);
  const [start] = one.decode(SECOND_OF_AUDIO);
  assert.deepEqual(start?.type === 'start' && start.options.hotwords, [{ text: 'Siobhan' }]);
  const [configure, reply] = decode(one, keywords('Ada', 'New York'));
  assert.deepEqual(configure, {
    type: 'configure',
    options: { hotwords: [{ text: 'Ada' }, { text: 'New York' }] },
  });
  assert.equal(reply?.type, 'reply');
  assert.deepEqual(
    decode(one, update({ transcription: { language: 'en' } })).map(({ type }) => type),
    ['reply'],
  );
});

test('names in the prompt are milder hotwords, beside the keywords, and may change', () => {
  const one = codec();
  const prompt = (text: string) => update({ transcription: { prompt: text } });
  decode(one, update({ transcription: { keywords: ['Ada'], prompt: 'With Ada and Grace Hopper.' } }));
  const [start] = one.decode(SECOND_OF_AUDIO);
  assert.deepEqual(start?.type === 'start' && start.options.hotwords, [
    { text: 'Ada' },
    { text: 'Grace Hopper', boost: 3 },
  ]);
  const kinds = (text: string) => decode(one, prompt(text)).map(({ type }) => type);
  assert.deepEqual(kinds('we speak with Grace Hopper'), ['reply']);
  assert.deepEqual(kinds('we speak with Hedy'), ['configure', 'reply']);
  const other = codec();
  decode(other, prompt('Expect words related to technology.'));
  const [plain] = other.decode(SECOND_OF_AUDIO);
  assert.equal(plain?.type === 'start' && 'hotwords' in plain.options, false);
});

test('the form of the beta is understood and answered in kind', () => {
  const one = codec();
  const { type, session } = answer(one, {
    type: 'transcription_session.update',
    session: {
      input_audio_format: 'g711_alaw',
      input_audio_transcription: { model: 'whisper-1', language: 'en' },
      turn_detection: null,
      input_audio_noise_reduction: { type: 'far_field' },
      modalities: ['text'],
    },
  });
  assert.deepEqual(
    [type, session.input_audio_format, session.turn_detection],
    ['transcription_session.updated', 'g711_alaw', null],
  );
  const [start] = one.decode(append(new Uint8Array(160)));
  assert.deepEqual(start, {
    type: 'start',
    format: { encoding: 'alaw', sampleRate: 8000, channels: 1 },
    options: { partials: true, endpoint: { enabled: false } },
  });
});

test('who asks for the beta is greeted in its form', async (t) => {
  const { url } = await startTestServer(t, { protocols: [OPENAI_REALTIME] });
  const address = `${url}/v1/realtime?intent=transcription`;
  for (const socket of [
    new WebSocket(address, { headers: { 'OpenAI-Beta': 'realtime=v1' } }),
    new WebSocket(address, ['realtime', 'openai-insecure-api-key.x', 'openai-beta.realtime-v1']),
  ]) {
    const [data] = await once(socket, 'message');
    const { type, session } = JSON.parse(data.toString());
    assert.deepEqual([type, session.input_audio_format], ['transcription_session.created', 'pcm16']);
    socket.close();
  }
});

test('the beta has one event for the item of a turn', () => {
  const one = codec();
  answer(one, { type: 'transcription_session.update', session: {} });
  const [committed, created, completed] = encode(one, final('', 'flush'));
  assert.equal(committed?.['type'], 'input_audio_buffer.committed');
  assert.deepEqual(
    [created?.['type'], created?.['item'].id, created?.['previous_item_id']],
    ['conversation.item.created', committed?.['item_id'], null],
  );
  assert.equal(completed?.['type'], COMPLETED);
});

test('the stream is opened with the session of the first audio, once', () => {
  const one = codec();
  const turns = { type: 'server_vad', silence_duration_ms: 100 };
  assert.equal(answer(one, update({ turn_detection: turns }))['type'], 'session.updated');
  const commands = [...one.decode(SECOND_OF_AUDIO), ...one.decode(SECOND_OF_AUDIO)];
  assert.deepEqual(
    commands.map(({ type }) => type),
    ['start', 'audio', 'audio'],
  );
  assert.deepEqual(commands[0], {
    type: 'start',
    format: { encoding: 's16le', sampleRate: 24000, channels: 1 },
    options: { partials: true, endpoint: { rule2SilenceMs: 300 } },
  });
});

test('a turn: started, stable text in pieces that add up, stopped, committed, completed', () => {
  const one = codec();
  answer(one, update({}, { include: [LOGPROBS] }));
  const messages = encode(
    one,
    SPEECH_START,
    partial('turn l', ''),
    partial('turn left', 'turn'),
    partial('turn left now', 'turn left'),
    partial('turn left now', 'turn left'),
    final('turn left now', 'endpoint'),
  );
  const id = messages[0]?.['item_id'];
  assert.match(id, /^item_/);
  assert.deepEqual(
    messages.map(({ type, item_id, item, delta }) => [type, item_id ?? item.id, delta]),
    [
      ['input_audio_buffer.speech_started', id, undefined],
      [DELTA, id, 'turn'],
      [DELTA, id, ' left'],
      ['input_audio_buffer.speech_stopped', id, undefined],
      ['input_audio_buffer.committed', id, undefined],
      ['conversation.item.added', id, undefined],
      ['conversation.item.done', id, undefined],
      [DELTA, id, ' now'],
      [COMPLETED, id, undefined],
    ],
  );
  assert.equal(messages[0]?.['audio_start_ms'], 500);
  assert.equal(messages[3]?.['audio_end_ms'], 1100);
  const { transcript, usage, logprobs } = messages.at(-1) ?? {};
  assert.deepEqual([transcript, usage], ['turn left now', { type: 'duration', seconds: 2 }]);
  assert.deepEqual(logprobs[0], { token: 'turn', logprob: -1.3863, bytes: [116, 117, 114, 110] });
});

test('each turn names the one before', () => {
  const [first, second] = encode(codec(), final('one', 'endpoint'), final('two', 'endpoint', 5)).filter(
    ({ type }) => type === 'input_audio_buffer.committed',
  );
  assert.equal(first?.['previous_item_id'], null);
  assert.equal(second?.['previous_item_id'], first?.['item_id']);
});

test('with turn_detection null the client decides, and its turn says no speech_started', () => {
  const one = codec();
  answer(one, update({ turn_detection: null }));
  one.decode(SECOND_OF_AUDIO);
  assert.deepEqual(decode(one, { type: 'input_audio_buffer.commit' }), [{ type: 'flush', realign: true }]);
  assert.deepEqual(
    encode(one, SPEECH_START, final('word', 'flush')).map(({ type }) => type),
    ['input_audio_buffer.committed', 'conversation.item.added', 'conversation.item.done', DELTA, COMPLETED],
  );
});

test('a turn whose words were taken back is completed with an empty transcript', () => {
  const messages = encode(codec(), SPEECH_START, partial('ah', ''), final('', 'endpoint'));
  assert.deepEqual(
    messages.map(({ type }) => type),
    [
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      COMPLETED,
    ],
  );
  assert.equal(messages.at(-1)?.['transcript'], '');
});

test('a commit of silence is completed with an empty transcript', () => {
  const one = codec();
  one.decode(SECOND_OF_AUDIO);
  decode(one, { type: 'input_audio_buffer.commit' });
  const messages = encode(one, final('', 'flush'));
  assert.deepEqual([messages.at(-1)?.['type'], messages.at(-1)?.['transcript']], [COMPLETED, '']);
});

test('a commit without audio is an error of that event, and again after a turn', () => {
  const one = codec();
  const commit = { type: 'input_audio_buffer.commit', event_id: 'mine' };
  const code = 'input_audio_buffer_commit_empty';
  for (let turn = 0; turn < 2; turn++) {
    assert.deepEqual(errorOf(one, commit), {
      type: 'invalid_request_error',
      code,
      message: 'Expected at least 100 ms of audio to commit; the buffer has 0 ms.',
      param: null,
      event_id: 'mine',
    });
    one.decode(SECOND_OF_AUDIO);
    encode(one, final('word', 'endpoint', turn + 1));
  }
});

test('what was heard before a clear is never said, what comes after is', () => {
  const one = codec();
  one.decode(SECOND_OF_AUDIO);
  const cleared = decode(one, { type: 'input_audio_buffer.clear' });
  assert.deepEqual(
    cleared.map(({ type }) => type),
    ['flush', 'reply'],
  );
  assert.deepEqual(encode(one, SPEECH_START, partial('old', 'old'), final('old', 'flush')), []);
  const messages = encode(one, SPEECH_START, final('new', 'endpoint', 3));
  assert.deepEqual(
    messages.filter(({ type }) => type === COMPLETED).map(({ transcript }) => transcript),
    ['new'],
  );
});

test('audio that was cleared is not part of the next turn', () => {
  const one = codec();
  one.decode(SECOND_OF_AUDIO);
  decode(one, { type: 'input_audio_buffer.clear' });
  encode(one, final('old', 'flush', 1));
  const completed = encode(one, SPEECH_START, final('new', 'endpoint', 3)).at(-1);
  assert.deepEqual(completed?.['usage'], { type: 'duration', seconds: 2 });
});

test('a turn that is cleared while somebody speaks is stopped, once, and nothing else is said of it', () => {
  const one = codec();
  one.decode(SECOND_OF_AUDIO);
  const [started] = encode(one, SPEECH_START);
  decode(one, { type: 'input_audio_buffer.clear' });
  const messages = encode(
    one,
    partial('old words', 'old'),
    final('old words', 'endpoint'),
    SPEECH_START,
    final('more', 'flush'),
  );
  assert.deepEqual(
    messages.map(({ type, audio_end_ms, item_id }) => [type, audio_end_ms, item_id]),
    [['input_audio_buffer.speech_stopped', 1100, started?.['item_id']]],
  );
});

test('after a clear of less than a sample the next turn is heard', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { protocols: [OPENAI_REALTIME], engine });
  const { socket, next } = await connect(url);
  for (const bytes of [2, 1]) {
    socket.send(append(new Uint8Array(bytes)));
    socket.send('{"type":"input_audio_buffer.clear"}');
  }
  socket.send(SECOND_OF_AUDIO);
  await next('input_audio_buffer.speech_started');
});

/** A client that sends what a test says; `next` is its next event of that type. */
async function connect(url: string) {
  const socket = new WebSocket(`${url}/v1/realtime?intent=transcription`);
  const events = new EventQueue<Message>();
  const iterator = events[Symbol.asyncIterator]();
  socket.on('message', (data) => events.push(JSON.parse(data.toString())));
  socket.on('close', () => events.end());
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  const next = async (type: string): Promise<Message> => {
    for (;;) {
      const { value, done } = await iterator.next();
      if (done === true) throw new Error(`The connection ended before ${type} came.`);
      if (value['type'] === type) return value;
    }
  };
  await next('session.created');
  return { socket, next, closed };
}

test('a client may be silent for as long as it likes', async (t) => {
  const clock = new FakeClock();
  const config = { idleTimeoutMs: 5000, pingIntervalMs: 1e9, maxSessionMs: 1e8 };
  const { url } = await startTestServer(t, { protocols: [OPENAI_REALTIME], clock, config });
  const { socket, next } = await connect(url);
  socket.send(SECOND_OF_AUDIO);
  await next('input_audio_buffer.speech_started');
  clock.advance(3600_000);
  socket.send('{"type":"input_audio_buffer.commit"}');
  await next(COMPLETED);
});

test('long audio is taken in pieces', () => {
  const bytes = Uint8Array.from({ length: 200_001 }, (_, i) => i % 251);
  const [start, ...audio] = codec().decode(append(bytes));
  assert.equal(start?.type, 'start');
  const pieces = audio.map((command) => (command.type === 'audio' ? command.bytes : new Uint8Array(0)));
  assert.ok(pieces.length > 3);
  assert.deepEqual(Buffer.concat(pieces), Buffer.from(bytes));
});

test('an event may have 15 MiB of audio', async (t) => {
  const { url } = await startTestServer(t, { protocols: [OPENAI_REALTIME] });
  const { socket, next } = await connect(url);
  socket.send(JSON.stringify(update({ format: { rate: 48000 }, turn_detection: null })));
  socket.send(append(new Uint8Array(15 * 2 ** 20)));
  socket.send('{"type":"input_audio_buffer.commit"}');
  const { usage } = await next(COMPLETED);
  assert.ok(usage.seconds > 163);
});

test('of a long event only the audio may be long', () => {
  const one = codec();
  const long = 'x'.repeat(2 ** 20);
  for (const event of [
    { type: 'input_audio_buffer.append', audio: 'AAAA', event_id: long },
    { type: 'session.update', list: [{ audio: '' }, ...Array.from({ length: 400_000 }, () => ({}))] },
  ]) {
    assert.match(errorOf(one, event)['message'], /only the audio/i);
  }
  assert.equal(decode(one, update({ transcription: { prompt: 'Ada'.repeat(6000) } })).length, 1);
});

test('audio is base64 however JSON writes it, and nothing else', () => {
  const bytes = Uint8Array.from({ length: 100 }, () => 255);
  const audio = Buffer.from(bytes).toString('base64');
  assert.ok(audio.includes('//'));
  const event = (text: string) => `{"type": "input_audio_buffer.append", "audio" : "${text}"}`;
  const escaped = `{"type":"input_audio_buffer.append","\\u0061udio":"${audio}"}`;
  for (const text of [event(audio), event(audio.replaceAll('/', '\\/')), escaped]) {
    const [, command] = codec().decode(text);
    assert.deepEqual(command?.type === 'audio' && Buffer.from(command.bytes), Buffer.from(bytes));
  }
  for (const bad of ['AAA', 'AAA=A', 'AA AA', '====', 'AAAA\n', '\\"AAA', 'AAAA\\', 'äAAA']) {
    assert.equal(errorOf(codec(), event(bad))['type'], 'invalid_request_error', bad);
  }
});

test('long events share their memory: who finds none is cut off, until those before have been worked on', async (t) => {
  const engine = new FakeEngine({ held: true, queueHighMs: 1 });
  const config = { maxMessageBytes: 1000, longMessageBytes: 4000 };
  const { url, metrics } = await startTestServer(t, { protocols: [OPENAI_REALTIME], engine, config });
  const long = append(new Uint8Array(2400));
  const first = await connect(url);
  first.socket.send(long);
  await until(() => engine.streams.length === 1);
  const second = await connect(url);
  second.socket.send(long);
  await second.closed;
  assert.match(await metrics(), /^earshot_errors_total\{code="MESSAGE_TOO_LARGE"\} 1$/m);
  engine.release();
  first.socket.send('{"type":"input_audio_buffer.clear"}');
  await first.next('input_audio_buffer.cleared');
  const third = await connect(url);
  third.socket.send(long);
  await until(() => engine.streams.length === 2);
});

test('a clear of nothing is only answered', () => {
  assert.equal(answer(codec(), { type: 'input_audio_buffer.clear' })['type'], 'input_audio_buffer.cleared');
});

test('when the engine fails the turn under way fails too', () => {
  const one = codec();
  encode(one, SPEECH_START);
  const messages = encode(one, { type: 'error', code: 'ENGINE_FAILED', message: 'gone' });
  assert.deepEqual(
    messages.map(({ type, error }) => [type, error.type, error.code]),
    [
      ['conversation.item.input_audio_transcription.failed', 'server_error', 'engine_failed'],
      ['error', 'server_error', 'engine_failed'],
    ],
  );
});

test('keywords that are refused end no turn, and those before stay in force', () => {
  const one = codec();
  const keywords = (...words: string[]) => update({ transcription: { keywords: words } });
  answer(one, keywords('Siobhan'));
  one.decode(SECOND_OF_AUDIO);
  encode(one, SPEECH_START);
  decode(one, keywords('Ada'));
  const messages = encode(one, { type: 'error', code: 'HOTWORD_INVALID', message: 'no' });
  assert.deepEqual(
    messages.map(({ type, error }) => [type, error.type, error.code]),
    [['error', 'invalid_request_error', 'hotword_invalid']],
  );
  const [reply] = decode(one, update({ transcription: { language: 'en' } }));
  assert.match(String(reply?.type === 'reply' && reply.frames[0]), /"keywords":\["Siobhan"\]/);
});

/** The error event that a bad event brings. */
function errorOf(one: Codec, event: unknown): Message {
  let caught: unknown;
  assert.throws(
    () => one.decode(typeof event === 'string' ? event : JSON.stringify(event)),
    (error) => {
      caught = error;
      return true;
    },
  );
  assert.ok(caught instanceof AgentError && caught.code === 'MESSAGE_INVALID', String(caught));
  const [message] = encode(one, { type: 'error', code: caught.code, message: caught.message });
  assert.equal(message?.['type'], 'error');
  return message?.['error'];
}

test('an error names the place and the event', () => {
  const one = codec();
  one.decode(SECOND_OF_AUDIO);
  for (const [event, code, param] of [
    [update({ turn_detection: { type: 'psychic_vad' } }), 'invalid_value', /turn_detection\.type$/],
    [update({ transcription: { language: 'de' } }), 'unsupported_language', /transcription\.language$/],
    [update({ format: { type: 'audio/pcmu' } }), 'session_update_not_possible', /format$/],
    [update({ turn_detection: null }), 'session_update_not_possible', /turn_detection$/],
    [update({ voice: 'alloy' }), 'invalid_value', /audio\.input$/],
    [{ type: 'session.update', session: { type: 'realtime' } }, 'invalid_value', /^session\.type$/],
    [{ type: 'input_audio_buffer.append', audio: 'not base64!' }, 'invalid_value', /^audio$/],
    [{ type: 'response.create' }, 'invalid_value', /^type$/],
  ] as const) {
    const error = errorOf(one, { ...event, event_id: 'event-7' });
    assert.deepEqual([error['code'], error['event_id']], [code, 'event-7'], error['message']);
    assert.match(error['param'], param);
  }
  assert.equal(errorOf(one, 'not json')['event_id'], null);
});

test('binary messages are refused', () => {
  assert.throws(() => codec().decode(new Uint8Array(2)), /base64/);
});

test('a conversation is refused before it begins', () => {
  for (const query of ['intent=conversation', 'call_id=1']) {
    assert.throws(() => codec(query), { code: 'MESSAGE_INVALID' });
  }
});

codecFuzz('openai-realtime', codec, [
  JSON.stringify(update({ turn_detection: { type: 'server_vad', silence_duration_ms: 500 } })),
  JSON.stringify(update({ format: { type: 'audio/pcm', rate: 16000 }, turn_detection: null })),
  '{"type":"transcription_session.update","session":{"input_audio_format":"pcm16","include":null}}',
  SECOND_OF_AUDIO,
  '{"type":"input_audio_buffer.append","audio":"AAAA","event_id":"a"}',
  '{"type":"input_audio_buffer.commit"}',
  '{"type":"input_audio_buffer.clear"}',
  '{"type":"response.create"}',
]);
