import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { record } from './feature-table.ts';
import { CLIENT_PYTHON, lacksPackage, lacksPython, loadPackage } from './installed.ts';
import { chunks, nativeFinals, SPEECH, startReference, TOKEN, WITH_WORDS } from './reference.ts';

const RATE = 16000;
/** Sounds like something in the speech of the tests, which is heard otherwise. */
const HOTWORD = 'mourning'; // sounds as what is said
const SDK = 'npm `@deepgram/sdk`';
const run = promisify(execFile);

// biome-ignore lint/suspicious/noExplicitAny: messages are what comes over the wire
type Message = Record<string, any>;

function finalTexts(messages: readonly Message[]): string[] {
  return messages
    .filter((message) => message['is_final'] === true)
    .map((message) => message['channel'].alternatives[0].transcript)
    .filter((text) => text !== '');
}

/** Sends the speech; the final results when the connection is closed, those with text. */
async function finalsOf(connection: Message): Promise<Message[]> {
  const messages: Message[] = [];
  connection['on']('message', (message: Message) => messages.push(message));
  const closed = new Promise<void>((resolve) => connection['on']('close', resolve));
  connection['connect']();
  await connection['waitForOpen']();
  for (const chunk of chunks(SPEECH)) connection['sendMedia'](chunk);
  connection['sendCloseStream']({ type: 'CloseStream' });
  await closed;
  return messages.filter(({ is_final, channel }) => is_final && channel.alternatives[0].transcript !== '');
}

test('@deepgram/sdk, unchanged: live transcription', { skip: lacksPackage('@deepgram/sdk') }, async (t) => {
  const { url, texts } = await startReference(t, { sampleRate: RATE });
  const { DeepgramClient, DeepgramEnvironment } = loadPackage('@deepgram/sdk');
  const environment = { ...DeepgramEnvironment.Production, production: url };
  const client = new DeepgramClient({ apiKey: TOKEN, environment });
  const connection = await client.listen.v1.connect({
    ...{ model: 'nova-3', language: 'en-US', encoding: 'linear16', sample_rate: RATE },
    ...{ interim_results: 'true', vad_events: 'true', utterance_end_ms: 1000 },
  });
  const messages: Message[] = [];
  connection.on('message', (message: Message) => messages.push(message));
  const closed = new Promise<{ code: number }>((resolve) => connection.on('close', resolve));
  connection.connect();
  await connection.waitForOpen();
  for (const chunk of chunks(SPEECH)) connection.sendMedia(chunk);
  connection.sendKeepAlive({ type: 'KeepAlive' });
  connection.sendFinalize({ type: 'Finalize' });
  connection.sendCloseStream({ type: 'CloseStream' });
  assert.equal((await closed).code, 1000);
  assert.deepEqual(finalTexts(messages), texts);
  const types = new Set(messages.map(({ type }) => type));
  assert.deepEqual([...types].sort(), ['Metadata', 'Results', 'SpeechStarted', 'UtteranceEnd']);
  assert.ok(messages.some((message) => message['is_final'] === false));
  assert.ok(messages.some((message) => message['from_finalize'] === true));
  const words = messages.flatMap((message) => message['channel']?.alternatives?.[0].words ?? []);
  assert.ok(words.length > 0);
  assert.ok(words.every(({ start, end, confidence }) => start <= end && confidence > 0));
  const features = ['finals', 'partials', 'words, times', 'confidence', 'flush'] as const;
  record({ protocol: 'Deepgram', client: SDK, features });
});

test('@deepgram/sdk: other readings with their words, and the silence that ends a result', {
  skip: lacksPackage('@deepgram/sdk'),
}, async (t) => {
  const { url, texts } = await startReference(t, { sampleRate: RATE }, WITH_WORDS);
  const options = { alternatives: 2, endpoint: { rule2SilenceMs: 300 } };
  const expected = await nativeFinals(url, { sampleRate: RATE, options });
  assert.notEqual(expected.length, texts.length);
  assert.ok(expected.some(({ alternatives = [] }) => alternatives.length === 2));
  const { DeepgramClient, DeepgramEnvironment } = loadPackage('@deepgram/sdk');
  const environment = { ...DeepgramEnvironment.Production, production: url };
  const client = new DeepgramClient({ apiKey: TOKEN, environment });
  const connection = await client.listen.v1.connect({
    ...{ model: 'nova-2', encoding: 'linear16', sample_rate: RATE, endpointing: 300 },
    queryParams: { alternatives: 3 },
  });
  const messages = await finalsOf(connection);
  const readings = messages.map(({ channel }) =>
    channel.alternatives.map(({ transcript, words }: Message) => ({
      text: transcript,
      words: words.map(({ word: text, start, end, confidence }: Message) => ({
        text,
        start,
        end,
        confidence,
      })),
    })),
  );
  assert.deepEqual(
    readings,
    expected.map((final) =>
      [final, ...(final.alternatives ?? [])].map(({ text, words }) => ({ text, words })),
    ),
  );
  record({ protocol: 'Deepgram', client: SDK, features: ['alternatives', 'endpoint wish'] });
});

test('@deepgram/sdk: key terms change what is heard, and smart_format how it is written', {
  skip: lacksPackage('@deepgram/sdk'),
}, async (t) => {
  const { url, texts } = await startReference(t, { sampleRate: RATE }, WITH_WORDS);
  const options = { hotwords: [{ text: HOTWORD, boost: 40 }], readable: true };
  const expected = await nativeFinals(url, { sampleRate: RATE, options });
  assert.notDeepEqual(
    expected.map(({ text }) => text),
    texts,
  );
  const { DeepgramClient, DeepgramEnvironment } = loadPackage('@deepgram/sdk');
  const environment = { ...DeepgramEnvironment.Production, production: url };
  const client = new DeepgramClient({ apiKey: TOKEN, environment });
  const connection = await client.listen.v1.connect({
    ...{ model: 'nova-2', encoding: 'linear16', sample_rate: RATE },
    ...{ keywords: `${HOTWORD}:10`, smart_format: 'true' },
  });
  assert.deepEqual(
    finalTexts(await finalsOf(connection)),
    expected.map(({ readable }) => readable?.text),
  );
  record({ protocol: 'Deepgram', client: SDK, features: ['hotwords or phrases', 'readable text'] });
});

test('@deepgram/sdk: a wrong key and a wish that can not be met are refused', {
  skip: lacksPackage('@deepgram/sdk'),
}, async (t) => {
  const { url } = await startReference(t, { sampleRate: RATE });
  const { DeepgramClient, DeepgramEnvironment } = loadPackage('@deepgram/sdk');
  const environment = { ...DeepgramEnvironment.Production, production: url };
  for (const [apiKey, wish] of [
    ['wrong', {}],
    [TOKEN, { diarize: 'true' }],
  ] as const) {
    const client = new DeepgramClient({ apiKey, environment });
    const connection = await client.listen.v1.connect({ model: 'nova-3', reconnectAttempts: 0, ...wish });
    const refused = new Promise<Error>((resolve) => connection.on('error', resolve));
    connection.connect();
    assert.match((await refused).message, apiKey === 'wrong' ? /401/ : /400/);
    connection.close();
  }
  record({ protocol: 'Deepgram', client: SDK, features: ['refused wish', 'token'] });
});

test('a browser with the sub-protocol of Deepgram', { skip: lacksPackage('ws') }, async (t) => {
  const { url } = await startReference(t, { sampleRate: RATE });
  const { WebSocket } = loadPackage('ws');
  const socket = new WebSocket(`${url}/v1/listen`, ['token', TOKEN]);
  await once(socket, 'open');
  assert.equal(socket.protocol, 'token');
  socket.close();
});

test('deepgram-sdk in Python, unchanged: live transcription', { skip: lacksPython() }, async (t) => {
  const { url, texts } = await startReference(t, { sampleRate: RATE });
  const { stdout } = await run(CLIENT_PYTHON, ['test/clients/deepgram_live.py', url, TOKEN]);
  const messages = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Message);
  assert.deepEqual(finalTexts(messages), texts);
  assert.equal(messages.at(-1)?.['type'], 'Metadata');
  record({ protocol: 'Deepgram', client: 'PyPI `deepgram-sdk`', features: ['finals', 'token'] });
});
