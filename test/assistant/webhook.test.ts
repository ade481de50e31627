import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Webhook, type WebhookOptions } from '../../agent/assistant/webhook.ts';
import { EventQueue } from '../support/event-queue.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { until } from '../support/test-server.ts';
import { FakeSinkTools, finalEvent, intentEvent } from './sink-tools.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An address that answers as a test says: a status, or what the test does with the response. */
async function startReceiver(t: TestContext, answer: (response: ServerResponse, count: number) => void) {
  const received: Received[] = [];
  const arrivals = new EventQueue<Received>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    arrivals.push({ headers: request.headers, body });
    answer(response, received.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, received };
}

function webhookFor(t: TestContext, url: string, options: Partial<WebhookOptions> = {}) {
  const clock = new FakeClock();
  const tools = new FakeSinkTools(clock);
  const webhook = new Webhook(
    {
      ...{ url, events: ['final'], secret: '', userAgent: 'earshot/test' },
      ...{ timeoutMs: 1000, retryMinMs: 100, retryMaxMs: 400 },
      ...{ concurrency: 1, queueLimit: 4, maxAgeMs: 10_000, ...options },
    },
    tools,
  );
  t.after(async () => {
    const closed = webhook.close(0);
    clock.advance(0);
    await closed;
  });
  return { webhook, tools, clock };
}

const status = (code: number) => (response: ServerResponse) => {
  response.writeHead(code).end('answer');
};

test('an event is posted as JSON; others are not', async (t) => {
  const { url, received } = await startReceiver(t, status(204));
  const { webhook, tools } = webhookFor(t, url);
  webhook.accept(intentEvent('TurnOn', 'turn on'));
  webhook.accept(finalEvent('turn left'));
  assert.equal(await tools.outcome(), 'done');
  assert.equal(received.length, 1);
  const { headers, body } = received[0] as Received;
  assert.deepEqual(JSON.parse(body), finalEvent('turn left'));
  assert.deepEqual(
    [
      headers['content-type'],
      headers['x-earshot-event'],
      headers['user-agent'],
      headers['x-earshot-signature'],
    ],
    ['application/json', 'final', 'earshot/test', undefined],
  );
});

test('with a secret the body is signed', async (t) => {
  const { url, received } = await startReceiver(t, status(200));
  const { webhook, tools } = webhookFor(t, url, { secret: 'key' });
  webhook.accept(finalEvent('turn left'));
  await tools.outcome();
  const { headers, body } = received[0] as Received;
  const expected = createHmac('sha256', 'key').update(body).digest('hex');
  assert.equal(headers['x-earshot-signature'], `sha256=${expected}`);
});

test('a failure that may pass is tried again with longer pauses, as the same delivery', async (t) => {
  const { url, received } = await startReceiver(t, (response, count) =>
    status([503, 429, 500, 200][count - 1] ?? 200)(response),
  );
  const { webhook, tools, clock } = webhookFor(t, url);
  webhook.accept(finalEvent('x'));
  for (const [failures, pauseMs] of [100, 200, 400].entries()) {
    await until(() => tools.lines.length === failures + 1);
    clock.advance(pauseMs - 1);
    assert.equal(clock.pendingTimers, 1);
    clock.advance(1);
  }
  assert.equal(await tools.outcome(), 'done');
  assert.equal(received.length, 4);
  const ids = new Set(received.map(({ headers }) => headers['x-earshot-delivery']));
  assert.equal(ids.size, 1);
});

test('a refusal for good and a redirection are not tried again', async (t) => {
  for (const code of [404, 401, 302]) {
    const { url, received } = await startReceiver(t, status(code));
    const { webhook, tools } = webhookFor(t, url);
    webhook.accept(finalEvent('x'));
    assert.equal(await tools.outcome(), 'failed');
    assert.equal(received.length, 1);
    assert.equal(tools.lines[0]?.fields['reason'], `status ${code}`);
  }
});

test('an address at which nobody listens is given up when the event is too old', async (t) => {
  const { webhook, tools, clock } = webhookFor(t, 'http://127.0.0.1:1/', { maxAgeMs: 150 });
  webhook.accept(finalEvent('a secret'));
  await until(() => tools.lines.length === 1 && clock.pendingTimers === 1);
  clock.advance(100);
  assert.equal(await tools.outcome(), 'expired');
  assert.equal(tools.lines.length, 2);
  assert.ok(!JSON.stringify(tools.lines).includes('secret'));
});

test('an event that the machine sleeps over is not posted again', async (t) => {
  const { url, received } = await startReceiver(t, status(503));
  const { webhook, tools, clock } = webhookFor(t, url);
  webhook.accept(finalEvent('x'));
  await until(() => tools.lines.length === 1 && clock.pendingTimers === 1);
  clock.sleep(8 * 3_600_000);
  clock.advance(100);
  assert.equal(await tools.outcome(), 'expired');
  assert.equal(received.length, 1);
});

test('an address that takes the request and never answers is left after the time for an answer', async (t) => {
  const { url, received } = await startReceiver(t, () => {});
  const { webhook, tools, clock } = webhookFor(t, url, { maxAgeMs: 100 });
  webhook.accept(finalEvent('x'));
  await until(() => received.length === 1);
  clock.advance(1000);
  assert.equal(await tools.outcome(), 'expired');
  assert.equal(tools.lines[0]?.fields['reason'], 'no answer within 1000 ms');
});

test('an answer that never ends is not read', async (t) => {
  const { url } = await startReceiver(t, (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'.repeat(1 << 16)), 1);
    response.on('close', () => clearInterval(timer));
  });
  const { webhook, tools } = webhookFor(t, url);
  webhook.accept(finalEvent('x'));
  assert.equal(await tools.outcome(), 'done');
});

test('a dead address holds up no more than its queue', async (t) => {
  const { webhook, tools } = webhookFor(t, 'http://127.0.0.1:1/');
  for (let i = 0; i < 100; i++) webhook.accept(finalEvent(`event ${i}`));
  assert.equal(webhook.queued, 5);
  const outcomes = await Promise.all(Array.from({ length: 95 }, () => tools.outcome()));
  assert.ok(outcomes.every((outcome) => outcome === 'dropped'));
});

test('a request that the end of the daemon cuts off says so', async (t) => {
  const { url, received } = await startReceiver(t, () => {});
  const { webhook, tools, clock } = webhookFor(t, url);
  webhook.accept(finalEvent('x'));
  await until(() => received.length === 1);
  const closed = webhook.close(500);
  clock.advance(500);
  await closed;
  assert.equal(await tools.outcome(), 'failed');
  assert.deepEqual(
    tools.lines.map(({ fields }) => fields['reason']),
    ['the daemon is stopping'],
  );
});

test('a pause that the end of the daemon cuts off is followed by no other try', async (t) => {
  const { url, received } = await startReceiver(t, status(503));
  const { webhook, tools, clock } = webhookFor(t, url);
  webhook.accept(finalEvent('x'));
  await until(() => tools.lines.length === 1 && clock.pendingTimers === 1);
  const closed = webhook.close(50);
  clock.advance(50);
  await closed;
  assert.equal(await tools.outcome(), 'failed');
  assert.equal(tools.lines.length, 1);
  assert.equal(received.length, 1);
});
