import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { EarshotProcess, startDaemon } from '../support/daemon.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const LIGHT = join(import.meta.dirname, '../fixtures/speech/heart-light.wav');

function listen(t: TestContext, ...args: string[]): EarshotProcess {
  return EarshotProcess.start(t, ['listen', '--model', TINY_MODEL, ...args]);
}

/** The events of `--json`, as they come. */
async function* eventsOf({ process }: EarshotProcess) {
  for await (const line of createInterface({ input: process.stdout! })) yield JSON.parse(line);
}

test('prints finals only, one a line, in a pipe', async (t) => {
  const { code, stdout } = await listen(t, '--source', LIGHT).ended;
  assert.equal(code, 0);
  assert.match(stdout, /^([a-z' ]+\n)+$/);
});

test('prints events as lines of JSON; Ctrl-C brings the last final', async (t) => {
  const listening = listen(t, '--source', LIGHT, '--loop', '--json', '--set', 'endpoint.enabled=false');
  const types: string[] = [];
  for await (const event of eventsOf(listening)) {
    if (event.type === 'partial' && !types.includes('partial')) listening.process.kill('SIGINT');
    types.push(event.type);
  }
  assert.equal((await listening.ended).code, 0);
  assert.ok(types.indexOf('partial') < types.indexOf('final'), types.join(' '));
});

test('follows the microphone of a daemon until it is told to stop', async (t) => {
  const { url } = await startDaemon(t, ['--source', LIGHT, '--loop']);
  const listening = EarshotProcess.start(t, ['listen', '--server', url, '--json']);
  const types = new Set<string>();
  for await (const event of eventsOf(listening)) {
    if (event.type === 'partial' && !types.has('partial')) listening.process.kill('SIGINT');
    types.add(event.type);
  }
  assert.equal((await listening.ended).code, 0);
  assert.ok(types.has('ready') && types.has('partial'), [...types].join(' '));
});

test('says which token is missing', async (t) => {
  const { url } = await startDaemon(t, ['--no-microphone', '--set', 'server.token=secret']);
  const { code, stderr } = await EarshotProcess.start(t, ['listen', '--server', url]).ended;
  assert.equal(code, 1);
  assert.match(stderr, /earshot: UNAUTHORIZED/);
});

test('refuses what says how this machine is to hear beside a daemon to follow', async (t) => {
  for (const option of ['--grammar', '--hotword', '--source', '--device', '--model']) {
    const { code, stderr } = await EarshotProcess.start(t, ['listen', '--server', option, 'x']).ended;
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`'--server \\[url\\]' cannot be used with option '${option} `));
  }
});

test('says what to install where no recorder is', async (t) => {
  const { code, stderr } = await listen(t).ended;
  assert.equal(code, 1);
  assert.match(stderr, /RECORDER_MISSING: .*install/);
});
