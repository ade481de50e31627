import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { EarshotProcess, startDaemon } from '../support/daemon.ts';
import { TestClient } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';
import { TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

/** "please play some music in the garden" */
const SPEECH_FILE = 'test/fixtures/speech/heart-music.wav';
const SPEECH = readFileSync(SPEECH_FILE);
const PHRASE = 'please play';
/** Its first word sounds as two others to a model of this size. */
const BEHIND = /music in the garden$/;
const BYTES_PER_SECOND = 32000;

const config = defaultConfig();
const engine = await Recognizer.load('models/en-base', {
  ...config,
  engine: { ...config.engine, workers: 1 },
});
after(() => engine.close());

const waitFor = (...phrases: string[]) => ({
  task: { type: 'wake', phrases: phrases.map((text) => ({ text })), listenFor: { type: 'dictation' } },
});

test('what was said behind the phrase is understood from its first word on, as if the stream began there', async (t) => {
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.send({ type: 'start', options: waitFor(PHRASE) });
  client.sendAudio(SPEECH);
  client.send({ type: 'stop' });
  const { phrase, time } = await client.next('wake');
  assert.equal(phrase, PHRASE);
  const { text } = await client.next('final');
  assert.match(text, BEHIND);

  const plain = await TestClient.connect(`${url}/v1/stream`);
  plain.sendAudio(SPEECH.subarray(44 + 2 * Math.round((time * BYTES_PER_SECOND) / 2)));
  plain.send({ type: 'stop' });
  assert.equal((await plain.next('final')).text, text);
});

const UNUSABLE = [
  { what: 'a phrase of too few sounds', phrase: 'hi', message: /"hi" has too few sounds: .*got 2/ },
  { what: 'a phrase that can not be said', phrase: '台所', message: /got none that can be said/ },
] as const;

for (const { what, phrase, message } of UNUSABLE) {
  test(`${what}: a clear error, and the stream goes on with the phrase it had`, async (t) => {
    const { url } = await startTestServer(t, { engine });
    const client = await TestClient.connect(`${url}/v1/stream`);
    client.send({ type: 'start', options: waitFor(PHRASE) });
    client.send({ type: 'configure', options: waitFor(phrase) });
    const error = await client.next('error');
    assert.equal(error.code, 'WAKE_PHRASE');
    assert.match(error.message, message);
    client.sendAudio(SPEECH);
    client.send({ type: 'stop' });
    assert.equal((await client.next('wake')).phrase, PHRASE);
    assert.match((await client.next('final')).text, BEHIND);
    assert.equal((await client.closed).code, 1000);
  });
}

test('the microphone waits for its wake phrase, a hook is told, and what follows is heard', async (t) => {
  const folder = temporaryFolder(t);
  const [program, file] = [join(folder, 'hook.cjs'), join(folder, 'wake.json')];
  writeFileSync(program, 'const fs = require("fs"); fs.writeFileSync(process.argv[2], fs.readFileSync(0));');
  const { daemon, url } = await startDaemon(
    t,
    [
      ...['--model', 'models/en-base', '--source', SPEECH_FILE, '--loop'],
      ...['--set', `microphone.wakePhrases=[{"text": "${PHRASE}", "threshold": 0.4}]`],
      ...['--set', 'microphone.wakeListenMs=1300'],
    ],
    { EARSHOT_HOOKS_ON_WAKE: [process.execPath, program, file].join(','), EARSHOT_LOG_LEVEL: 'debug' },
  );
  const client = await TestClient.connect(`${url}/v1/microphone`);
  assert.deepEqual((await client.next('ready')).task, {
    type: 'wake',
    phrases: [PHRASE],
    listenFor: { type: 'dictation' },
  });
  assert.equal((await client.next('wake')).phrase, PHRASE);
  assert.match((await client.next('final')).text, BEHIND);
  assert.equal((await daemon.logLine('hook ended'))['outcome'], 'done');
  const { type, source, phrase } = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual([type, source, phrase], ['wake', 'microphone', PHRASE]);
});

test('a wake phrase of the microphone that can not be listened for: refused with exit code 1', async (t) => {
  const { code, stderr } = await EarshotProcess.start(t, [
    ...['serve', '--model', TINY_MODEL, '--port', '0', '--no-microphone'],
    ...['--set', 'microphone.wakePhrases=["hi"]'],
  ]).ended;
  assert.equal(code, 1);
  assert.match(stderr, /WAKE_PHRASE.*"hi" has too few sounds/);
});
