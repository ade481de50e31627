/**
 * Hostile clients of every protocol at once, while a well-behaved one speaks. On the built tree:
 *
 *     npm run build && node --import tsx test/soak/fuzz.ts [--frames 4000000] [--minutes 60] [--seed N] [--rate 10000]
 *
 * Ends at so many frames or minutes, whichever comes first; `--rate` is the most frames a second (0: as fast as it goes). Exit
 * code 1 when the daemon died, a transcript of the well-behaved client differs from a quiet run or comes 10 s late, or
 * memory grew, which is judged in runs of three minutes and more. Writes `fuzz.json` to `--out` (test/soak/results).
 * The clients have loopback addresses of their own (127.0.0.2, 127.0.0.3), which Linux gives to every program.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { connect, type SpeechStream } from '../../agent/client/node.ts';
import { AgentError } from '../../agent/errors.ts';
import { quantile } from '../../agent/evaluation/quantile.ts';
import { seededRandom } from '../../agent/evaluation/random.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { freePort } from '../support/free-port.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';
import { DaemonProcess, type Sample } from './daemon-process.ts';
import { misbehave, openTcp, openWebSocket } from './hostile-client.ts';
import { type HostileScript, TARGETS, type Target } from './hostile-frames.ts';
import { holdConnections, RAW_ATTACKS } from './raw-attacks.ts';

const ATTACKERS = 8;
const ATTACKERS_FROM = '127.0.0.2';
const HOLDER_FROM = '127.0.0.3';
/** More than one address may have at both ports. */
const HELD = 120;
const HELD_MS = { least: 2000, most: 8000 };
/** Longest stay of a hostile client behind its last frame. */
const MOST_STAY_MS = 3000;
/** Different hostile clients of each protocol; making them takes longer than being them. */
const SCRIPTS = 150;
/** Longest time in which the well-behaved client must have its session, and its final behind its last audio. */
const MOST_DELAY_MS = 10_000;
const RETRY_MS = 250;
/** With the ten of the default nearly all of a hostile client's frames would come after its end. */
const BAD_MESSAGES = 100;
/** More than two hostile addresses may have together (`server.limits.clientsPerAddress`). */
const PLACES = 80;
/** After this time and this share of the run memory is expected to be flat. */
const WARM_UP = { minutes: 1, share: 0.3 };
/** A shorter run says nothing about memory. */
const LEAST_MINUTES = 3;
const SAMPLE_EVERY_MS = 5000;
const MOST_GROWTH = 0.05;

const { values } = scriptArguments(import.meta.filename, {
  options: {
    frames: { type: 'string', default: '4000000' },
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '10000' },
    out: { type: 'string', default: 'test/soak/results' },
  },
});
const goal = Number(values.frames);
const rate = Number(values.rate);
const seed = Number(values.seed);
const counts = {
  ...{ frames: 0, hostileClients: 0, vanished: 0, slowReaders: 0, rawAttacks: 0 },
  ...{ timesHeld: 0, heldAtMost: 0, quietRuns: 0, quietRunsPutOff: 0 },
};
const clientsOf = new Map(TARGETS.map((target) => [target, 0]));
const differences: string[] = [];
const waits = { session: [] as number[], final: [] as number[] };
const samples: (Sample & { frames: number })[] = [];

const scripts = new Map(
  TARGETS.map((target) => [target, fc.sample(target.scripts, { numRuns: SCRIPTS, seed })]),
);
const wyomingPort = await freePort();
const settings = [
  ...['wyoming.enabled=true', `wyoming.port=${wyomingPort}`],
  ...[`server.maxBadMessages=${BAD_MESSAGES}`, `server.maxClients=${PLACES}`],
].flatMap((set) => ['--set', set]);
const daemon = await DaemonProcess.start(['--model', TINY_MODEL, '--no-microphone', ...settings], {});
const port = Number(new URL(daemon.httpUrl).port);
const expected = await transcript();
const begin = performance.now();
const deadline = begin + Number(values.minutes) * 60_000;
const attackers = Array.from({ length: ATTACKERS }, (_, index) => attacker(randomOf(index)));
await Promise.all([...attackers, holder(randomOf(ATTACKERS)), bystander(), watcher()]);
const alive = !daemon.hasEnded && (await fetch(`${daemon.httpUrl}/healthz`)).ok;
const growth = memoryGrowth();
const delays = { session: percentiles(waits.session), final: percentiles(waits.final) };
const isPrompt = Math.max(...waits.session, ...waits.final) <= MOST_DELAY_MS;
const isFlat = growth === null || Math.max(growth.rss, growth.heap) <= MOST_GROWTH;
const result = {
  passed: alive && differences.length === 0 && isPrompt && isFlat,
  ...{ alive, growth, seed, rate, minutes: (performance.now() - begin) / 60_000 },
  ...counts,
  clients: Object.fromEntries([...clientsOf].map(([{ name }, count]) => [name, count])),
  answers: alive ? await answers() : {},
  bystanderDelayMs: { ...delays, allowed: MOST_DELAY_MS },
  differences,
};
mkdirSync(values.out, { recursive: true });
writeFileSync(join(values.out, 'fuzz.json'), `${JSON.stringify({ ...result, samples }, null, 1)}\n`);
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
daemon.stop();
process.exitCode = result.passed ? 0 : 1;

/** What each attacker does follows from the seed; how they meet does not. */
function randomOf(index: number): () => number {
  return seededRandom(seed * 1000 + index);
}

function isOver(): boolean {
  return counts.frames >= goal || performance.now() > deadline || daemon.hasEnded;
}

async function attacker(random: () => number): Promise<void> {
  const oneOf = <Choice>(choices: readonly Choice[]) => choices[Math.floor(random() * choices.length)]!;
  while (!isOver()) {
    if (random() < 0.1) {
      counts.rawAttacks++;
      await oneOf(RAW_ATTACKS)(port, ATTACKERS_FROM);
    } else {
      const target = oneOf(TARGETS);
      const staysMs = random() < 0.3 ? random() * MOST_STAY_MS : 0;
      const manners = { readsNothing: random() < 0.2, vanishes: random() < 0.5, staysMs, pace };
      await attack(target, oneOf(scripts.get(target)!), manners);
    }
  }
}

/** One hostile client: its frames, then it vanishes or waits for its end; sometimes it reads nothing. */
async function attack(
  target: Target,
  { path, frames }: HostileScript,
  manners: Parameters<typeof misbehave>[2],
): Promise<void> {
  counts.hostileClients++;
  const wire =
    target.wire === 'wyoming'
      ? await openTcp(wyomingPort, ATTACKERS_FROM)
      : await openWebSocket(daemon.url + path, ATTACKERS_FROM);
  if (wire === null) return;
  clientsOf.set(target, (clientsOf.get(target) ?? 0) + 1);
  if (manners.readsNothing) counts.slowReaders++;
  if (manners.vanishes) counts.vanished++;
  await misbehave(wire, frames, manners);
}

/** The same load from the first minute to the last: memory follows it. */
async function pace(): Promise<void> {
  counts.frames++;
  while (rate > 0 && counts.frames > ((performance.now() - begin) * rate) / 1000 && !isOver()) await delay(5);
}

/** As many connections as one address may have, and more, held for seconds. */
async function holder(random: () => number): Promise<void> {
  while (!isOver()) {
    const ms = HELD_MS.least + random() * (HELD_MS.most - HELD_MS.least);
    const held = await holdConnections({ port, wyomingPort, localAddress: HOLDER_FROM, count: HELD, ms });
    counts.timesHeld++;
    counts.heldAtMost = Math.max(counts.heldAtMost, held);
  }
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
  const stream = await session();
  const noise = seededRandom(7);
  for (let i = 0; i < 20; i++) {
    await stream.send(Int16Array.from({ length: 1600 }, () => (noise() - 0.5) * 20000));
  }
  const stoppedMs = performance.now();
  stream.stop();
  const finals = await Promise.race([finalsOf(stream), delay(2 * MOST_DELAY_MS, null, { ref: false })]);
  waits.final.push(performance.now() - stoppedMs);
  stream.close();
  if (finals === null) throw new Error(`There was no final ${2 * MOST_DELAY_MS} ms after the last audio.`);
  return JSON.stringify(finals);
}

/** Told that the machine is overloaded, a client comes back; the time until then counts. */
async function session(): Promise<SpeechStream> {
  const askedMs = performance.now();
  for (;;) {
    try {
      const stream = await connect({ url: `${daemon.url}/v1/stream` });
      waits.session.push(performance.now() - askedMs);
      return stream;
    } catch (error) {
      const isPutOff = error instanceof AgentError && error.code === 'OVERLOADED';
      if (!isPutOff || performance.now() - askedMs > MOST_DELAY_MS) throw error;
      counts.quietRunsPutOff++;
      await delay(RETRY_MS);
    }
  }
}

async function finalsOf(stream: SpeechStream): Promise<object[]> {
  const finals: object[] = [];
  for await (const event of stream) {
    if (event.type !== 'final') continue;
    const { latencyMs: _, ...final } = event;
    finals.push(final);
  }
  return finals;
}

async function watcher(): Promise<void> {
  while (!isOver()) {
    await delay(SAMPLE_EVERY_MS);
    if (!daemon.hasEnded) samples.push({ ...(await daemon.sample()), frames: counts.frames });
  }
}

/**
 * Growth from the first third after the warm-up to the last third; null: the run was too short. Of the resident memory by what
 * nine of ten samples are below: the thread that compiles grammars takes 80 MiB, comes and goes, and whether a median falls into
 * its time or not is chance. Of the heap by the median: a single sample may meet a message of a few MiB.
 */
function memoryGrowth() {
  const end = samples.at(-1)?.minutes ?? 0;
  if (end < LEAST_MINUTES) return null;
  const warmUp = Math.max(WARM_UP.minutes, WARM_UP.share * end);
  const steady = samples.filter(({ minutes }) => minutes >= warmUp);
  const third = Math.floor(steady.length / 3);
  const [first, last] = [steady.slice(0, third), steady.slice(-third)];
  const growthOf = (share: number, read: (sample: Sample) => number) => {
    const [before, after] = [first, last].map((part) =>
      quantile(
        part.map(read).sort((a, b) => a - b),
        share,
      ),
    );
    return after! / before! - 1;
  };
  return { rss: growthOf(0.9, ({ rssMiB }) => rssMiB), heap: growthOf(0.5, ({ heapMiB }) => heapMiB) };
}

/** How often the daemon refused what, by error code: what it was asked reached all these places. */
async function answers(): Promise<Record<string, Record<string, number>>> {
  const metrics = await daemon.metrics();
  const byCode = (name: string) =>
    Object.fromEntries(
      [...metrics.matchAll(new RegExp(`^${name}\\{code="(\\w+)"\\} (\\d+)$`, 'gm'))].map(
        ([, code, count]) => [code!, Number(count)],
      ),
    );
  return {
    errors: byCode('earshot_errors_total'),
    refusedConnections: byCode('earshot_connections_refused_total'),
  };
}

function percentiles(times: readonly number[]) {
  if (times.length === 0) return null;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (q: number) => Math.round(quantile(sorted, q));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
