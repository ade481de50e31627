import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { TestClient } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';

const SPEECH = readFileSync(new URL('../fixtures/speech/heart-light.wav', import.meta.url));
const SPOKEN = 'turn on the kitchen light';
const LIGHT = `intents:
  Light: ["turn {state} the {area} light"]
lists:
  state: ["on", "off"]
  area: [kitchen, hall]
`;
const A_MILLION = 1_000_000;

const config = defaultConfig();
const engine = await Recognizer.load('models/en-base', {
  ...config,
  engine: { ...config.engine, workers: 1 },
});
after(() => engine.close());

const commands = (text: string) => ({ task: { type: 'commands', grammars: [{ name: 'page', text }] } });

const UNUSABLE = [
  {
    what: 'a broken grammar',
    text: LIGHT.replace('{area}', '{room}'),
    code: 'GRAMMAR_INVALID',
    message: /page, line 2, column \d+: expected the name of a list, got "room"; there are: state, area/,
  },
  {
    what: 'a grammar with a word that can not be spelled in the tokens',
    text: LIGHT.replace('hall', '"台所"'),
    code: 'GRAMMAR_INVALID',
    message: /page, line 5, column \d+: expected a word in letters that can be spoken, got "台所"/,
  },
  {
    what: 'a grammar of more than a million characters',
    text: LIGHT + '#'.repeat(A_MILLION),
    code: 'GRAMMAR_TOO_LARGE',
    message: /1000\d\d\d characters; expected at most 1000000/,
  },
  {
    what: 'a short grammar that stands for too many sentences',
    text: `intents:\n  Number: ["${'{digit} '.repeat(299)}"]\nlists:\n  digit: { range: { from: 0, to: 99999 } }\n`,
    code: 'GRAMMAR_TOO_LARGE',
    message: /grows to more than 400000 parts .* expected less/,
  },
  { what: 'an empty grammar', text: '', code: 'GRAMMAR_INVALID', message: /expected .*got/ },
] as const;

for (const { what, text, code, message } of UNUSABLE) {
  test(`${what}: a clear error, and the stream goes on with the grammar it had`, async (t) => {
    const { url } = await startTestServer(t, { engine });
    const client = await TestClient.connect(`${url}/v1/stream`);
    client.send({ type: 'start', options: commands(LIGHT) });
    client.send({ type: 'configure', options: commands(text) });
    const error = await client.next('error');
    assert.equal(error.code, code);
    assert.match(error.message, message);
    client.sendAudio(SPEECH);
    client.send({ type: 'stop' });
    const { text: understood, intent } = await client.next('final');
    assert.equal(understood, SPOKEN);
    assert.deepEqual(
      intent?.slots.map(({ name, value }) => [name, value]),
      [
        ['state', 'on'],
        ['area', 'kitchen'],
      ],
    );
    assert.equal((await client.closed).code, 1000);
  });
}

test('a stream that begins with a broken grammar hears dictation, and others do not notice', async (t) => {
  const { url } = await startTestServer(t, { engine });
  const other = await TestClient.connect(`${url}/v1/stream`);
  other.send({ type: 'start', options: commands(LIGHT) });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.send({ type: 'start', options: commands('turn (on') });
  assert.equal((await client.next('error')).code, 'GRAMMAR_INVALID');
  for (const each of [client, other]) {
    each.sendAudio(SPEECH);
    each.send({ type: 'stop' });
  }
  assert.notEqual((await client.next('final')).text, '');
  assert.equal((await other.next('final')).intent?.name, 'Light');
});

test('a grammar that nearly has a million characters is taken', async (t) => {
  const { url } = await startTestServer(t, { engine });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.send({ type: 'start', options: commands(LIGHT + '#'.repeat(A_MILLION - LIGHT.length)) });
  client.sendAudio(SPEECH);
  client.send({ type: 'stop' });
  assert.equal((await client.next('final')).intent?.name, 'Light');
});
