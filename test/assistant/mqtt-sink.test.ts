import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer } from 'node:tls';
import { MqttSink, type MqttSinkOptions } from '../../agent/assistant/mqtt-sink.ts';
import { type Config, configSchema, defaultConfig } from '../../agent/config.ts';
import { lacksOpenssl, makeCertificate } from '../support/certificate.ts';
import { BusClient, lacksMosquitto, Mosquitto } from '../support/mosquitto.ts';
import { until } from '../support/test-server.ts';
import { FakeSinkTools, finalEvent, intentEvent, nothingEvent } from './sink-tools.ts';

const skip = lacksMosquitto;

async function openSink(
  t: TestContext,
  settings: Partial<Config['mqtt']>,
  options: Partial<MqttSinkOptions> = {},
) {
  const tools = new FakeSinkTools();
  const connected: boolean[] = [];
  const sink = MqttSink.open(
    {
      ...{ concurrency: 4, queueLimit: 8, maxAgeMs: 60_000, language: () => 'en' },
      settings: { ...defaultConfig().mqtt, reconnectMs: 20, ...settings },
      flush: async () => {},
      onConnected: (is) => connected.push(is),
      ...options,
    },
    tools,
  );
  t.after(() => sink.close(0));
  return { sink, tools, connected };
}

test('events reach the broker as plain JSON and in the topics of Hermes', { skip }, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, '#');
  const { sink, tools } = await openSink(t, { url, siteId: 'kitchen' });
  sink.accept(finalEvent('turn on the living room light'));
  sink.accept(intentEvent('TurnOn', 'turn on the living room light'));
  const plain = await bus.next(/^earshot\/intent\/TurnOn$/);
  assert.deepEqual(JSON.parse(plain.text), intentEvent('TurnOn', 'turn on the living room light'));
  const captured = await bus.next(/^hermes\/asr\/textCaptured$|^hermes\/intent\//);
  assert.equal(JSON.parse(captured.text).siteId, 'kitchen');
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => tools.outcome()));
  assert.deepEqual(outcomes, ['done', 'done', 'done', 'done']);
});

test('a name that no topic has room for, or that brokers refuse, harms nobody', { skip }, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, 'earshot/intent/+');
  const { sink, tools, connected } = await openSink(t, { url, hermes: false });
  for (const name of ['x'.repeat(70_000), 'a\u0001b\uffff']) {
    sink.accept({ ...intentEvent(name, 'x'), source: 'client', session: 'a' });
    assert.equal(await tools.outcome(), 'done');
    const { topic, text } = await bus.next(/./);
    assert.ok(['x'.repeat(200), 'a_b_'].includes(topic.replace('earshot/intent/', '')));
    assert.equal(JSON.parse(text).intent, name);
  }
  assert.deepEqual(connected, [true]);
});

test('every prefix that the configuration takes is one that a broker takes', { skip }, async (t) => {
  const { url } = await Mosquitto.start(t);
  for (const topicPrefix of ['/', 'a//b', '/a/', '/'.repeat(128), '灯'.repeat(128), '$own/a b']) {
    assert.equal(configSchema.parse({ mqtt: { topicPrefix } }).mqtt.topicPrefix, topicPrefix);
    const bus = await BusClient.connect(t, url, `${topicPrefix}/#`);
    const { sink } = await openSink(t, { url, topicPrefix, hermes: false });
    assert.equal((await bus.next(/./)).text, 'online');
    sink.accept(intentEvent('x'.repeat(100), 'x'));
    assert.equal((await bus.next(/./)).topic, `${topicPrefix}/intent/${'x'.repeat(100)}`);
  }
});

test('that nothing was understood is for Hermes alone', { skip }, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, 'earshot/#');
  const { sink } = await openSink(t, { url });
  await bus.next(/status/);
  sink.accept(nothingEvent('unlikely'));
  sink.accept(finalEvent('x'));
  assert.equal((await bus.next(/./)).topic, 'earshot/final');
});

test('what clients of the daemon say is not said in the name of its site', { skip }, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, '#');
  const { sink } = await openSink(t, { url, topicPrefix: 'own' });
  sink.accept({ ...finalEvent('x'), source: 'client', session: 'a' });
  sink.accept(finalEvent('y'));
  const texts = [];
  for (let i = 0; i < 3; i++) {
    const { topic, text } = await bus.next(/final|textCaptured/);
    texts.push(`${topic} ${JSON.parse(text).text}`);
  }
  assert.deepEqual(texts.sort(), ['hermes/asr/textCaptured y', 'own/final x', 'own/final y']);
});

test('a dialogue manager asks for one utterance', { skip }, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, 'hermes/asr/textCaptured');
  let flushes = 0;
  const flush = async () => {
    flushes++;
  };
  const { sink, connected } = await openSink(t, { url, listen: 'asked' }, { flush });
  await until(() => connected.includes(true));
  const payload = JSON.stringify({ siteId: 'default', sessionId: 'session-7' });
  await until(async () => {
    // the subscription of the daemon may not be there yet
    await bus.client.publishAsync('hermes/asr/startListening', payload, { qos: 1 });
    return flushes > 0;
  });
  await bus.client.publishAsync('hermes/asr/startListening', 'not json', { qos: 1 });
  sink.accept(finalEvent('turn left'));
  const { text } = await bus.next(/textCaptured/);
  const { text: said, sessionId } = JSON.parse(text);
  assert.deepEqual([said, sessionId], ['turn left', 'session-7']);
});

test('broker gone: events wait until it is back, those too many are dropped, status is told', {
  skip,
}, async (t) => {
  const broker = await Mosquitto.start(t);
  const { sink, tools, connected } = await openSink(t, { url: broker.url, hermes: false });
  await until(() => connected.includes(true));
  await broker.stop();
  await until(() => connected.at(-1) === false);
  for (let i = 0; i < 50; i++) sink.accept(finalEvent(`event ${i}`));
  assert.equal(sink.queued, 12);
  await broker.start();
  const bus = await BusClient.connect(t, broker.url, 'earshot/#');
  assert.equal((await bus.next(/status/)).text, 'online');
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => tools.outcome()));
  assert.equal(outcomes.filter((outcome) => outcome === 'dropped').length, 38);
  assert.equal(outcomes.filter((outcome) => outcome === 'done').length, 12);
  const outages = tools.lines.filter(({ message }) => message === 'mqtt broker not reachable');
  assert.equal(outages.length, 1);
});

test('broker gone for longer than an event may be old: it is not delivered any more', { skip }, async (t) => {
  const broker = await Mosquitto.start(t);
  await broker.stop();
  const { sink, tools } = await openSink(t, { url: broker.url, hermes: false }, { maxAgeMs: 50 });
  sink.accept(finalEvent('x'));
  assert.equal(await tools.outcome(), 'expired');
});

test('the status is online while we are there, and offline after a clean end', {
  skip,
}, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, 'earshot/#');
  const { sink } = await openSink(t, { url });
  assert.equal((await bus.next(/status/)).text, 'online');
  await sink.close(100);
  await bus.client.publishAsync('earshot/after', 'the end', { qos: 1 });
  for (const text of ['offline', 'the end']) assert.equal((await bus.next(/./)).text, text);
});

test('a broker that refuses us is an outage, not the end', { skip }, async (t) => {
  const broker = await Mosquitto.start(t, 'allow_anonymous false');
  const { sink, tools } = await openSink(t, { url: broker.url }, { maxAgeMs: 2000 });
  sink.accept(finalEvent('x'));
  assert.equal(await tools.outcome(), 'expired');
  assert.match(String(tools.lines[0]?.fields['reason']), /refused|authorized/i);
});

test('TLS: a broker that the authority vouches for is taken, another is not', {
  skip: lacksMosquitto || lacksOpenssl,
}, async (t) => {
  const { keyFile, certFile } = makeCertificate(t);
  const tls = `certfile ${certFile}\nkeyfile ${keyFile}\nallow_anonymous true`;
  const { port } = await Mosquitto.start(t, tls);
  const url = `mqtts://127.0.0.1:${port}`;
  const trusting = await openSink(t, { url, caFile: certFile, hermes: false });
  trusting.sink.accept(finalEvent('x'));
  assert.equal(await trusting.tools.outcome(), 'done');
  const wary = await openSink(t, { url, hermes: false }, { maxAgeMs: 2000 });
  wary.sink.accept(finalEvent('x'));
  assert.equal(await wary.tools.outcome(), 'expired');
  assert.equal(wary.tools.lines[0]?.fields['reason'], 'DEPTH_ZERO_SELF_SIGNED_CERT');
});

test('a certificate that can not be read is named', async (t) => {
  await assert.rejects(openSink(t, { url: 'mqtts://127.0.0.1:1', caFile: '/nowhere/ca.pem' }), {
    code: 'CONFIG_INVALID',
    message: /mqtt\.caFile.*\/nowhere\/ca\.pem \(ENOENT\)/,
  });
});

test('a certificate that can not be used is refused at the start', { skip: lacksOpenssl }, async (t) => {
  const [{ certFile }, { keyFile }] = [makeCertificate(t), makeCertificate(t)];
  await assert.rejects(openSink(t, { url: 'mqtts://127.0.0.1:1', certFile, keyFile }), {
    code: 'CONFIG_INVALID',
    message: /mqtt\.certFile.*key values mismatch/,
  });
});

/** Shows the fingerprint of each client's certificate, and drops the client. */
async function startDropper(t: TestContext) {
  const { keyFile, certFile } = makeCertificate(t);
  const tls = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  const shown: string[] = [];
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (socket) => {
    shown.push(socket.getPeerCertificate().fingerprint256);
    socket.on('error', () => {}).destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, shown };
}

for (const scheme of ['mqtts', 'wss']) {
  test(`${scheme}: a renewed certificate is shown at the next attempt, one that can not be used never`, {
    skip: lacksOpenssl,
  }, async (t) => {
    const { port, shown } = await startDropper(t);
    const [{ keyFile, certFile }, renewed] = [makeCertificate(t), makeCertificate(t)];
    const url = `${scheme}://127.0.0.1:${port}`;
    const before = fingerprint(certFile);
    const after = fingerprint(renewed.certFile);
    const { tools } = await openSink(t, { url, certFile, keyFile, rejectUnauthorized: false });
    const faults = () => tools.lines.filter(({ message }) => /certificates not taken/.test(message));
    await until(() => shown.length === 1);
    writeFileSync(keyFile, 'half of a file');
    await until(() => faults().length > 0);
    const tried = shown.length;
    await until(() => shown.length >= tried + 2);
    assert.deepEqual([...new Set(shown)], [before]);
    assert.equal(faults().length, 1);
    copyFileSync(renewed.certFile, certFile);
    copyFileSync(renewed.keyFile, keyFile);
    await until(() => shown.includes(after));
  });
}

function fingerprint(file: string): string {
  return new X509Certificate(readFileSync(file)).fingerprint256;
}
