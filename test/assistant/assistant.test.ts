import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Assistant } from '../../agent/assistant/assistant.ts';
import { type Config, configSchema } from '../../agent/config.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { EventQueue } from '../support/event-queue.ts';
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

function create(config: Config): Promise<Assistant | null> {
  const tools = new FakeSinkTools();
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
