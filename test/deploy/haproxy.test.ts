import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect, type StreamEvent } from '../../agent/client/node.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { EarshotProcess } from '../support/daemon.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { TestClient } from '../support/test-client.ts';
import { startTestServer, type TestServer, until } from '../support/test-server.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const skip = spawnSync('haproxy', ['-v']).status === 0 ? false : 'haproxy is not installed';
const NODES = ['a', 'b', 'c'] as const;
type Node = (typeof NODES)[number];
const CHUNK = new Int16Array(1600);
const WAV = readFileSync('test/fixtures/speech/heart-digits.wav');
const SPEECH = new Int16Array(WAV.buffer.slice(WAV.byteOffset + 44, WAV.byteOffset + WAV.length));

test('new sessions are spread, a full daemon gets none, and a cut session finds its daemon', {
  skip,
}, async (t) => {
  const ports = await freePorts(4);
  const servers = await Promise.all(
    NODES.map((node, i) => startTestServer(t, { port: ports[i]!, config: { node, maxClients: 2 } })),
  );
  const url = await startHaproxy(t, ports);
  const proxy = await CuttingProxy.start(t, ports[3]!);
  const streams = [];
  for (let i = 0; i < 6; i++) {
    streams.push(await connect({ url: `ws://127.0.0.1:${proxy.port}/v1/stream`, backOff: { minMs: 20 } }));
  }
  for (const { httpUrl } of servers) assert.equal((await fetch(`${httpUrl}/balancez`)).status, 404);
  while ((await fetch(`${url.replace('ws', 'http')}/balancez`)).status !== 503) await setTimeout(100);
  const events = streams.map((stream) => collect(stream));
  for (const stream of streams) for (let i = 0; i < 5; i++) await stream.send(CHUNK);
  proxy.cut();
  for (const stream of streams) {
    for (let i = 0; i < 5; i++) await stream.send(CHUNK);
    stream.stop();
  }
  for (const all of await Promise.all(events)) {
    assert.deepEqual(finals(all), ['word0 word1']);
    assert.ok(all.some(({ type }) => type === 'resumed'));
  }
});

test('rolling all daemons loses no final', { skip }, async (t) => {
  const ports = await freePorts(4);
  const running = new Map<Node, TestServer>();
  for (const [i, node] of NODES.entries()) {
    running.set(node, await startTestServer(t, { port: ports[i]!, config: { node } }));
  }
  const url = await startHaproxy(t, ports);
  const streams = await Promise.all(
    Array.from({ length: 6 }, () => connect({ url: `${url}/v1/stream`, backOff: { minMs: 20, maxMs: 200 } })),
  );
  const events = streams.map((stream) => collect(stream));
  for (const [i, node] of NODES.entries()) {
    await Promise.all(streams.map((stream) => sayOneWord(stream)));
    await running.get(node)?.server.stop();
    running.set(node, await startTestServer(t, { port: ports[i]!, config: { node } }));
    await until(async () => (await fetch(`http://127.0.0.1:${ports[i]}/balancez`)).status === 200);
  }
  for (const stream of streams) stream.stop();
  for (const all of await Promise.all(events)) {
    const words = finals(all).join(' ').split(' ').filter(Boolean);
    assert.equal(words.length, NODES.length, `${JSON.stringify(finals(all))}: one word for each round`);
  }
});

test('a daemon that is killed: its streams go on at another one', { skip }, async (t) => {
  const { daemons, url } = await startDaemons(t);
  let first: Node | undefined;
  const said = await say(`${url}/v1/stream`, (node) => {
    first = node;
    daemons.get(node)?.process.kill('SIGKILL');
  });
  const greetings = said.filter((event) => event.type === 'connected');
  assert.equal(greetings.length, 2);
  assert.notEqual(nodeOf(greetings[1]?.ready.resume?.token), first);
  const unbroken = finals(await say(`${url}/v1/stream`));
  assert.notEqual(unbroken.join(), '');
  assert.deepEqual(finals(said), unbroken);
});

test('a daemon that drains (SIGUSR2) finishes its streams, gets no new ones, and ends with 0', {
  skip,
}, async (t) => {
  const { daemons, url } = await startDaemons(t);
  const unbroken = finals(await say(`${url}/v1/stream`));
  let draining: EarshotProcess | undefined;
  const others: Node[] = [];
  const said = await say(`${url}/v1/stream`, async (node) => {
    draining = daemons.get(node);
    draining?.process.kill('SIGUSR2');
    await draining?.logLine('stopping');
    for (let i = 0; i < 4; i++) {
      const stream = await connect({ url: `${url}/v1/stream` });
      others.push(nodeOf(stream.ready.resume?.token));
      stream.close();
    }
    assert.ok(!others.includes(node), `${others} while ${node} drains`);
  });
  assert.deepEqual(
    said.filter(({ type }) => type === 'connected' || type === 'disconnected').map(({ type }) => type),
    ['connected'],
  );
  assert.deepEqual(finals(said), unbroken);
  assert.equal((await draining?.ended)?.code, 0);
});

test('a daemon that is stopped sends its final through, and clients of other protocols too get theirs', {
  skip,
}, async (t) => {
  const ports = await freePorts(4);
  const engines = NODES.map(() => new FakeEngine());
  const servers: TestServer[] = [];
  for (const [i, node] of NODES.entries()) {
    servers.push(await startTestServer(t, { port: ports[i]!, config: { node }, engine: engines[i]! }));
  }
  const url = await startHaproxy(t, ports);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(new Uint8Array(CHUNK.buffer.slice(0)));
  for (let i = 0; i < 9; i++) client.sendAudio(new Uint8Array(3200));
  await client.next('partial');
  const index = engines.findIndex((engine) => engine.streams.length > 0);
  const stopped = servers[index]?.server.stop();
  assert.match((await client.next('final')).text, /^word0/);
  assert.deepEqual(await client.closed, { code: 1001, reason: 'SHUTTING_DOWN' });
  await stopped;
});

/** Three real daemons behind HAProxy; a stream has one final there, at its end. */
async function startDaemons(t: TestContext) {
  const ports = await freePorts(4);
  const daemons = new Map<Node, EarshotProcess>();
  const settings = ['--no-microphone', '--set', 'endpoint.enabled=false'];
  for (const [i, node] of NODES.entries()) {
    const args = ['serve', '--model', TINY_MODEL, '--port', String(ports[i]), ...settings];
    daemons.set(node, EarshotProcess.start(t, args, { EARSHOT_SERVER_NODE: node }));
  }
  await Promise.all([...daemons.values()].map((daemon) => daemon.logLine('ready')));
  return { daemons, url: await startHaproxy(t, ports) };
}

/** Says the recording; `amid` is done in its middle, with the name of the daemon that hears it. */
async function say(url: string, amid: (node: Node) => Promise<void> | void = () => {}) {
  const stream = await connect({ url, backOff: { minMs: 50, maxMs: 500 } });
  const events = collect(stream);
  const half = SPEECH.length / 2;
  for (let start = 0; start < SPEECH.length; start += CHUNK.length) {
    if (start <= half && half < start + CHUNK.length) await amid(nodeOf(stream.ready.resume?.token));
    await stream.send(SPEECH.subarray(start, start + CHUNK.length));
  }
  stream.stop();
  return await events;
}

/** Starts HAProxy with the configuration that is shipped; the last port is its own. Resolves when all daemons are up. */
async function startHaproxy(t: TestContext, ports: readonly number[]): Promise<string> {
  const [a, b, c, own] = ports.map((port) => `127.0.0.1:${port}`);
  const env = { ...PATH, EARSHOT_BIND: own, EARSHOT_A: a, EARSHOT_B: b, EARSHOT_C: c };
  const haproxy: ChildProcess = spawn('haproxy', ['-db', '-f', 'scripts/deploy/haproxy.cfg'], {
    env,
    stdio: 'ignore',
  });
  t.after(async () => {
    haproxy.kill('SIGKILL');
    if (haproxy.exitCode === null && haproxy.signalCode === null) await once(haproxy, 'exit');
  });
  await until(async () => (await fetch(`http://${own}/balancez`).catch(() => null))?.status === 200);
  return `ws://${own}`;
}

const PATH = { PATH: '/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin' };

/** Half a second of sound, which is one word, ended by a flush, and its final awaited by what follows. */
async function sayOneWord(stream: {
  send(samples: Int16Array): Promise<boolean>;
  flush(): void;
}): Promise<void> {
  for (let i = 0; i < 5; i++) await stream.send(CHUNK);
  stream.flush();
}

async function collect(stream: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function finals(events: readonly StreamEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'final' ? [event.text] : []));
}

function nodeOf(token: string | undefined): Node {
  return String(token).split('.')[0] as Node;
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
