import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Check } from '../../agent/cli/doctor-check.ts';
import { checkListening } from '../../agent/cli/listening-check.ts';
import { checkModel } from '../../agent/cli/model-checks.ts';
import { checkAccess, checkCertificate } from '../../agent/cli/server-checks.ts';
import { checkSound } from '../../agent/cli/sound-checks.ts';
import { type Config, configSchema } from '../../agent/config.ts';
import { FakePrograms } from '../capture/fake-program.ts';
import { lacksOpenssl, makeCertificate } from '../support/certificate.ts';
import { EarshotProcess } from '../support/daemon.ts';
import { TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const SPEECH = join(import.meta.dirname, '../fixtures/speech/heart-yes.wav');

function configOf(given: object): Config {
  return configSchema.parse({ model: { path: TINY_MODEL }, ...given });
}

/** All of these fail, with this code at the head of the detail, and say what mends it. */
function assertFailed(checks: readonly Check[], code: string): void {
  assert.ok(checks.length > 0);
  for (const { status, detail, mend } of checks) {
    assert.equal(status, 'failed', detail);
    assert.ok(detail.includes(`${code}: `), detail);
    assert.ok(mend);
  }
}

test('doctor fails where the daemon would refuse the address, the tokens or the source', async (t) => {
  const args = ['doctor', '--model', TINY_MODEL, '--port', '0', '--host', '0.0.0.0', '--source', 'gone.wav'];
  const { code, stdout } = await EarshotProcess.start(t, args).ended;
  assert.equal(code, 1);
  assert.match(stdout, /^FAIL +access +TOKEN_REQUIRED: server\.host is 0\.0\.0\.0.*\n +→ .*token create/m);
  assert.match(stdout, /^FAIL +source +AUDIO_FILE_UNREADABLE: .*gone\.wav/m);
});

test('doctor looks at tokens and exposure as the daemon does', (t) => {
  const tokensFile = join(temporaryFolder(t), 'tokens');
  const server = { host: '0.0.0.0', tokensFile };
  assertFailed([checkAccess(configOf({ server }))], 'CONFIG_INVALID');
  writeFileSync(tokensFile, `kitchen stream sha256:${'0'.repeat(64)}\n`);
  assert.equal(checkAccess(configOf({ server })).status, 'ok');
  const wyoming = checkAccess(configOf({ server, wyoming: { enabled: true, host: '0.0.0.0' } }));
  assertFailed([wyoming], 'TOKEN_REQUIRED');
  assert.match(wyoming.mend ?? '', /wyoming\.host/);
  assert.equal(checkAccess(configOf({})).status, 'ok');
  writeFileSync(tokensFile, '# nothing but a comment\n');
  const { status, detail, mend } = checkAccess(configOf({ server: { tokensFile } }));
  assert.equal(status, 'warning');
  assert.ok(detail.includes(tokensFile) && mend?.includes('earshot token create'), `${detail}; ${mend}`);
});

test('doctor reads the certificate', { skip: lacksOpenssl }, (t) => {
  const pair = makeCertificate(t);
  assert.deepEqual(checkCertificate(configOf({})), []);
  assert.equal(checkCertificate(configOf({ server: { tls: pair } }))[0]?.status, 'ok');
  const broken = { ...pair, keyFile: `${pair.keyFile}.gone` };
  assertFailed(checkCertificate(configOf({ server: { tls: broken } })), 'TLS_INVALID');
});

test('doctor opens the file that is played as the microphone', async () => {
  assert.deepEqual(await checkSound(configOf({})), []);
  const [good] = await checkSound(configOf({ microphone: { source: SPEECH } }));
  assert.equal(good?.status, 'ok', good?.detail);
  assert.deepEqual(await checkSound(configOf({ microphone: { source: 'gone', enabled: false } })), []);
});

const FAULT = 'process.exitCode = 1; process.stderr.write("arecord: main:831: audio open error: ';

for (const [what, body, status] of [
  ['that is not there', `${FAULT}No such file or directory\\n");`, 'failed'],
  ['that is in use', `${FAULT}Device or resource busy\\n");`, 'warning'],
  ['that no list has, but which sounds', 'play(tone(320));', 'ok'],
] as const) {
  test(`doctor opens a device ${what}: ${status}`, async (t) => {
    const programs = await FakePrograms.create();
    t.after(() => programs.remove());
    await programs.install('arecord', `if (/^-[lL]$/.test(args[0])) process.exit(0);\n${body}`);
    const args = ['doctor', '--json', '--device', 'foo', '--port', '0', '--model', temporaryFolder(t)];
    const { stdout } = await EarshotProcess.start(t, args, programs.env).ended;
    const device = (JSON.parse(stdout) as Check[]).find(({ name }) => name === 'device');
    assert.equal(device?.status, status, device?.detail);
    assert.match(device?.detail ?? '', /^foo/);
  });
}

test('doctor tries what the microphone listens for', async (t) => {
  const grammar = join(temporaryFolder(t), 'lights.txt');
  const check = (microphone: object, modelWorks = true) =>
    checkListening(configOf({ microphone }), modelWorks);
  assert.deepEqual(await check({}), []);
  assertFailed(await check({ grammars: [grammar] }, false), 'GRAMMAR_INVALID');
  writeFileSync(grammar, '');
  assertFailed(await check({ grammars: [grammar] }), 'GRAMMAR_INVALID');
  writeFileSync(grammar, 'turn on the light\n');
  const [good] = await check({ grammars: [grammar], wakePhrases: ['hey jarvis'] });
  assert.deepEqual([good?.status, good?.detail], ['ok', `"hey jarvis", ${grammar}`]);
  assertFailed(await check({ wakePhrases: ['漢字'] }), 'WAKE_PHRASE');
});

test('doctor tries the hotwords of the configuration', async () => {
  const check = (list: string[]) =>
    checkListening(configOf({ hotwords: { list }, decoder: { search: 'beam' } }), true);
  const [good] = await check(['Siobhan', 'New York']);
  assert.deepEqual([good?.status, good?.detail], ['ok', 'hotwords (2)']);
  assertFailed(await check(['漢字']), 'HOTWORD_INVALID');
});

test('doctor says how to verify the very model that is broken', async (t) => {
  const folder = temporaryFolder(t);
  const check = await checkModel(configOf({ model: { path: folder } }));
  assertFailed([check], 'MODEL_MISSING');
  assert.equal(check.mend, `earshot models verify ${folder}`);
});
