import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import { EngineStream } from '../../agent/engine/engine-stream.ts';
import { streamSettings } from '../../agent/engine/stream-settings.ts';
import { OverloadPolicy } from '../../agent/server/overload-policy.ts';
import { FakeClock } from '../support/fake-clock.ts';

const SAMPLES_PER_MS = 16;
const LIMITS = {
  sampleRate: 1000 * SAMPLES_PER_MS,
  queueHighMs: 4000,
  queueLowMs: 1000,
  firstRunSamples: 992,
  runSamples: 640,
};
const TICK_MS = 10;
const SECOND = 1000;
const NO_ADVICE = { language: 'en', decoder: { head: 'characters' }, endpoint: {} };

/** What a client has to send, in milliseconds of audio since its beginning. */
type Client = (nowMs: number, now: { readonly sentMs: number; readonly waitingMs: number }) => number;

const live: Client = (nowMs) => nowMs;
const file: Client = () => Number.POSITIVE_INFINITY;
/** A file of which each piece is sent when the answer to the last one is there, as clients of Vosk do. */
const fileInPieces: Client = (_nowMs, { sentMs, waitingMs }) => (waitingMs < 70 ? sentMs + 4000 : sentMs);
/** Speaks for two seconds of every ten. */
const pushToTalk: Client = (nowMs) =>
  2 * SECOND * Math.floor(nowMs / (10 * SECOND)) + Math.min(nowMs % (10 * SECOND), 2 * SECOND);
/** A little speech, and after a minute a file. */
const fileAfterPause: Client = (nowMs) => (nowMs < 60 * SECOND ? Math.min(nowMs, 300) : Infinity);
/** Comes back at 20 s with all that was said meanwhile. */
const resumed: Client = (nowMs) => (nowMs < 20 * SECOND ? Math.min(nowMs, 5 * SECOND) : nowMs);

interface Simulation {
  readonly clients: readonly Client[];
  readonly seconds: number;
  /** Seconds of audio that are computed in a second. */
  readonly capacity: (nowMs: number) => number;
}

/** Streams of an engine that computes so much and no more, by turns; what is seen every tenth of a second. */
function simulate(t: TestContext, { clients, seconds, capacity }: Simulation) {
  const clock = new FakeClock();
  // not `t.mock`, which remembers every call
  Object.defineProperty(performance, 'now', { value: () => clock.now(), configurable: true });
  t.after(() => Reflect.deleteProperty(performance, 'now'));
  const config = defaultConfig();
  const settings = () => streamSettings(config, NO_ADVICE, {});
  const compile = () => Promise.reject(new Error('nobody has a grammar'));
  const link = { send() {}, ended() {}, overrun() {}, compile, settings };
  const speakers = clients.map((hasSaid, number) => ({
    hasSaid,
    stream: new EngineStream(link, LIMITS, { number, options: {} }),
    number,
    sent: 0,
    computed: 0,
    isPaused: false,
  }));
  const lateMs = () => speakers.reduce((most, { stream }) => Math.max(most, stream.oldestQueuedMs), 0);
  const policy = new OverloadPolicy({ config: config.server, clock, queueAgeMs: lateMs });
  const seen: { atMs: number; lateMs: number; refused: boolean }[] = [];
  const turns = [...speakers];
  for (let budget = 0; clock.now() < seconds * SECOND; clock.advance(TICK_MS)) {
    for (const speaker of speakers) send(speaker);
    budget = Math.min(budget, 0) + capacity(clock.now()) * TICK_MS * SAMPLES_PER_MS;
    for (let skipped = 0; budget > 0 && skipped < turns.length; ) {
      const speaker = turns.shift()!;
      turns.push(speaker);
      if (speaker.sent - speaker.computed < LIMITS.firstRunSamples) {
        skipped++;
        continue;
      }
      skipped = 0;
      budget -= LIMITS.runSamples;
      speaker.computed += LIMITS.runSamples;
      const progress = { consumedSamples: speaker.computed, events: [], heardSamples: [], finished: false };
      speaker.stream.receive({ stream: speaker.number, ...progress });
    }
    if (clock.now() % 100 === 0) seen.push({ atMs: clock.now(), lateMs: lateMs(), refused: isRefused() });
  }
  return { seen, refusals: seen.filter(({ refused }) => refused).map(({ atMs }) => atMs) };

  function send(speaker: (typeof speakers)[number]): void {
    const { stream, hasSaid } = speaker;
    if (speaker.isPaused && stream.queuedMs > LIMITS.queueLowMs) return;
    const now = { sentMs: speaker.sent / SAMPLES_PER_MS, waitingMs: stream.queuedMs };
    const end = hasSaid(clock.now(), now) * SAMPLES_PER_MS;
    speaker.isPaused = false;
    while (!speaker.isPaused && speaker.sent < end) {
      const piece = Math.min(end - speaker.sent, 500 * SAMPLES_PER_MS);
      speaker.sent += piece;
      speaker.isPaused = !stream.acceptPcm(new Int16Array(piece));
    }
  }

  function isRefused(): boolean {
    try {
      policy.checkAdmission();
      return false;
    } catch {
      return true;
    }
  }
}

function many(count: number, client: Client): Client[] {
  return Array.from({ length: count }, () => client);
}

test('files sent at full speed keep nobody out, while each is computed faster than it is spoken', async (t) => {
  for (const [kind, client] of Object.entries({ file, fileInPieces, fileAfterPause })) {
    await t.test(kind, (t) => {
      const clients = [...many(30, client), ...many(2, live), ...many(2, pushToTalk)];
      const { seen, refusals } = simulate(t, { clients, seconds: 90, capacity: () => 60 });
      assert.deepEqual(refusals, []);
      assert.deepEqual(
        seen.filter(({ lateMs }) => lateMs >= 500),
        [],
      );
    });
  }
});

test('files that leave a speaker less than real time keep newcomers out', (t) => {
  const clients = [...many(30, file), ...many(10, live)];
  const { refusals } = simulate(t, { clients, seconds: 10, capacity: () => 20 });
  assert.ok(refusals[0]! > 3 * SECOND && refusals[0]! < 6 * SECOND, `${refusals[0]} ms`);
});

test('live streams that are more than the machine computes keep newcomers out as soon as they wait for so long', (t) => {
  const { seen, refusals } = simulate(t, { clients: many(20, live), seconds: 30, capacity: () => 10 });
  assert.ok(Math.abs(refusals[0]! - 4 * SECOND) <= 300, `${refusals[0]} ms`);
  const admitted = seen.filter(({ atMs, refused }) => atMs > refusals[0]! && !refused).length;
  assert.ok(admitted < 0.05 * seen.length, `admitted ${admitted} times meanwhile`);
  const most = Math.max(...seen.map(({ lateMs }) => lateMs));
  assert.ok(most > 7 * SECOND && most < 9 * SECOND, `${most} ms`); // of what `queueHighMs` lets in
});

test('a machine that becomes too slow is seen beside files that were far ahead', (t) => {
  const clients = [...many(20, file), ...many(20, live)];
  const capacity = (nowMs: number) => (nowMs < 60 * SECOND ? 100 : 20);
  const { refusals } = simulate(t, { clients, seconds: 90, capacity });
  assert.ok(refusals[0]! > 62 * SECOND && refusals[0]! < 65 * SECOND, `${refusals[0]} ms`);
});

test('pauses of speakers make nobody late, and save nothing up', (t) => {
  const talkers = many(20, pushToTalk);
  assert.deepEqual(simulate(t, { clients: talkers, seconds: 60, capacity: () => 25 }).refusals, []);
  const slow = simulate(t, { clients: talkers, seconds: 60, capacity: (ms) => (ms < 49 * SECOND ? 25 : 1) });
  assert.ok(slow.refusals[0]! >= 52 * SECOND && slow.refusals[0]! < 53 * SECOND, `${slow.refusals[0]} ms`);
});

test('clients that come back send all that was said meanwhile, which is not late; what they say then may be', (t) => {
  const clients = [...many(10, resumed), ...many(5, live)];
  assert.deepEqual(simulate(t, { clients, seconds: 60, capacity: () => 40 }).refusals, []);
  const capacity = (nowMs: number) => (nowMs < 40 * SECOND ? 40 : 5);
  const { refusals } = simulate(t, { clients: many(10, resumed), seconds: 60, capacity });
  assert.ok(refusals[0]! > 43 * SECOND && refusals[0]! < 46 * SECOND, `${refusals[0]} ms`);
});
