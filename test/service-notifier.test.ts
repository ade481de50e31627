import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { SILENT_LOGGER } from '../agent/logger.ts';
import { ServiceNotifier } from '../agent/service-notifier.ts';
import { EarshotProcess } from './support/daemon.ts';
import { type Deferred, deferred } from './support/deferred.ts';
import { FakeClock } from './support/fake-clock.ts';
import { TINY_MODEL, temporaryFolder } from './support/tiny-bundle.ts';

const lacks = (program: string, flag: string) => spawnSync(program, [flag]).status !== 0;
const skip =
  lacks('systemd-notify', '--version') || lacks('python3', '--version')
    ? 'systemd-notify or python3 is not installed'
    : false;

/** What systemd does: it reads datagrams, and closes the descriptors that come with a barrier. */
const LISTENER = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(4096, 4096)
    for _, kind, descriptors in ancillary:
        if kind == socket.SCM_RIGHTS:
            for fd in array.array('i', descriptors[:len(descriptors) // 4 * 4]): os.close(fd)
    print(data.decode().replace('\\n', ' '), flush=True)
`;

interface FakeSystemd {
  readonly socket: string;
  /** Resolves with the next message that has this text. */
  message(text: string): Promise<void>;
}

async function fakeSystemd(t: TestContext): Promise<FakeSystemd> {
  const socket = join(temporaryFolder(t), 'notify');
  const listener: ChildProcess = spawn('python3', ['-c', LISTENER, socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => listener.kill());
  const lines = createInterface({ input: listener.stdout! })[Symbol.asyncIterator]();
  const message = async (text: string) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`The listener ended before "${text}" came.`);
      if (String(value).includes(text)) return;
    }
  };
  await message('bound');
  return { socket, message };
}

function notifier(watchdogUsec?: string, socket: string | undefined = '/run/notify') {
  const clock = new FakeClock();
  const sent: string[] = [];
  const send = async (state: string) => {
    sent.push(state);
    return true;
  };
  return {
    clock,
    sent,
    notifier: new ServiceNotifier({ socket, watchdogUsec }, { clock, log: SILENT_LOGGER, send }),
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('it says when it is ready, and shows twice in the time of the watchdog that it lives', async () => {
  const { clock, sent, notifier: service } = notifier('30000000');
  await service.ready();
  for (let pings = 0; pings < 4; pings++) {
    clock.advance(15_000);
    await turn();
  }
  assert.deepEqual(sent, ['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  await service.stopping();
  clock.advance(60_000);
  assert.deepEqual(sent.slice(5), ['STOPPING=1']);
  assert.equal(clock.pendingTimers, 0);
});

test('without a watchdog it does not ping, and without systemd it says nothing', async () => {
  const unwatched = notifier();
  await unwatched.notifier.ready();
  assert.equal(unwatched.clock.pendingTimers, 0);
  const sent: string[] = [];
  const send = async (state: string) => sent.push(state) > 0;
  const tools = { clock: new FakeClock(), log: SILENT_LOGGER, send };
  await new ServiceNotifier({ socket: undefined, watchdogUsec: undefined }, tools).ready();
  assert.deepEqual(sent, []);
});

test('a ping that hangs is the only one until it is over', async () => {
  const clock = new FakeClock();
  const pings: Deferred<boolean>[] = [];
  const send = async (state: string) => {
    if (state !== 'WATCHDOG=1') return true;
    const ping = deferred<boolean>();
    pings.push(ping);
    return ping.promise;
  };
  const environment = { socket: '/run/notify', watchdogUsec: '30000000' };
  await new ServiceNotifier(environment, { clock, log: SILENT_LOGGER, send }).ready();
  clock.advance(60_000);
  assert.equal(pings.length, 1);
  pings[0]?.resolve(true);
  await turn();
  clock.advance(15_000);
  assert.equal(pings.length, 2);
});

test('a message that can not be sent is told once, and pings go on', async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const send = async (state: string) => {
    sent.push(state);
    throw new Error('spawn ENOMEM');
  };
  const warnings: object[] = [];
  const log = { ...SILENT_LOGGER, warn: (fields: object) => warnings.push(fields) };
  const service = new ServiceNotifier({ socket: 'there', watchdogUsec: '30000000' }, { clock, log, send });
  await service.ready();
  for (let pings = 0; pings < 2; pings++) {
    clock.advance(15_000);
    await turn();
  }
  await service.stopping();
  assert.deepEqual(sent, ['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'STOPPING=1']);
  assert.deepEqual(warnings, [{ state: 'READY=1' }]);
});

/** Runs TypeScript in a process of its own. */
function runSource(t: TestContext, source: string, env?: NodeJS.ProcessEnv) {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', source];
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(env === undefined ? {} : { env }),
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

/** Tells the program in PATH that it stops, and lets 5 seconds pass by a clock that tests decide. */
const STOPPING = `
import { SILENT_LOGGER } from './agent/logger.ts';
import { ServiceNotifier } from './agent/service-notifier.ts';
import { FakeClock } from './test/support/fake-clock.ts';
const clock = new FakeClock();
const log = { ...SILENT_LOGGER, warn: ({ state }) => process.stdout.write(state + ' not told\\n') };
const told = new ServiceNotifier({ socket: 'there' }, { clock, log }).stopping();
clock.advance(5000);
await told;
`;

test('a systemd-notify that hangs is ended after 5 s and counts as one that failed', {
  skip: process.platform === 'win32' && 'Windows has no systemd',
}, async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'systemd-notify'), '#!/bin/sh\nexec /bin/sleep 600\n', { mode: 0o755 });
  const child = runSource(t, STOPPING, { PATH: folder });
  assert.equal(await text(child.stdout), 'STOPPING=1 not told\n');
});

test('a systemd-notify for which Node.js throws, as it does without memory, counts as one that failed', {
  skip: process.platform === 'win32' && 'Windows has no systemd',
}, async (t) => {
  // an environment longer than the system takes is refused in the same way
  const child = runSource(t, `process.env.LONG = 'x'.repeat(2 ** 22);${STOPPING}`);
  assert.equal(await text(child.stdout), 'STOPPING=1 not told\n');
});

test('the daemon tells a real socket that it is ready, that it lives, and that it stops', {
  skip,
}, async (t) => {
  const { socket, message } = await fakeSystemd(t);
  const env = { PATH: '/usr/bin:/bin:/usr/local/bin', NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000' };
  const args = ['serve', '--model', TINY_MODEL, '--port', '0', '--no-microphone'];
  const daemon = EarshotProcess.start(t, args, env);
  await message('READY=1');
  await message('WATCHDOG=1');
  await message('WATCHDOG=1');
  daemon.process.kill('SIGTERM');
  await message('STOPPING=1');
  assert.equal((await daemon.ended).code, 0);
});

/** A process whose event loop can be made to hang: a line on its standard input says so. */
const HANGING = `
import { SYSTEM_CLOCK } from './agent/clock.ts';
import { SILENT_LOGGER } from './agent/logger.ts';
import { ServiceNotifier } from './agent/service-notifier.ts';
const environment = { socket: 'there', watchdogUsec: '40000' };
const send = async (state) => process.stdout.write(state + '\\n');
await new ServiceNotifier(environment, { clock: SYSTEM_CLOCK, log: SILENT_LOGGER, send }).ready();
process.stdin.once('data', () => {
  process.stdout.write('hanging\\n', () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    process.stdout.write('over\\n');
    process.exit(0);
  });
});
`;

test('watchdog pings stop when the event loop hangs', async (t) => {
  const child = runSource(t, HANGING);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    if (lines.length === 3) child.stdin.write('hang\n');
  });
  await once(child, 'close');
  assert.deepEqual(lines.slice(0, 3), ['READY=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  assert.deepEqual(lines.slice(lines.indexOf('hanging')), ['hanging', 'over']);
});
