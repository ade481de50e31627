import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { type TestContext, test } from 'node:test';
import createMdns, { type MulticastDNS } from 'multicast-dns';
import { SYSTEM_CLOCK } from '../../agent/clock.ts';
import { SILENT_LOGGER } from '../../agent/logger.ts';
import type { Interfaces } from '../../agent/server/network-watch.ts';
import { Zeroconf } from '../../agent/server/zeroconf.ts';
import {
  answersTo,
  type DnsRecord,
  reachableAddresses,
  serviceRecords,
} from '../../agent/server/zeroconf-records.ts';
import { FakeClock } from '../support/fake-clock.ts';

const LOOPBACK = '127.0.0.1';
const TYPE = '_wyoming._tcp';

/** Somebody on the same loopback who hears what is announced. */
function listener(t: TestContext) {
  const mdns = createMdns({ interface: LOOPBACK, bind: '0.0.0.0' });
  t.after(() => new Promise<void>((resolve) => mdns.destroy(() => resolve())));
  const next = (isWanted: (records: readonly DnsRecord[]) => boolean) =>
    new Promise<{ answers: readonly DnsRecord[]; additionals: readonly DnsRecord[] }>((resolve) => {
      mdns.on('response', (response) => {
        const { answers, additionals } = response as unknown as Record<string, DnsRecord[]>;
        if (isWanted(answers ?? [])) resolve({ answers: answers ?? [], additionals: additionals ?? [] });
      });
    });
  const ready = new Promise<void>((resolve) => mdns.once('networkInterface', () => resolve()));
  return { mdns, next, ready };
}

const announce = (name: string, port = 10300) =>
  Zeroconf.announce({
    ...{ host: LOOPBACK, port, type: TYPE, machine: 'test-machine', name },
    ...{ clock: SYSTEM_CLOCK, log: SILENT_LOGGER },
  });

test('the service is announced, found by asking, and taken back', { timeout: 20_000 }, async (t) => {
  const { mdns, next, ready } = listener(t);
  await ready;
  const instance = `zeroconf test.${TYPE}.local`;
  const announced = next((answers) => answers.some(({ name }) => name === instance));
  const zeroconf = await announce('zeroconf test');
  t.after(() => zeroconf.stop());
  await announced;

  const isAnswer = next((answers) => answers.length === 1 && answers[0]?.name === `${TYPE}.local`);
  mdns.query({ questions: [{ name: `${TYPE}.local`, type: 'PTR' }] });
  const { answers, additionals } = await isAnswer;
  assert.deepEqual(answers[0]?.type === 'PTR' && answers[0].data, instance);
  const server = additionals.find(({ type }) => type === 'SRV');
  assert.equal(server?.name, instance);
  assert.equal(server?.type === 'SRV' && server.data.port, 10300);
  const host = additionals.find(({ type }) => type === 'A');
  assert.equal(host?.type === 'A' && host.data, LOOPBACK);
  assert.equal(server?.type === 'SRV' && server.data.target, host?.name);

  const renamed = `zeroconf test (2).${TYPE}.local`;
  const announcedToo = next((records) => records.some(({ name }) => name === renamed));
  const another = await announce('zeroconf test', 10301);
  t.after(() => another.stop());
  await announcedToo;

  const goodbye = next((records) => records.some(({ ttl }) => ttl === 0));
  await zeroconf.stop();
  assert.ok((await goodbye).answers.some(({ name }) => name === instance));
});

/** A machine with one interface beside its loopback. */
function network(address: string, mac: string): Interfaces {
  const info = { netmask: '', cidr: null, family: 'IPv4' } as const;
  return {
    lo: [{ ...info, address: LOOPBACK, mac: '00:00:00:00:00:00', internal: true }],
    eth0: [{ ...info, address, mac, internal: false }],
  };
}

/** A place in the group that remembers what was told there. */
class FakeMdns extends EventEmitter {
  readonly told: (readonly DnsRecord[])[] = [];
  /** What was asked for, `NAME TYPE`, and the records that were wanted. */
  readonly asked: string[] = [];
  readonly wanted: DnsRecord[] = [];
  isDestroyed = false;

  query({ questions, authorities }: Record<'questions' | 'authorities', readonly DnsRecord[]>): void {
    this.asked.push(...questions.map(({ name, type }) => `${name} ${type}`));
    this.wanted.push(...authorities);
  }

  respond({ answers }: { readonly answers: readonly DnsRecord[] }, done: unknown = null): void {
    this.told.push(answers);
    if (typeof done === 'function') done();
  }

  destroy(done = () => {}): void {
    this.isDestroyed = true;
    done();
  }
}

/** Announces in a network that a test changes. */
async function announceIn(before: Interfaces) {
  const clock = new FakeClock();
  const places: FakeMdns[] = [];
  let now = before;
  const zeroconf = await Zeroconf.announce({
    ...{ host: '0.0.0.0', port: 10300, type: TYPE, machine: 'test-machine', name: '' },
    ...{ clock, log: SILENT_LOGGER, interfaces: () => now },
    createMdns: () => {
      places.push(new FakeMdns());
      return places.at(-1) as unknown as MulticastDNS;
    },
  });
  const changeTo = (interfaces: Interfaces) => {
    now = interfaces;
    clock.advance(5000);
  };
  return { clock, places, zeroconf, changeTo };
}

const OLD = network('192.0.2.7', '02:42:ac:11:00:02');

for (const [what, interfaces] of [
  ['another address', network('192.0.2.8', '02:42:ac:11:00:02')],
  ['an interface made anew under its old address', network('192.0.2.7', '02:42:ac:11:00:99')],
] as const) {
  test(`${what}: the group is joined again and the service announced twice under its name`, async () => {
    const { clock, places, zeroconf, changeTo } = await announceIn(OLD);
    changeTo(OLD);
    assert.equal(places.length, 1);
    changeTo(interfaces);
    assert.deepEqual(
      places.map(({ isDestroyed }) => isDestroyed),
      [true, false],
    );
    places[1]?.emit('networkInterface');
    clock.advance(2000);
    const instance = `test-machine.${TYPE}.local`;
    const [pointer, , , , address] = places[1]?.told[1] ?? [];
    assert.deepEqual([pointer?.data, address?.data], [instance, interfaces['eth0']?.[0]?.address]);
    await zeroconf.stop();
    assert.deepEqual([places[1]?.told.length, places[1]?.told[2]?.[0]?.data], [3, instance]);
    assert.equal(clock.pendingTimers, 0);
  });
}

/** Joins the group and waits until the names have been asked for. */
async function probed() {
  const announced = await announceIn(OLD);
  const [place = new FakeMdns()] = announced.places;
  place.emit('networkInterface');
  announced.clock.advance(250);
  const say = (record: Partial<DnsRecord>) => place.emit('response', { answers: [{ ttl: 120, ...record }] });
  return { ...announced, place, say };
}

const INSTANCE = `test-machine.${TYPE}.local`;
const HOST = 'earshot-test-machine.local';
const ELSEWHERE: Partial<DnsRecord> = { name: INSTANCE, type: 'SRV', data: { port: 1, target: HOST } };
const NUMBERED = [`test-machine (2).${TYPE}.local`, 'earshot-test-machine-2.local'];

test('before a name is announced, it is asked for three times', async () => {
  const { clock, place, zeroconf } = await probed();
  place.emit('query', { questions: [{ name: INSTANCE, type: 'SRV' }] }, { port: 5353 });
  assert.equal(place.told.length, 0, 'it is not ours yet');
  clock.advance(750);
  assert.deepEqual(
    place.asked,
    [1, 2, 3].flatMap(() => [`${INSTANCE} SRV`, `${INSTANCE} TXT`, `${HOST} A`]),
  );
  assert.ok(place.wanted.length > 0 && place.wanted.every(({ flush }) => flush === undefined));
  assert.equal(place.told.length, 1);
  const flushed = place.told[0]?.filter(({ flush }) => flush === true).map(({ type }) => type);
  assert.deepEqual(flushed, ['SRV', 'TXT', 'A'], 'of what several may have nothing is replaced');
  place.emit('query', { questions: [{ name: INSTANCE, type: 'SRV' }] }, { port: 40_000 });
  assert.deepEqual(
    place.told[1]?.map(({ type, flush }) => [type, flush]),
    [['SRV', undefined]],
    'who asks from another port is no cache',
  );
  await zeroconf.stop();
});

for (const [when, waitMs] of [
  ['while it is asked for', 0],
  ['later', 2000],
] as const) {
  test(`a name that somebody else has gets a number, ${when}`, async () => {
    const { clock, place, say, zeroconf } = await probed();
    clock.advance(waitMs);
    const before = place.told.length;
    say(ELSEWHERE);
    clock.advance(2000);
    const [, server, , , address] = place.told[before] ?? [];
    assert.deepEqual([server?.name, address?.name], NUMBERED);
    assert.deepEqual(server?.type === 'SRV' && server.data, { port: 10300, target: NUMBERED[1] });
    await zeroconf.stop();
    assert.equal(clock.pendingTimers, 0);
  });
}

test('a host of our name with an address that is not of this machine is somebody else', async () => {
  const { clock, place, say } = await probed();
  for (const data of [LOOPBACK, '192.0.2.7']) say({ name: HOST, type: 'A', data });
  say({ ...ELSEWHERE, ttl: 0 });
  say({ ...ELSEWHERE, name: `other.${TYPE}.local` });
  say({ ...ELSEWHERE, data: { port: 10300, target: HOST.toUpperCase() } });
  say({ name: HOST.toUpperCase(), type: 'A', data: '192.0.2.7' });
  clock.advance(1000);
  assert.equal(place.told[0]?.[1]?.name, INSTANCE);
  say({ name: HOST, type: 'A', data: '192.0.2.99' });
  clock.advance(2000);
  assert.deepEqual(place.told.at(-1)?.[1]?.name, NUMBERED[0]);
});

test('nobody is told that a name is gone that was not ours', async () => {
  const { clock, place, say, zeroconf } = await probed();
  say(ELSEWHERE);
  await zeroconf.stop();
  clock.advance(5000);
  assert.deepEqual([place.told, clock.pendingTimers], [[], 0]);
});

test('a name fits into a label, number and all', () => {
  const records = serviceRecords({
    ...{ name: 'ü'.repeat(63), number: 2, type: TYPE, port: 1, host: 'h'.repeat(70), addresses: [LOOPBACK] },
  });
  const [, server, , , address] = records.map(({ name }) => name.split('.')[0] ?? '');
  assert.deepEqual([server, address], [`${'ü'.repeat(29)} (2)`, `${'h'.repeat(61)}-2`]);
});

test('after the machine has slept the service is announced again', async () => {
  const { clock, places, zeroconf } = await announceIn(OLD);
  clock.advance(60_000);
  assert.equal(places.length, 1);
  clock.sleep(60_000);
  clock.advance(60_000);
  assert.equal(places.length, 2);
  await zeroconf.stop();
});

test('questions are answered whatever their case, others not at all', () => {
  const service = { name: 'a.b', type: TYPE, port: 1, host: 'h', addresses: ['192.0.2.1'] };
  const records = serviceRecords(service);
  const ask = (name: string, type: string) => answersTo(records, { name, type }).map((record) => record.type);
  assert.deepEqual(ask('_WYOMING._tcp.local', 'PTR'), ['PTR']);
  assert.deepEqual(ask(`a-b.${TYPE}.local`, 'ANY'), ['SRV', 'TXT']);
  assert.deepEqual(ask('_services._dns-sd._udp.local', 'PTR'), ['PTR']);
  assert.deepEqual(ask('h.local', 'A'), ['A']);
  assert.deepEqual(ask('h.local', 'AAAA'), []);
  assert.deepEqual(ask('_http._tcp.local', 'PTR'), []);
});

test('addresses are those where the service really listens', () => {
  const interfaces = network('192.0.2.7', '02:42:ac:11:00:02');
  assert.deepEqual(reachableAddresses('192.0.2.7', interfaces), ['192.0.2.7']);
  assert.deepEqual(reachableAddresses('0.0.0.0', interfaces), ['192.0.2.7']);
  assert.deepEqual(reachableAddresses('::', interfaces), ['192.0.2.7']);
});
