import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { skipWithout } from '../capture/programs.ts';
import { startDaemon } from '../support/daemon.ts';
import { type Feature, record } from './feature-table.ts';
import { CLIENT_PYTHON, checkoutOf, lacksPython } from './installed.ts';
import { SPEECH_FILE, startReference, WITH_WORDS } from './reference.ts';

const run = promisify(execFile);
const VOSK_SERVER = checkoutOf('alphacep/vosk-server', 'VOSK_SERVER_CHECKOUT');
const OPEN = { token: '' };

/** Text of srt without numbers and times. */
function subtitleText(srt: string): string {
  const lines = srt.split('\n').filter((line) => line !== '' && !/^\d+$|-->/.test(line));
  return lines.join(' ');
}

for (const outputType of ['txt', 'srt']) {
  test(`the server mode of the vosk package, unchanged: ${outputType}`, {
    skip: lacksPython() || skipWithout('ffmpeg'),
  }, async (t) => {
    const { url, texts } = await startReference(t, { sampleRate: 16000 }, OPEN);
    const args = ['test/clients/vosk_transcriber.py', url, outputType, SPEECH_FILE];
    const { stdout } = await run(CLIENT_PYTHON, args);
    const text = outputType === 'srt' ? subtitleText(stdout) : stdout.trim().split('\n').join(' ');
    assert.equal(text, texts.join(' '));
    record({
      protocol: 'Vosk',
      client: 'PyPI `vosk` (server mode)',
      features: outputType === 'srt' ? ['words, times'] : ['finals'],
    });
  });
}

test('the package websocket-client: a reset ends a result, and the session goes on', {
  skip: lacksPython(),
}, async (t) => {
  const { url, texts } = await startReference(t, { sampleRate: 16000 }, OPEN);
  const { stdout } = await run(CLIENT_PYTHON, ['test/clients/vosk_reset.py', url, SPEECH_FILE]);
  assert.deepEqual(JSON.parse(stdout).map(textOf), [texts.join(' '), '', texts.join(' ')]);
  const client = 'PyPI `websocket-client`, with `reset`';
  record({ protocol: 'Vosk', client, features: ['finals', 'flush'] });
});

/** The answers that a sample printed, one after the other. */
function answersOf(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split(/(?<=^\}|^\{"text": ""\}|\] \})\n/m)
    .map((text) => JSON.parse(text));
}

/** These ask for port 2700 of this machine, whatever one tells them. */
const SAMPLES = [
  { path: 'websocket/test.py', features: ['finals', 'partials', 'words, times', 'confidence'] },
  { path: 'websocket/test_alternatives.py', features: ['words, times', 'alternatives'] },
  { path: 'websocket/test_ffmpeg.py', features: ['finals', 'partials'] },
  { path: 'client-samples/python/asr-test.py', features: ['finals', 'partials'] },
  { path: 'client-samples/python/asr-test-client.py', features: ['finals', 'partials'] },
] as const;

test('the samples of vosk-server, unchanged', {
  skip: lacksPython() || skipWithout('ffmpeg') || VOSK_SERVER.isLacking,
}, async (t) => {
  const { texts } = await startReference(t, { sampleRate: 16000 }, { ...OPEN, args: ['--port', '2700'] });
  for (const { path, features } of SAMPLES) {
    const { stdout } = await run(CLIENT_PYTHON, [`${VOSK_SERVER.folder}/${path}`, SPEECH_FILE]);
    const answers = answersOf(stdout);
    const text = answers.map((answer) => textOf(answer)).filter((said) => said !== '');
    assert.equal(text.join(' '), texts.join(' '), path);
    assertFeatures(answers, features);
    record({ protocol: 'Vosk', client: `vosk-server \`${path}\``, features });
  }
  const { stdout } = await run(CLIENT_PYTHON, [`${VOSK_SERVER.folder}/websocket/test_srt.py`, SPEECH_FILE]);
  assert.equal(subtitleText(stdout), texts.join(' '));
  record({ protocol: 'Vosk', client: 'vosk-server `websocket/test_srt.py`', features: ['words, times'] });
});

test('the sample of vosk-server with a list of phrases, unchanged, hears them and nothing else', {
  skip: lacksPython() || VOSK_SERVER.isLacking,
}, async (t) => {
  await startDaemon(t, ['--no-microphone', ...WITH_WORDS.args, '--port', '2700']);
  const path = 'websocket/test_words.py';
  const heard = async (file: string) => {
    const sound = `test/fixtures/speech/${file}`;
    const { stdout } = await run(CLIENT_PYTHON, [`${VOSK_SERVER.folder}/${path}`, sound]);
    return answersOf(stdout);
  };
  const digits = await heard('heart-digits.wav');
  assert.equal(digits.map(textOf).join(''), 'one two three four five');
  assertFeatures(digits, ['partials']);
  assert.equal((await heard('heart-rain.wav')).map(textOf).join(''), '');
  const features = ['finals', 'partials', 'hotwords or phrases'] as const;
  record({ protocol: 'Vosk', client: `vosk-server \`${path}\``, features });
});

// biome-ignore lint/suspicious/noExplicitAny: answers are what comes over the wire
function textOf(answer: any): string {
  return answer.text ?? answer.alternatives?.[0].text ?? '';
}

/** The answers show what the table will say. */
// biome-ignore lint/suspicious/noExplicitAny: answers are what comes over the wire
function assertFeatures(answers: readonly any[], features: readonly Feature[]): void {
  if (features.includes('partials')) assert.ok(answers.some(({ partial = '' }) => partial !== ''));
  if (features.includes('alternatives'))
    assert.ok(answers.some(({ alternatives = [] }) => alternatives.length > 1));
  if (!features.includes('words, times')) return;
  const said = answers
    .flatMap((answer) => answer.alternatives ?? [answer])
    .filter(({ text = '' }) => text !== '');
  assert.ok(said.length > 0);
  for (const { text, result } of said) {
    assert.equal(result.map(({ word }: { word: string }) => word).join(' '), text);
    for (const { start, end } of result) assert.ok(start <= end);
  }
  if (!features.includes('confidence')) return;
  for (const { conf } of said.flatMap(({ result }) => result)) assert.ok(conf > 0 && conf <= 1);
}
