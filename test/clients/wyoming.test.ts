import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { record } from './feature-table.ts';
import { CLIENT_PYTHON, lacksPython } from './installed.ts';
import { nativeFinals, startReference, TOKEN, WITH_WORDS } from './reference.ts';

const run = promisify(execFile);
const WYOMING = 'PyPI `wyoming`';
const skip = lacksPython();

async function startWyoming(t: TestContext, settings: readonly string[] = [], args: readonly string[] = []) {
  const sets = ['enabled=true', 'port=0', ...settings].flatMap((setting) => ['--set', `wyoming.${setting}`]);
  const reference = await startReference(t, { sampleRate: 16000 }, { args: [...args, ...sets] });
  const { port } = await reference.daemon.logLine('wyoming is listening');
  return { ...reference, text: reference.texts.join(' '), port: String(port) };
}

async function python(...args: readonly string[]): Promise<string> {
  return (await run(CLIENT_PYTHON, args)).stdout;
}

test('the event order of Home Assistant', { skip }, async (t) => {
  const { text, port } = await startWyoming(t);
  const outcome = JSON.parse(await python('test/clients/wyoming_home_assistant.py', port));
  assert.deepEqual(outcome, { name: 'Earshot', languages: ['en'], texts: [text, text] });
  record({ protocol: 'Wyoming', client: `${WYOMING}, Home Assistant's event order`, features: ['finals'] });
});

/** What the native protocol hears, segment by segment, when so much silence ends one. */
async function textsAt(url: string, rule2SilenceMs: number): Promise<string[]> {
  const finals = await nativeFinals(url, { sampleRate: 16000, options: { endpoint: { rule2SilenceMs } } });
  return finals.map(({ text }) => text);
}

/** Finals that a daemon has sent. */
async function finalsSent(httpUrl: string): Promise<number> {
  const answer = await fetch(`${httpUrl}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return Number(
    /^earshot_final_latency_seconds_count\{origin="client"\} (\d+)$/m.exec(await answer.text())?.[1],
  );
}

test('the wyoming package, unchanged: streamed transcripts on one connection', { skip }, async (t) => {
  const { url, httpUrl, port } = await startWyoming(t, [], WITH_WORDS.args);
  const [relaxed, aggressive] = [await textsAt(url, 1250), await textsAt(url, 300)];
  assert.notEqual(relaxed.length, aggressive.length);
  const before = await finalsSent(httpUrl);
  const lines = (await python('test/clients/wyoming_streaming.py', port)).trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const ofType = (wanted: string) => events.filter(({ type }) => type === wanted);
  const transcripts = ofType('transcript');
  assert.deepEqual(
    transcripts.map(({ context, text }) => ({ context, text })),
    [
      { context: { say: 'relaxed' }, text: relaxed.join(' ') },
      { context: { say: 'aggressive' }, text: aggressive.join(' ') },
    ],
  );
  assert.equal((await finalsSent(httpUrl)) - before, relaxed.length + aggressive.length, 'the wish counts');
  const pieces = ofType('transcript-chunk').map((event) => event['text']);
  assert.equal(pieces.join(''), transcripts.map((event) => event['text']).join(''));
  assert.ok(pieces.length > 0);
  assert.deepEqual(ofType('pong'), [{ type: 'pong', text: 'here?' }]);
  assert.equal(events.at(-1)?.['code'], 'LANGUAGE_UNSUPPORTED');
  const features = ['finals', 'partials', 'endpoint wish', 'many in one connection', 'refused wish'] as const;
  record({ protocol: 'Wyoming', client: WYOMING, features });
});

test('wake phrases, in the event order of Home Assistant', { skip }, async (t) => {
  const offered = [
    { text: 'computer', threshold: 0 },
    { text: 'hey jarvis', threshold: 1 },
  ];
  const { port } = await startWyoming(t, [`wakePhrases=${JSON.stringify(offered)}`]);
  const outcome = JSON.parse(await python('test/clients/wyoming_wake.py', port));
  const { phrases, detected, missed } = outcome;
  assert.deepEqual(phrases, ['computer', 'hey jarvis']);
  assert.equal(detected.name, 'computer');
  assert.ok(detected.timestamp > 1000 && detected.timestamp < 11_000, String(detected.timestamp));
  assert.equal(missed, 'not-detected');
  const features = ['wake phrases'] as const;
  record({
    protocol: 'Wyoming',
    client: `${WYOMING}, Home Assistant's event order for wake words`,
    features,
  });
});

test('the zeroconf package finds the service, as Home Assistant does', { skip }, async (t) => {
  const { port } = await startWyoming(t, ['zeroconf=true', 'name=earshot client test']);
  const found = JSON.parse(await python('test/clients/zeroconf_browse.py', 'earshot client test'));
  assert.deepEqual(found, { port: Number(port), addresses: ['127.0.0.1'] });
  record({ protocol: 'Wyoming', client: 'PyPI `zeroconf`', features: ['discovery'] });
});
