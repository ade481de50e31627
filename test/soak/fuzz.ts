/**
 * Hostile clients of every protocol at once, while a well-behaved one speaks. On the built tree:
 *
 *     npm run build && node --import tsx test/soak/fuzz.ts [--frames 1000000] [--minutes 60] [--seed N]
 *
 * Ends at so many frames or minutes, whichever comes first. Exit code 1 when the daemon died, a transcript of the
 * well-behaved client differs from a quiet run, or memory grew. Writes `fuzz.json` to `--out` (test/soak/results).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { connect } from '../../agent/client/node.ts';
import { seededRandom } from '../../agent/evaluation/random.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';
import { DaemonProcess, type Sample } from './daemon-process.ts';
import { hostileFrames, TARGETS, type Target } from './hostile-frames.ts';
import { RAW_ATTACKS } from './raw-attacks.ts';

const ATTACKERS = 8;
/** Different hostile clients of each protocol; making them takes longer than being them. */
const SCRIPTS = 150;
/** Share of the frames after which memory is expected to be flat. */
const WARM_UP = 0.3;
const SAMPLE_EVERY_MS = 5000;
const MOST_GROWTH = 0.05;

const { values } = scriptArguments(import.meta.filename, {
  options: {
    frames: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'test/soak/results' },
  },
});
const goal = Number(values.frames);
const deadline = performance.now() + Number(values.minutes) * 60_000;
const random = seededRandom(Number(values.seed));
const counts = { frames: 0, hostileClients: 0, vanished: 0, slowReaders: 0, rawAttacks: 0, quietRuns: 0 };
const differences: string[] = [];
const samples: (Sample & { frames: number })[] = [];

const scripts = new Map(
  TARGETS.map((target) => [
    target,
    fc.sample(hostileFrames(target), { numRuns: SCRIPTS, seed: Number(values.seed) }),
  ]),
);

const daemon = await DaemonProcess.start(['--model', TINY_MODEL, '--no-microphone'], {});
const expected = await transcript();
await Promise.all([...Array.from({ length: ATTACKERS }, attacker), bystander(), watcher()]);
const alive = !daemon.hasEnded && (await fetch(`${daemon.httpUrl}/healthz`)).ok;
const growth = memoryGrowth();
const passed = alive && differences.length === 0 && growth.rss <= MOST_GROWTH && growth.heap <= MOST_GROWTH;
save({ passed, alive, growth, minutes: samples.at(-1)?.minutes, ...counts, differences, samples });
process.stdout.write(`${JSON.stringify({ passed, alive, growth, ...counts, differences }, null, 1)}\n`);
daemon.stop();
process.exitCode = passed ? 0 : 1;

function isOver(): boolean {
  return counts.frames >= goal || performance.now() > deadline || daemon.hasEnded;
}

async function attacker(): Promise<void> {
  while (!isOver()) {
    if (random() < 0.1) {
      counts.rawAttacks++;
      await RAW_ATTACKS[Math.floor(random() * RAW_ATTACKS.length)]!(Number(new URL(daemon.httpUrl).port));
    } else await attack(TARGETS[Math.floor(random() * TARGETS.length)]!);
  }
}

/** One hostile client: its frames, then it vanishes or waits for its end; sometimes it reads nothing. */
async function attack(target: Target): Promise<void> {
  counts.hostileClients++;
  const choices = scripts.get(target) ?? [];
  const frames = choices[Math.floor(random() * choices.length)] ?? [];
  const socket = new WebSocket(daemon.url + target.path, { perMessageDeflate: false });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  const opened = await new Promise((resolve) => {
    socket.once('open', () => resolve(true));
    socket.once('close', () => resolve(false));
  });
  if (!opened) return;
  if (random() < 0.2) {
    counts.slowReaders++;
    socket.pause();
  }
  for (const frame of frames) {
    if (socket.readyState !== WebSocket.OPEN) break;
    socket.send(frame);
    counts.frames++;
  }
  while (socket.bufferedAmount > 0 && socket.readyState === WebSocket.OPEN) await delay(1);
  if (random() < 0.5) {
    counts.vanished++;
    socket.terminate();
  } else {
    socket.resume();
    socket.close();
    setTimeout(() => socket.terminate(), 100);
  }
  await closed;
}

/** A client that does nothing wrong must not notice anything. */
async function bystander(): Promise<void> {
  while (!isOver()) {
    counts.quietRuns++;
    const got = await transcript().catch(String);
    if (got !== expected) differences.push(got);
  }
}

async function transcript(): Promise<string> {
  const stream = await connect({ url: `${daemon.url}/v1/stream` });
  const noise = seededRandom(7);
  for (let i = 0; i < 20; i++) {
    await stream.send(Int16Array.from({ length: 1600 }, () => (noise() - 0.5) * 20000));
  }
  stream.stop();
  const finals: object[] = [];
  for await (const event of stream) {
    if (event.type !== 'final') continue;
    const { latencyMs: _, ...final } = event;
    finals.push(final);
  }
  return JSON.stringify(finals);
}

async function watcher(): Promise<void> {
  while (!isOver()) {
    await delay(SAMPLE_EVERY_MS);
    if (!daemon.hasEnded) samples.push({ ...(await daemon.sample()), frames: counts.frames });
  }
}

/** Growth from the first third after the warm-up to the last third, by the medians. */
function memoryGrowth() {
  const steady = samples.slice(Math.floor(samples.length * WARM_UP));
  const third = Math.max(1, Math.floor(steady.length / 3));
  const median = (part: readonly Sample[], read: (sample: Sample) => number) =>
    part.map(read).sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0;
  const [first, last] = [steady.slice(0, third), steady.slice(-third)];
  const growthOf = (read: (sample: Sample) => number) => median(last, read) / median(first, read) - 1;
  return { rss: growthOf(({ rssMiB }) => rssMiB), heap: growthOf(({ heapMiB }) => heapMiB) };
}

function save(result: object): void {
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'fuzz.json'), `${JSON.stringify(result, null, 1)}\n`);
}
