import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import type { SettingsTexts } from '../../agent/decoder/settings-texts.ts';
import { EngineStream } from '../../agent/engine/engine-stream.ts';
import type { PackedTexts } from '../../agent/engine/packed-texts.ts';
import type { StreamOptions } from '../../agent/engine/speech-engine.ts';
import { streamSettings } from '../../agent/engine/stream-settings.ts';
import type { GivenTexts, StreamProgress, WorkerRequest } from '../../agent/engine/worker-protocol.ts';
import { AgentError } from '../../agent/errors.ts';
import type { Final, TranscriptEvent } from '../../agent/transcript/transcript-event.ts';
import { type Deferred, deferred } from '../support/deferred.ts';

const LIMITS = {
  sampleRate: 16000,
  queueHighMs: 400,
  queueLowMs: 100,
  firstRunSamples: 992,
  runSamples: 640,
};
const MS = 16; // samples
const NO_ADVICE = { language: 'en', decoder: { head: 'characters' }, endpoint: {} };

const PACKED = {} as PackedTexts;

function harness(options: StreamOptions = {}) {
  const sent: WorkerRequest[] = [];
  const compiling: { texts: SettingsTexts; answer: Deferred<Required<GivenTexts>> }[] = [];
  const seen = { ended: 0, overrunSeconds: 0 };
  const link = {
    send: (request: WorkerRequest) => sent.push(request),
    ended: () => seen.ended++,
    overrun: (seconds: number) => {
      seen.overrunSeconds += seconds;
    },
    compile: (texts: SettingsTexts) => {
      const answer = deferred<Required<GivenTexts>>();
      compiling.push({ texts, answer });
      return answer.promise;
    },
    settings: (options: StreamOptions) => streamSettings(defaultConfig(), NO_ADVICE, options),
  };
  const stream = new EngineStream(link, LIMITS, { number: 7, options });
  const receive = ({ events = [], ...progress }: Partial<StreamProgress>) =>
    stream.receive({
      stream: 7,
      consumedSamples: 0,
      events,
      heardSamples: events.map(() => 0),
      finished: false,
      ...progress,
    });
  return { stream, sent, seen, compiling, receive };
}

const PARTIAL: TranscriptEvent = { type: 'partial', segment: 0, text: 'a', stable: '', start: 0, end: 1 };
const FINAL: Final = {
  type: 'final',
  segment: 0,
  text: 'a',
  words: [],
  confidence: 1,
  start: 0,
  end: 1,
  reason: 'flush',
};

/** Whether a promise is settled once everything that is due has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise(setImmediate);
  return settled;
}

test('audio goes out before the flush that follows it', () => {
  const { stream, sent } = harness();
  stream.acceptPcm(new Int16Array(100));
  stream.flush();
  stream.acceptPcm(new Int16Array(50));
  stream.finish();
  assert.deepEqual(
    sent.map((request) => (request.type === 'pcm' ? request.samples.length : request.type)),
    [100, 'flush', 50, 'finish'],
  );
});

test('above the high-water mark the source is told to wait, until the queue is below the low one', async () => {
  const { stream, receive } = harness();
  assert.equal(stream.acceptPcm(new Int16Array(400 * MS)), true);
  assert.equal(stream.acceptPcm(new Int16Array(MS)), false);
  const drained = stream.drained();
  receive({ consumedSamples: 300 * MS });
  assert.equal(stream.queuedMs, 101);
  assert.equal(await isSettled(drained), false);
  receive({ consumedSamples: 301 * MS });
  assert.equal(await isSettled(drained), true);
});

test('a queue that is not over the low-water mark is drained at once', async () => {
  const { stream } = harness();
  stream.acceptPcm(new Int16Array(100 * MS));
  await stream.drained();
});

test('a caller that does not wait loses audio once four times the mark waits, and it is counted', () => {
  const { stream, seen } = harness();
  stream.acceptPcm(new Int16Array(1600 * MS));
  assert.equal(seen.overrunSeconds, 0);
  stream.acceptPcm(new Int16Array(200 * MS));
  assert.equal(seen.overrunSeconds, 0);
  assert.equal(stream.acceptPcm(new Int16Array(500 * MS)), false);
  assert.equal(seen.overrunSeconds, 0.5);
  assert.equal(stream.queuedMs, 1800);
});

test('a reader who does not read pauses the source, and reading lets it go on', async () => {
  const { stream, receive } = harness();
  receive({ events: Array.from({ length: 5000 }, () => ({ ...FINAL })) });
  assert.equal(stream.acceptPcm(new Int16Array(MS)), false);
  const drained = stream.drained();
  assert.equal(await isSettled(drained), false);
  const reader = stream[Symbol.asyncIterator]();
  for (let i = 0; i < 1000; i++) await reader.next();
  assert.equal(await isSettled(drained), true);
});

test('close ends the iteration without the unread events, and may be called twice', async () => {
  const { stream, sent, seen, receive } = harness();
  receive({ events: [PARTIAL] });
  stream.close();
  stream.close();
  assert.deepEqual(await stream[Symbol.asyncIterator]().next(), { done: true, value: undefined });
  assert.equal(seen.ended, 1);
  assert.deepEqual(sent, [{ type: 'close', stream: 7 }]);
  await stream.drained();
  assert.equal(stream.acceptPcm(new Int16Array(10)), true);
  receive({ events: [PARTIAL], finished: true });
  assert.equal(seen.ended, 1);
});

test('leaving the iteration early closes the stream', async () => {
  const { stream, sent, receive } = harness();
  receive({ events: [PARTIAL, PARTIAL] });
  for await (const _event of stream) break;
  assert.deepEqual(sent, [{ type: 'close', stream: 7 }]);
});

test('audio after finish is refused', () => {
  const { stream } = harness();
  stream.finish();
  assert.throws(() => stream.acceptPcm(new Int16Array(1)), { code: 'STREAM_CLOSED' });
});

test('a failure comes after the events that were there', async () => {
  const { stream, seen, receive } = harness();
  receive({ events: [PARTIAL] });
  stream.fail(new AgentError('ENGINE_FAILED', 'gone'));
  const reader = stream[Symbol.asyncIterator]();
  assert.equal((await reader.next()).value, PARTIAL);
  await assert.rejects(reader.next(), { code: 'ENGINE_FAILED' });
  assert.equal(seen.ended, 1);
});

test('the last progress ends the iteration after its events', async () => {
  const { stream, receive } = harness();
  stream.finish();
  receive({ events: [PARTIAL], finished: true });
  const events: TranscriptEvent[] = [];
  for await (const event of stream) events.push(event);
  assert.deepEqual(events, [PARTIAL]);
});

test('latency counts from the audio or the flush that an event waited for', async (t) => {
  const time = { now: 1000 };
  t.mock.method(performance, 'now', () => time.now);
  const { stream, receive } = harness();
  stream.acceptPcm(new Int16Array(1000));
  await new Promise(setImmediate);
  time.now = 1020;
  stream.acceptPcm(new Int16Array(1000));
  await new Promise(setImmediate);
  receive({ consumedSamples: 640, heardSamples: [992], events: [PARTIAL] });
  time.now = 1500;
  stream.flush();
  receive({ consumedSamples: 2000, heardSamples: [2000], events: [FINAL] });
  time.now = 1600;
  assert.equal(stream.latencyMs(PARTIAL), 600);
  assert.equal(stream.latencyMs(FINAL), 100);
  assert.equal(stream.heardSeconds(PARTIAL), 992 / 16000);
  assert.equal(stream.latencyMs({ ...PARTIAL }), undefined);
  assert.equal(stream.heardSeconds({ ...PARTIAL }), undefined);
});

test('each event of a run dates from the audio that completed it', async (t) => {
  const time = { now: 1000 };
  t.mock.method(performance, 'now', () => time.now);
  const { stream, receive } = harness();
  for (; time.now < 1040; time.now += 20) {
    stream.acceptPcm(new Int16Array(1000));
    await new Promise(setImmediate);
  }
  const [first, second] = [PARTIAL, { ...PARTIAL, text: 'ab' }] as const;
  receive({ consumedSamples: 1280, heardSamples: [992, 1632], events: [first, second] });
  assert.deepEqual([stream.latencyMs(first), stream.latencyMs(second)], [40, 20]);
});

test('what is too short for a run does not count as old', async () => {
  const { stream } = harness();
  stream.acceptPcm(new Int16Array(LIMITS.firstRunSamples - 1));
  await new Promise(setImmediate);
  assert.equal(stream.oldestQueuedMs, 0);
  stream.acceptPcm(new Int16Array(1));
  await new Promise(setImmediate);
  assert.ok(stream.oldestQueuedMs > 0);
});

test('a stream is settled when all that makes a run is computed and the reader came back for more', async () => {
  const { stream, receive } = harness();
  await stream.settled();
  const events = stream[Symbol.asyncIterator]();
  stream.acceptPcm(new Int16Array(2000));
  stream.flush();
  const settled = stream.settled();
  receive({ consumedSamples: 640 });
  assert.equal(await isSettled(settled), false, 'there is audio for another run');
  receive({ consumedSamples: 1280, events: [PARTIAL, FINAL] });
  assert.equal(await isSettled(settled), false, 'nobody has read the events');
  await events.next();
  await events.next();
  assert.equal(await isSettled(settled), false, 'the reader may still work on the last event');
  void events.next();
  assert.equal(await isSettled(settled), true);
});

test('a stream is not settled before the final of its flush, however little audio that had', async () => {
  const { stream, receive } = harness();
  const events = stream[Symbol.asyncIterator]();
  stream.acceptPcm(new Int16Array(1));
  stream.flush();
  void events.next();
  const settled = stream.settled();
  receive({ consumedSamples: 1 });
  assert.equal(await isSettled(settled), false);
  receive({ consumedSamples: 1, events: [FINAL] });
  void events.next();
  assert.equal(await isSettled(settled), true);
});

test('audio that waits for more of a run holds up nobody, and a stream that ends is settled', async () => {
  const { stream, receive } = harness();
  void stream[Symbol.asyncIterator]().next();
  stream.acceptPcm(new Int16Array(991));
  assert.equal(await isSettled(stream.settled()), true);
  stream.acceptPcm(new Int16Array(10));
  const settled = stream.settled();
  assert.equal(await isSettled(settled), false);
  receive({ finished: true });
  assert.equal(await isSettled(settled), true);
});

/** The change of settings that was sent last. */
function lastChange(sent: readonly WorkerRequest[]): Extract<WorkerRequest, { type: 'configure' }> {
  const last = sent.at(-1);
  assert.equal(last?.type, 'configure');
  return last;
}

test('new settings keep their place among the audio and are taken when the worker says so', async () => {
  const { stream, sent } = harness();
  stream.acceptPcm(new Int16Array(10));
  const change = stream.configure({ beamWidth: 3 });
  assert.equal(await isSettled(change), false);
  assert.deepEqual(
    sent.map(({ type }) => type),
    ['pcm', 'configure'],
  );
  const { settings, request } = lastChange(sent);
  assert.equal(settings.decoder.beamWidth, 3);
  stream.configured(request);
  await change;
});

test('settings that were not given stay, and those that were refused do not count', async () => {
  const { stream, sent } = harness();
  const first = stream.configure({ beamWidth: 3 });
  stream.configured(lastChange(sent).request);
  await first;
  const refused = stream.configure({ alternatives: 2 });
  stream.configured(lastChange(sent).request, new AgentError('CONFIG_INVALID', 'no'));
  await assert.rejects(refused, { code: 'CONFIG_INVALID' });
  void stream.configure({ partialWords: true });
  const { decoder, transcript } = lastChange(sent).settings;
  assert.deepEqual([decoder.beamWidth, decoder.alternatives, transcript.partialWords], [3, 0, true]);
});

test('a change builds on those before it that have no answer yet, and not on those that were refused', async () => {
  const { stream, sent } = harness();
  const beam = stream.configure({ beamWidth: 3 });
  const beamRequest = lastChange(sent).request;
  const words = stream.configure({ partialWords: true });
  const { settings, request } = lastChange(sent);
  assert.deepEqual([settings.decoder.beamWidth, settings.transcript.partialWords], [3, true]);
  const refusal = new AgentError('CONFIG_INVALID', 'no');
  stream.configured(beamRequest, refusal);
  stream.configured(request, refusal);
  await assert.rejects(beam);
  await assert.rejects(words);
  void stream.configure({ alternatives: 2 });
  const { decoder, transcript } = lastChange(sent).settings;
  assert.deepEqual(
    [decoder.beamWidth === 3, transcript.partialWords, decoder.alternatives],
    [false, false, 2],
  );
});

test('a change of settings that gets no answer, or comes after the end, is refused', async () => {
  const { stream } = harness();
  const change = stream.configure({ beamWidth: 3 });
  stream.fail(new AgentError('ENGINE_FAILED', 'gone'));
  await assert.rejects(change, { code: 'ENGINE_FAILED' });
  await assert.rejects(stream.configure({}), { code: 'STREAM_CLOSED' });
});

const task = { type: 'commands', grammars: [{ name: 'home', text: 'light on' }] } as const;
const typesOf = (sent: readonly WorkerRequest[]) => sent.map(({ type }) => type);

test('what comes behind a grammar waits until it is compiled, in its order, and counts neither as old nor as settled', async () => {
  const { stream, sent, compiling } = harness();
  stream.acceptPcm(new Int16Array(10));
  const change = stream.configure({ task });
  stream.acceptPcm(new Int16Array(100 * MS));
  stream.flush();
  const other = stream.configure({ task: { ...task, minConfidence: 0.5 } });
  stream.acceptPcm(new Int16Array(100 * MS));
  const settled = stream.settled();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([typesOf(sent), stream.oldestQueuedMs], [['pcm'], 0]);
  assert.equal(await isSettled(settled), false);
  compiling[0]!.answer.resolve({ number: 1, packed: PACKED });
  await new Promise(setImmediate);
  assert.deepEqual(typesOf(sent), ['pcm', 'configure', 'pcm', 'flush']);
  const { settings, texts, request } = lastChange(sent.slice(0, 2));
  assert.deepEqual(
    [texts, settings.decoder.task],
    [
      { number: 1, packed: PACKED },
      { ...task, grammars: [] },
    ],
  );
  stream.configured(request);
  await change;
  assert.equal(compiling.length, 2);
  compiling[1]!.answer.resolve({ number: 2, packed: PACKED });
  await new Promise(setImmediate);
  assert.deepEqual(typesOf(sent), ['pcm', 'configure', 'pcm', 'flush', 'configure', 'pcm']);
  stream.configured(lastChange(sent.slice(0, 5)).request);
  await other;
});

test('a grammar that can not be compiled is refused and the stream goes on; the same again is not compiled again', async () => {
  const { stream, sent, compiling } = harness();
  const refused = stream.configure({ task });
  stream.acceptPcm(new Int16Array(100 * MS));
  compiling[0]!.answer.reject(new AgentError('GRAMMAR_TOO_LARGE', 'no'));
  await assert.rejects(refused, { code: 'GRAMMAR_TOO_LARGE' });
  assert.deepEqual(typesOf(sent), ['pcm']);
  const taken = stream.configure({ task });
  compiling[1]!.answer.resolve({ number: 4, packed: PACKED });
  await new Promise(setImmediate);
  stream.configured(lastChange(sent).request);
  await taken;
  void stream.configure({ partials: false });
  assert.deepEqual([lastChange(sent).texts, compiling.length], [{ number: 4 }, 2]);
});

test('a stream opens when its grammar is compiled, fails without it, and a closed one sends nothing more', async () => {
  const opened = harness({ task });
  opened.stream.open();
  opened.stream.acceptPcm(new Int16Array(100 * MS));
  assert.deepEqual(opened.sent, []);
  opened.compiling[0]!.answer.resolve({ number: 1, packed: PACKED });
  await new Promise(setImmediate);
  assert.deepEqual(typesOf(opened.sent), ['open', 'pcm']);
  const failed = harness({ task });
  failed.stream.open();
  failed.compiling[0]!.answer.reject(new AgentError('GRAMMAR_INVALID', 'no'));
  await assert.rejects(failed.stream[Symbol.asyncIterator]().next(), { code: 'GRAMMAR_INVALID' });
  const closed = harness({ task });
  closed.stream.open();
  closed.stream.flush();
  closed.stream.close();
  closed.compiling[0]!.answer.resolve({ number: 1, packed: PACKED });
  await new Promise(setImmediate);
  assert.deepEqual(typesOf(closed.sent), ['close']);
});

test('hotwords are compiled as grammars are, once for all changes that leave them, and none where the search spells', async () => {
  const { stream, sent, compiling } = harness();
  const hotwords = [{ text: 'Siobhan' }];
  void stream.configure({ hotwords, decoder: 'lexicon' }).catch(() => {});
  stream.flush();
  assert.deepEqual([typesOf(sent), compiling[0]!.texts.hotwords?.list], [[], hotwords]);
  compiling[0]!.answer.resolve({ number: 1, packed: PACKED });
  await new Promise(setImmediate);
  assert.deepEqual(typesOf(sent), ['configure', 'flush']);
  void stream.configure({ partials: false, hotwords: [{ text: 'Siobhan' }] }).catch(() => {});
  assert.deepEqual([lastChange(sent).texts, compiling.length], [{ number: 1 }, 1]);
  void stream.configure({ decoder: 'beam' }).catch(() => {});
  assert.deepEqual([lastChange(sent).texts, compiling.length], [undefined, 1]);
  assert.deepEqual(lastChange(sent).settings.decoder.hotwords?.list, hotwords);
});
