import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { MqttLink } from '../../agent/assistant/mqtt-link.ts';
import { BusClient, lacksMosquitto, Mosquitto } from '../support/mosquitto.ts';
import { FakeSinkTools } from './sink-tools.ts';

test('a message that no packet can hold has failed, and those behind it arrive', {
  skip: lacksMosquitto,
}, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, 'own/#');
  const tools = new FakeSinkTools();
  const link = new MqttLink(
    {
      ...{ url, connection: { reconnectPeriod: 20 }, statusTopic: 'status', subscriptions: [] },
      onMessage: () => {},
      onConnected: () => {},
    },
    tools,
  );
  t.after(() => link.stop());
  link.start();
  const publish = (topic: string, payload: string) =>
    link.publish(
      { topic, payload },
      { signal: new AbortController().signal, deadlineMs: tools.clock.now() + 60_000 },
    );
  assert.equal(await publish('own/before', '1'), 'done');
  const outcomes = [
    publish('own/beside', '2'),
    publish('x'.repeat(70_000), 'a secret'),
    publish('own/behind', '3'),
  ];
  assert.deepEqual(await Promise.all(outcomes), ['done', 'failed', 'done']);
  const arrived = new Set<string>();
  while (arrived.size < 3) arrived.add((await bus.next(/./)).text);
  assert.deepEqual([...arrived].sort(), ['1', '2', '3']);
  assert.ok(tools.lines.some(({ message }) => message === 'mqtt message can not be sent'));
  assert.ok(!JSON.stringify(tools.lines).includes('secret'));
});

test('stopped while the broker has not answered yet, it lets the process end', async (t) => {
  const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  t.after(() => silent.close());
  await once(silent, 'listening');
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const before = timers();
  const link = new MqttLink(
    {
      ...{ url: `mqtt://127.0.0.1:${(silent.address() as AddressInfo).port}`, connection: {} },
      ...{ statusTopic: 'status', subscriptions: [], onMessage: () => {}, onConnected: () => {} },
    },
    new FakeSinkTools(),
  );
  link.start();
  const [socket] = await once(silent, 'connection');
  await Promise.all([once(socket, 'close'), link.stop()]);
  assert.equal(timers(), before);
});
