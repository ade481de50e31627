import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { Agent } from '../../agent/agent.ts';
import { configSchema } from '../../agent/config.ts';
import { SILENT_LOGGER } from '../../agent/logger.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { startDaemon } from '../support/daemon.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { FakeMicrophone } from '../support/fake-microphone.ts';
import { BusClient, lacksMosquitto, Mosquitto } from '../support/mosquitto.ts';
import { until } from '../support/test-server.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

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
