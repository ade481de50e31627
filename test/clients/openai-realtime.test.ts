import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { lacksOpenssl, makeCertificate } from '../support/certificate.ts';
import { record } from './feature-table.ts';
import { CLIENT_PYTHON, lacksPackage, lacksPython, loadPackage } from './installed.ts';
import { chunks, nativeFinals, SPEECH, startReference, TOKEN, WITH_WORDS } from './reference.ts';

/** Of the interface; the speech is understood no better or worse by playing it faster to a model of random weights. */
const RATE = 24000;
const PROTOCOL = 'OpenAI Realtime';
const PACKAGE = 'npm `openai` (`OpenAIRealtimeWS`)';
const COMPLETED = 'conversation.item.input_audio_transcription.completed';
const DELTA = 'conversation.item.input_audio_transcription.delta';
const run = promisify(execFile);

// biome-ignore lint/suspicious/noExplicitAny: messages are what comes over the wire
type Message = Record<string, any>;

const skip = lacksPackage('openai') || lacksOpenssl;
const BY_CLIENT = { sampleRate: RATE, options: { endpoint: { enabled: false } } };

/** A daemon with TLS, which the package insists on. */
async function startSecured(
  t: TestContext,
  start: Parameters<typeof startReference>[1],
  args: readonly string[] = [],
) {
  const { certFile, keyFile } = makeCertificate(t);
  const tls = ['--set', `server.tls.certFile=${certFile}`, '--set', `server.tls.keyFile=${keyFile}`];
  const reference = await startReference(t, start, { args: [...args, ...tls] });
  return { ...reference, baseURL: `${reference.httpUrl}/v1` };
}

interface Emitter {
  on(type: string, listener: (event: Message) => void): void;
  send(event: Message): void;
}

/** Sends the speech and a commit with a client of the package; resolves when so many turns are transcribed. */
async function transcribe(
  client: Emitter,
  turnDetection: Message | null,
  turns: number,
  {
    rate = RATE,
    include,
    ...wishes
  }: { rate?: number; include?: string[]; keywords?: string[]; prompt?: string } = {},
): Promise<Message[]> {
  const events: Message[] = [];
  await new Promise<void>((resolve, reject) => {
    client.on('error', (error) => reject(error));
    client.on('session.created', () => resolve());
  });
  const input = {
    format: { type: 'audio/pcm', rate },
    transcription: { model: 'gpt-4o-transcribe', language: 'en', ...wishes },
    turn_detection: turnDetection,
  };
  client.send({ type: 'session.update', session: { type: 'transcription', audio: { input }, include } });
  const done = new Promise<void>((resolve, reject) => {
    client.on('error', (error) => reject(error));
    client.on('event', (event) => {
      events.push(event);
      if (events.filter(({ type }) => type === COMPLETED).length === turns) resolve();
    });
  });
  for (const chunk of chunks(SPEECH)) {
    client.send({ type: 'input_audio_buffer.append', audio: chunk.toString('base64') });
  }
  client.send({ type: 'input_audio_buffer.commit' });
  await done;
  return events;
}

function transcripts(events: readonly Message[]): string[] {
  return events
    .filter(({ type }) => type === COMPLETED)
    .map(({ transcript }) => transcript)
    .filter((text) => text !== '');
}

/** The deltas of each turn, added up. */
function sums(events: readonly Message[]): string[] {
  const texts = new Map<string, string>();
  for (const { type, item_id, delta } of events) {
    if (type === DELTA) texts.set(item_id, (texts.get(item_id) ?? '') + delta);
  }
  return [...texts.values()];
}

test('the realtime client of openai, unchanged: the server finds the turns', { skip }, async (t) => {
  const { baseURL, texts, endpoints } = await startSecured(t, { sampleRate: RATE });
  const { OpenAI } = loadPackage('openai');
  const { OpenAIRealtimeWS } = loadPackage('openai/realtime/ws');
  const options = { rejectUnauthorized: false };
  const realtime = new OpenAIRealtimeWS(
    { intent: 'transcription', options },
    new OpenAI({ apiKey: TOKEN, baseURL }),
  );
  const events = await transcribe(realtime, { type: 'server_vad' }, endpoints + 1);
  realtime.close();
  assert.deepEqual(transcripts(events), texts);
  assert.deepEqual(sums(events), texts);
  for (const type of [
    'session.updated',
    'input_audio_buffer.speech_started',
    'input_audio_buffer.committed',
  ]) {
    assert.ok(
      events.some((event) => event['type'] === type),
      type,
    );
  }
  record({ protocol: PROTOCOL, client: PACKAGE, features: ['finals', 'partials', 'many in one connection'] });
});

test('the client of openai says what silence ends a turn, and has the confidence of words', {
  skip,
}, async (t) => {
  const rate = 16_000;
  const options = { endpoint: { rule2SilenceMs: 300 } };
  const { url, baseURL, texts } = await startSecured(t, { sampleRate: rate }, WITH_WORDS.args);
  const expected = await nativeFinals(url, { sampleRate: rate, options });
  assert.notEqual(expected.length, texts.length);
  const { OpenAI } = loadPackage('openai');
  const { OpenAIRealtimeWS } = loadPackage('openai/realtime/ws');
  const props = { intent: 'transcription', options: { rejectUnauthorized: false } };
  const realtime = new OpenAIRealtimeWS(props, new OpenAI({ apiKey: TOKEN, baseURL }));
  const turns = expected.filter(({ reason }) => reason !== 'end').length + 1;
  const turnDetection = { type: 'server_vad', silence_duration_ms: 300 };
  const include = ['item.input_audio_transcription.logprobs'];
  const events = await transcribe(realtime, turnDetection, turns, { rate, include });
  realtime.close();
  const heard = events.flatMap(({ type, logprobs }) => (type === COMPLETED ? logprobs : []));
  const words = expected.flatMap((final) => final.words);
  assert.deepEqual(
    transcripts(events),
    expected.map(({ text }) => text),
  );
  assert.deepEqual(
    heard.map(({ token }) => token),
    words.map(({ text }) => text),
  );
  for (const [index, { logprob }] of heard.entries()) {
    assert.ok(Math.abs(Math.exp(logprob) - words[index]!.confidence) < 1e-3);
  }
  record({ protocol: PROTOCOL, client: PACKAGE, features: ['confidence', 'endpoint wish'] });
});

test('keywords and prompts of the client of openai change what is heard', { skip }, async (t) => {
  const rate = 16_000;
  const endpoint = { enabled: false };
  const start = { sampleRate: rate, options: { endpoint } };
  const { url, baseURL, texts } = await startSecured(t, start, WITH_WORDS.args);
  const hotwords = [{ text: 'In the North of Inglund' }, { text: 'My Name Is Awn', boost: 3 }];
  const expected = await nativeFinals(url, { sampleRate: rate, options: { endpoint, hotwords } });
  assert.notDeepEqual(
    expected.map(({ text }) => text),
    texts,
  );
  const { OpenAI } = loadPackage('openai');
  const { OpenAIRealtimeWS } = loadPackage('openai/realtime/ws');
  const props = { intent: 'transcription', options: { rejectUnauthorized: false } };
  const realtime = new OpenAIRealtimeWS(props, new OpenAI({ apiKey: TOKEN, baseURL }));
  const wishes = { rate, keywords: ['In the North of Inglund'], prompt: 'My Name Is Awn' };
  const events = await transcribe(realtime, null, 1, wishes);
  realtime.close();
  assert.deepEqual(
    transcripts(events),
    expected.map(({ text }) => text),
  );
  record({ protocol: PROTOCOL, client: PACKAGE, features: ['hotwords or phrases'] });
});

test('the realtime client of openai for browsers, unchanged: the client commits', { skip }, async (t) => {
  const { baseURL, texts } = await startSecured(t, BY_CLIENT);
  const { OpenAI } = loadPackage('openai');
  const { WebSocket } = loadPackage('ws');
  const browser = globalThis as { WebSocket?: unknown };
  const before = browser.WebSocket;
  browser.WebSocket = class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { rejectUnauthorized: false });
    }
  };
  t.after(() => {
    browser.WebSocket = before;
  });
  const { OpenAIRealtimeWebSocket } = loadPackage('openai/realtime/websocket');
  const props = { intent: 'transcription', dangerouslyAllowBrowser: true };
  const realtime = new OpenAIRealtimeWebSocket(props, new OpenAI({ apiKey: TOKEN, baseURL }));
  const events = await transcribe(realtime, null, 1);
  realtime.close();
  assert.deepEqual(transcripts(events), texts);
  assert.deepEqual(sums(events), texts);
  const client = 'npm `openai` (`OpenAIRealtimeWebSocket`)';
  record({ protocol: PROTOCOL, client, features: ['finals', 'partials', 'flush', 'token'] });
});

test('a wrong key and what is no transcription are errors of the client of openai', { skip }, async (t) => {
  const { baseURL } = await startSecured(t, { sampleRate: RATE });
  const { OpenAI } = loadPackage('openai');
  const { OpenAIRealtimeWS } = loadPackage('openai/realtime/ws');
  const open = (apiKey: string, props: Message) => {
    const settings = { ...props, options: { rejectUnauthorized: false } };
    return new OpenAIRealtimeWS(settings, new OpenAI({ apiKey, baseURL }));
  };
  const refused = open('wrong', { intent: 'transcription' });
  const { message } = await new Promise<Error>((resolve) => refused.on('error', resolve));
  assert.match(message, /401/);
  const conversation = open(TOKEN, { model: 'gpt-realtime' });
  conversation.on('session.created', () => conversation.send({ type: 'response.create', event_id: 'mine' }));
  const { error } = await new Promise<Message>((resolve) => conversation.on('error', resolve));
  assert.deepEqual([error.type, error.event_id], ['invalid_request_error', 'mine']);
  conversation.close();
  record({ protocol: PROTOCOL, client: PACKAGE, features: ['refused wish', 'token'] });
});

test('openai in Python, unchanged: the client commits', { skip: lacksPython() }, async (t) => {
  const { url, texts } = await startReference(t, BY_CLIENT);
  const { stdout } = await run(CLIENT_PYTHON, ['test/clients/openai_realtime.py', `${url}/v1`, TOKEN]);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Message);
  assert.deepEqual(transcripts(events), texts);
  record({ protocol: PROTOCOL, client: 'PyPI `openai`', features: ['finals', 'flush', 'token'] });
});
