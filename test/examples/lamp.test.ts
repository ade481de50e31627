import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { Agent } from '../../agent/agent.ts';
import { configSchema } from '../../agent/config.ts';
import { SILENT_LOGGER } from '../../agent/logger.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { startDaemon } from '../support/daemon.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { FakeMicrophone } from '../support/fake-microphone.ts';
import { freePort } from '../support/free-port.ts';
import { BusClient, lacksMosquitto, Mosquitto } from '../support/mosquitto.ts';
import { until } from '../support/test-server.ts';
import { TINY_MODEL, temporaryFolder } from '../support/tiny-bundle.ts';

const WAV_HEADER_BYTES = 44;
const HALF_SECOND_BYTES = 16000;

/** A command as a grammar understands it. */
const COMMAND: Final = {
  ...{ type: 'final', segment: 0, text: 'turn on the living room light', words: [], confidence: 0.9 },
  ...{ start: 0, end: 1, reason: 'endpoint' },
  intent: {
    name: 'HassTurnOn',
    slots: [{ name: 'area', value: 'living room', text: 'living room', start: 0.4, end: 0.8 }],
  },
};

/** A daemon that hears what the engine of the test says, and tells the broker. */
async function startAgent(t: TestContext, url: string): Promise<FakeEngine> {
  const engine = new FakeEngine();
  const microphone = new FakeMicrophone();
  const config = configSchema.parse({ server: { port: 0 }, model: { path: TINY_MODEL }, mqtt: { url } });
  const parts = { loadEngine: async () => engine, openMicrophone: async () => microphone };
  const agent = new Agent({ config, log: SILENT_LOGGER, parts });
  t.after(() => agent.stop());
  await agent.start();
  microphone.hear(0.1);
  await until(() => engine.streams.length > 0);
  return engine;
}

async function startLamp(t: TestContext, url: string): Promise<AsyncIterator<string>> {
  const lamp = spawn(process.execPath, ['scripts/examples/lamp.mjs', url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(async () => {
    lamp.kill();
    await once(lamp, 'exit');
  });
  const lines = createInterface({ input: lamp.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'waiting for commands');
  return lines;
}

test('the example: a command that was understood switches the lamp', { skip: lacksMosquitto }, async (t) => {
  const { url } = await Mosquitto.start(t);
  const home = await BusClient.connect(t, url, 'home/#');
  const lamp = await startLamp(t, url);
  const engine = await startAgent(t, url);
  engine.streams[0]?.emit(COMMAND);
  assert.deepEqual(await home.next(/light/), { topic: 'home/living_room/light/set', text: 'ON' });
  assert.equal((await lamp.next()).value, 'home/living_room/light/set ON');
});

test('the example with a wake phrase: what is said before it switches nothing', {
  skip: lacksMosquitto,
}, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, '#');
  await startLamp(t, url);
  const source = join(temporaryFolder(t), 'speech.wav');
  // "turn on the kitchen light", "what time is it", "turn on the kitchen light"
  writeWav(source, ['heart-light', 'heart-time', 'heart-light']);
  await startDaemon(t, [
    ...['--model', 'models/en-base', '--source', source, '--set', `mqtt.url=${url}`],
    ...['--set', 'microphone.grammars=scripts/examples/lamps.yaml'],
    ...['--set', 'microphone.wakePhrases=what time is it'],
  ]);
  const { topic, text } = await bus.next(/wake|light/);
  assert.deepEqual([topic, JSON.parse(text).phrase], ['earshot/wake', 'what time is it']);
  assert.deepEqual(await bus.next(/light/), { topic: 'home/kitchen/light/set', text: 'ON' });
});

test('the example of the README: the microphone hears a sentence of the grammar, and the lamp is switched', {
  skip: lacksMosquitto,
}, async (t) => {
  const { url } = await Mosquitto.start(t);
  const home = await BusClient.connect(t, url, 'home/#');
  const lamp = await startLamp(t, url);
  await startDaemon(t, [
    ...['--model', 'models/en-base', '--source', 'test/fixtures/speech/heart-light.wav'],
    ...['--set', `mqtt.url=${url}`, '--set', 'microphone.grammars=scripts/examples/lamps.yaml'],
  ]);
  assert.deepEqual(await home.next(/light/), { topic: 'home/kitchen/light/set', text: 'ON' });
  assert.equal((await lamp.next()).value, 'home/kitchen/light/set ON');
});

test('the example without a broker says so in one sentence, and how to get one', async () => {
  const port = await freePort();
  const args = ['scripts/examples/lamp.mjs', `mqtt://127.0.0.1:${port}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^lamp: There is no broker at mqtt:\S+ \(ECONNREFUSED\)\. .*install mosquitto.*\n$/);
});

/** Fixtures one after the other, each with half a second of silence behind it, as one recording. */
function writeWav(path: string, names: readonly string[]): void {
  const sounds = names.map((name) => readFileSync(`test/fixtures/speech/${name}.wav`));
  const silence = Buffer.alloc(HALF_SECOND_BYTES);
  const pcm = Buffer.concat(sounds.flatMap((sound) => [sound.subarray(WAV_HEADER_BYTES), silence]));
  const header = Buffer.from(sounds[0]!.subarray(0, WAV_HEADER_BYTES));
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + pcm.length, 4);
  header.writeUInt32LE(pcm.length, WAV_HEADER_BYTES - 4);
  writeFileSync(path, Buffer.concat([header, pcm]));
}
