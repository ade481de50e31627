import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { MqttLink } from '../../agent/assistant/mqtt-link.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { BusClient, lacksMosquitto, Mosquitto } from '../support/mosquitto.ts';
import { ScriptedBroker } from '../support/scripted-broker.ts';
import { until } from '../support/test-server.ts';
import { FakeSinkTools } from './sink-tools.ts';

const BARE = {
  ...{ connection: {}, certificates: () => ({}), statusTopic: 'status', subscriptions: [] },
  onMessage: () => {},
  onConnected: () => {},
};

test('a message that no packet can hold has failed, and those behind it arrive', {
  skip: lacksMosquitto,
}, async (t) => {
  const { url } = await Mosquitto.start(t);
  const bus = await BusClient.connect(t, url, 'own/#');
  const tools = new FakeSinkTools();
  const link = new MqttLink({ ...BARE, url, connection: { reconnectPeriod: 20 } }, tools);
  t.after(() => link.stop());
  link.start();
  const publish = (topic: string, payload: string) =>
    link.publish(
      { topic, payload },
      { signal: new AbortController().signal, deadlineMs: tools.clock.uptime() + 60_000 },
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
    { ...BARE, url: `mqtt://127.0.0.1:${(silent.address() as AddressInfo).port}` },
    new FakeSinkTools(),
  );
  link.start();
  const [socket] = await once(silent, 'connection');
  await Promise.all([once(socket, 'close'), link.stop()]);
  assert.equal(timers(), before);
});

test('subscriptions that the broker refuses are told once for each connection', async (t) => {
  const broker = await ScriptedBroker.start(t);
  const tools = new FakeSinkTools();
  const link = new MqttLink(
    { ...BARE, url: broker.url, connection: { reconnectPeriod: 20 }, subscriptions: ['a', 'b', 'c'] },
    tools,
  );
  t.after(() => link.stop());
  const refusals = () =>
    tools.lines.flatMap(({ message, fields }) =>
      message === 'mqtt broker refuses subscriptions' ? [fields['topics']] : [],
    );
  link.start();
  await until(() => broker.published.includes('status')); // follows the subscriptions, which are granted
  for (const [before, refused] of [['b'], ['a', 'c']].entries()) {
    broker.refused = refused;
    broker.disconnect();
    await until(() => refusals().length === before + 1);
  }
  assert.deepEqual(refusals(), [['b'], ['a', 'c']]);
});

test('a broker that confirms nothing holds up the end no longer than it takes to take leave, and is told once', async (t) => {
  const broker = await ScriptedBroker.start(t);
  const clock = new FakeClock();
  const tools = new FakeSinkTools(clock);
  const link = new MqttLink({ ...BARE, url: broker.url }, tools);
  link.start();
  const stop = new AbortController();
  const outcomes = ['one', 'two'].map((topic) =>
    link.publish({ topic, payload: 'x' }, { signal: stop.signal, deadlineMs: 60_000 }),
  );
  await until(() => broker.published.length === 3);
  assert.deepEqual(broker.published.toSorted(), ['one', 'status', 'two']);
  stop.abort();
  assert.deepEqual(await Promise.all(outcomes), ['failed', 'failed']);
  const stopped = link.stop();
  clock.advance(1000);
  await stopped;
  assert.equal(broker.farewells, 0, 'the last will says that we are offline');
  assert.equal(clock.pendingTimers, 0);
  const told = tools.lines.filter(({ message }) => message === 'mqtt broker has not confirmed a message');
  assert.deepEqual(
    told.map(({ fields }) => fields['reason']),
    ['the daemon is stopping'],
  );
});

test('a message that the machine sleeps over is too old when the broker is back', {
  timeout: 20_000,
}, async (t) => {
  const broker = await ScriptedBroker.start(t);
  const clock = new FakeClock();
  const link = new MqttLink({ ...BARE, url: broker.url }, new FakeSinkTools(clock));
  const { signal } = new AbortController();
  const outcome = link.publish({ topic: 'lamp', payload: 'on' }, { signal, deadlineMs: 30_000 });
  clock.sleep(8 * 3_600_000);
  link.start();
  assert.equal(await outcome, 'expired');
  const stopped = link.stop();
  clock.advance(1000);
  await stopped;
  assert.ok(!broker.published.includes('lamp'));
});
