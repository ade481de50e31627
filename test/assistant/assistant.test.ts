import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Assistant } from '../../agent/assistant/assistant.ts';
import { type Config, configSchema } from '../../agent/config.ts';
import { loadConfig } from '../../agent/config-load.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { EventQueue } from '../support/event-queue.ts';
import { BusClient, lacksMosquitto, Mosquitto } from '../support/mosquitto.ts';
import { until } from '../support/test-server.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';
import { FakeSinkTools, finalEvent, intentEvent, wakeEvent } from './sink-tools.ts';

const MICROPHONE = { origin: 'microphone', session: 'microphone', latencyMs: 41 } as const;
const CLIENT = { origin: 'client', session: 'session-1' } as const;
const FINAL: Final = {
  ...{ type: 'final', segment: 0, text: 'turn left', words: [], confidence: 0.9 },
  ...{ start: 0.5, end: 1, reason: 'endpoint' },
};
const SLOT = { name: 'side', value: 'left', text: 'left', start: 0.8, end: 1 };

/** An assistant that posts to the test. */
async function setUp(t: TestContext, settings: Partial<Config['assistant']> = {}) {
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what comes over the wire
  const posted = new EventQueue<Record<string, any>>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    posted.push(JSON.parse(body));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const config = configSchema.parse({ assistant: settings, webhooks: { urls: [url] } });
  const assistant = await create(config);
  assert.ok(assistant);
  t.after(async () => {
    await assistant.stop(0);
    server.closeAllConnections();
    server.close();
  });
  const received = posted[Symbol.asyncIterator]();
  return { assistant, next: async () => (await received.next()).value };
}

function create(config: Config, tools = new FakeSinkTools()): Promise<Assistant | null> {
  return Assistant.create({ config, language: () => 'en', version: '1', flush: async () => {}, tools });
}

test('by default there is none', async () => {
  assert.equal(await create(configSchema.parse({})), null);
});

test('a final of the microphone is told; partials, silence and clients are not', async (t) => {
  const { assistant, next } = await setUp(t);
  assistant.accept({ type: 'speech-start', time: 0 }, MICROPHONE);
  assistant.accept({ ...FINAL, text: '' }, MICROPHONE);
  assistant.accept({ ...FINAL, text: 'of a client' }, CLIENT);
  assistant.accept(FINAL, MICROPHONE);
  const { at, ...event } = await next();
  assert.ok(!Number.isNaN(Date.parse(at)));
  assert.deepEqual(event, {
    ...{ type: 'final', source: 'microphone', session: 'microphone', text: 'turn left' },
    ...{ confidence: 0.9, start: 0.5, end: 1, latencyMs: 41, words: [] },
  });
});

test('a command is told twice: as a final and as an intent with its slots', async (t) => {
  const { assistant, next } = await setUp(t);
  assistant.accept({ ...FINAL, intent: { name: 'Turn', slots: [SLOT] } }, MICROPHONE);
  assert.equal((await next())['type'], 'final');
  const { type, intent, slots, text } = await next();
  assert.deepEqual([type, intent, slots, text], ['intent', 'Turn', [SLOT], 'turn left']);
});

test('each hook gets the events of its name, as JSON on its input', async (t) => {
  const folder = temporaryFolder(t);
  const program = 'require("fs").writeFileSync(process.argv[1], require("fs").readFileSync(0))';
  const hook = (name: string) => [process.execPath, '-e', program, join(folder, name)];
  const hooks = { onWake: hook('wake'), onFinal: hook('final'), onIntent: hook('intent') };
  const tools = new FakeSinkTools();
  const assistant = await create(configSchema.parse({ hooks }), tools);
  assert.ok(assistant);
  t.after(() => assistant.stop(0));
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

  assistant.accept({ ...FINAL, intent: { name: 'Turn', grammar: 'car', slots: [SLOT] } }, MICROPHONE);
  assert.deepEqual([await tools.outcome(), await tools.outcome()], ['done', 'done']);
  assert.deepEqual(readdirSync(folder).sort(), ['final', 'intent']);
  const { at, ...event } = read('intent');
  assert.equal(at, new Date(at).toISOString());
  assert.deepEqual(event, {
    ...{ type: 'intent', source: 'microphone', session: 'microphone', intent: 'Turn', slots: [SLOT] },
    ...{ text: 'turn left', confidence: 0.9, start: 0.5, end: 1, latencyMs: 41 },
  });
  assert.equal(read('final').type, 'final');

  assistant.accept({ ...FINAL, text: '', refusal: 'unlikely' }, MICROPHONE);
  assistant.accept({ type: 'wake', phrase: 'hey jarvis', time: 2, confidence: 0.8 }, MICROPHONE);
  assert.equal(await tools.outcome(), 'done');
  assert.deepEqual([read('wake').type, read('wake').phrase], ['wake', 'hey jarvis']);
});

test('a command that is refused in a dialogue is answered', { skip: lacksMosquitto }, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, 'hermes/+/+');
  const assistant = await create(configSchema.parse({ mqtt: { url, listen: 'asked' } }));
  assert.ok(assistant);
  t.after(() => assistant.stop(0));
  await until(() => assistant.mqttConnected);
  await until(async () => {
    // the subscription of the daemon may not be there yet
    await bus.client.publishAsync('hermes/asr/startListening', '{"sessionId":"session-7"}', { qos: 1 });
    assistant.accept({ ...FINAL, text: '', refusal: 'unlikely' }, MICROPHONE);
    return assistant.queued('mqtt') > 0;
  });
  for (const topic of ['hermes/asr/textCaptured', 'hermes/nlu/intentNotRecognized']) {
    const message = await bus.next(/textCaptured|NotRecognized/);
    const { text, input, sessionId } = JSON.parse(message.text);
    assert.deepEqual([message.topic, text ?? input, sessionId], [topic, '', 'session-7']);
  }
});

test('clients are told when that is configured', async (t) => {
  const { assistant, next } = await setUp(t, { clients: true });
  assistant.accept(FINAL, CLIENT);
  const { source, session } = await next();
  assert.deepEqual([source, session], ['client', 'session-1']);
});

test('addresses of the wrong kind are named', async () => {
  for (const [settings, expected] of [
    [{ webhooks: { urls: ['localhost/hook'] } }, /^webhooks\.urls: /],
    [{ mqtt: { url: 'http://127.0.0.1' } }, /^mqtt\.url: .*mqtts:\/\//],
  ] as const) {
    await assert.rejects(create(configSchema.parse(settings)), { code: 'CONFIG_INVALID', message: expected });
  }
});

test('a prefix that can not stand in a topic is refused with what was expected', () => {
  for (const prefix of ['a/+/b', 'a/#', 'a\0', 'a\n', 'a\uffff', '', 'x'.repeat(129)]) {
    assert.throws(() => loadConfig({}, { EARSHOT_MQTT_TOPIC_PREFIX: prefix }), {
      code: 'CONFIG_INVALID',
      message:
        /^mqtt\.topicPrefix \(from EARSHOT_MQTT_TOPIC_PREFIX\): expected a text of 1 to 128 characters without \+, # and control characters; got /,
    });
  }
});

test('the examples of the page have the fields that events have', () => {
  const page = readFileSync('agent/ASSISTANT.md', 'utf8');
  const examples = [...page.matchAll(/^```json event\n([^`]*)^```/gm)].map(([, text]) =>
    JSON.parse(text ?? ''),
  );
  const events = [finalEvent('a'), intentEvent('b', 'c'), wakeEvent('d')];
  for (const event of events) {
    const example = examples.find(({ type }) => type === event.type);
    const optional = { latencyMs: 0 };
    assert.deepEqual(
      Object.keys({ ...example, ...optional }).sort(),
      Object.keys({ ...event, ...optional }).sort(),
    );
  }
});
