import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EarshotProcess, startDaemon } from '../support/daemon.ts';
import { BusClient, lacksMosquitto, Mosquitto } from '../support/mosquitto.ts';
import { TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const SPEECH = 'test/fixtures/speech/two-sentences.wav';

test('a hook gets what the microphone of the daemon hears, and the log has no transcript', async (t) => {
  const folder = temporaryFolder(t);
  const [program, file] = [join(folder, 'hook.cjs'), join(folder, 'final.json')];
  writeFileSync(program, 'const fs = require("fs"); fs.writeFileSync(process.argv[2], fs.readFileSync(0));');
  const { daemon, httpUrl } = await startDaemon(t, ['--source', SPEECH], {
    EARSHOT_HOOKS_ON_FINAL: [process.execPath, program, file].join(','),
    EARSHOT_LOG_LEVEL: 'debug',
  });
  const { outcome } = await daemon.logLine('hook ended');
  assert.equal(outcome, 'done');
  const { type, source, text } = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual([type, source], ['final', 'microphone']);
  assert.match(
    await (await fetch(`${httpUrl}/metrics`)).text(),
    /deliveries_total\{sink="hook",outcome="done"\} 1/,
  );
  daemon.process.kill('SIGTERM');
  assert.ok(!(await daemon.ended).stderr.includes(text));
});

test('a daemon that vanishes is told by its last will', { skip: lacksMosquitto }, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, 'earshot/status');
  const { daemon } = await startDaemon(t, ['--no-microphone'], { EARSHOT_MQTT_URL: url });
  assert.equal((await bus.next(/status/)).text, 'online');
  daemon.process.kill('SIGKILL');
  assert.equal((await bus.next(/status/)).text, 'offline');
});

test('a wrong address is a fault of the configuration, with its setting', async (t) => {
  const { code, stderr } = await EarshotProcess.start(
    t,
    ['serve', '--model', TINY_MODEL, '--port', '0', '--no-microphone'],
    {
      EARSHOT_WEBHOOKS_URLS: 'ftp://127.0.0.1/x',
    },
  ).ended;
  assert.equal(code, 2);
  assert.match(stderr, /webhooks\.urls: expected .*https:\/\//);
});
