import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultConfig } from '../../agent/config.ts';
import { DEFAULT_FRONTEND } from '../../agent/frontend/frontend-params.ts';
import type { Final, TranscriptEvent } from '../../agent/transcript/transcript-event.ts';
import { compute, computeRun, FakeAcousticModel, FRAMES_PER_STEP, syntheticAudio } from './drive.ts';
import { create, type Overrides, pipelineSettings, play, scene, settings, tokens } from './scene.ts';

const RATE = DEFAULT_FRONTEND.sampleRate;
const STEP_SAMPLES = FRAMES_PER_STEP * DEFAULT_FRONTEND.hop;
const TAIL_STEPS = 8;
/** Times are rounded to the millisecond. */
const HALF_MS = 0.00051;
/** Gives everything at once, step by step, and returns all events. */
function recognise(samples: Int16Array, overrides: Overrides = {}): TranscriptEvent[] {
  const pipeline = create(overrides);
  pipeline.acceptPcm(samples);
  pipeline.finish();
  return compute(pipeline, new FakeAcousticModel(tokens));
}

/** All events up to a flush after `samples`. */
function recogniseToFlush(samples: Int16Array, overrides: Overrides): TranscriptEvent[] {
  const pipeline = create(overrides);
  pipeline.acceptPcm(samples);
  pipeline.flush();
  return compute(pipeline, new FakeAcousticModel(tokens));
}

const finals = (events: readonly TranscriptEvent[]): Final[] =>
  events.filter((event) => event.type === 'final');
const speech = (seed = 1) => syntheticAudio([4000, 12000, 1000], seed);

test('the events do not depend on chunks, nor on when and in how large runs the steps are computed', () => {
  fc.assert(
    fc.property(scene, settings, fc.infiniteStream(fc.nat(1_000_000)), (what, overrides, numbers) => {
      const whole = play(what, overrides, (max) => max);
      const random = (max: number) => (numbers.next().value as number) % (max + 1);
      assert.deepEqual(play(what, overrides, random), whole);
      assert.deepEqual(
        play(what, overrides, () => 0),
        whole,
      );
    }),
    { numRuns: 60 },
  );
});

test('the events of every stream keep the rules that clients rely on', () => {
  fc.assert(
    fc.property(scene, settings, (what, overrides) => {
      const events = play(what, overrides, (max) => max);
      const samples = what.parts.flatMap(({ lengths }) => lengths).reduce((a, b) => a + b, 0);
      checkRules(events, samples / RATE + HALF_MS);
      const flushes = what.parts.filter(({ flush }) => flush).length;
      assert.equal(finals(events).filter(({ reason }) => reason === 'flush').length, flushes);
    }),
    { numRuns: 60 },
  );
});

/** Order, numbering, times, and that what is stable stays. */
function checkRules(events: readonly TranscriptEvent[], seconds: number): void {
  let speaking = false;
  let segment = 0;
  let stable = '';
  let time = 0;
  let ended = 0;
  for (const event of events) {
    if (event.type === 'speech-start') {
      assert.ok(!speaking && event.time >= ended);
      speaking = true;
      time = event.time;
    } else if (event.type === 'speech-end') {
      assert.ok(speaking && event.time >= time && event.time <= seconds);
      speaking = false;
      ended = event.time;
    } else if (event.type !== 'wake') {
      assert.equal(event.segment, segment);
      assert.ok(event.text.startsWith(stable), `"${event.text}" takes back "${stable}"`);
      assert.ok(event.start <= event.end && event.end <= seconds && event.start >= ended);
      checkWords(event.words ?? []);
      if (event.type === 'partial') {
        assert.ok(speaking && event.text.startsWith(event.stable) && event.stable.startsWith(stable));
        stable = event.stable;
      } else {
        assert.ok(speaking || (event.text === '' && event.reason === 'flush'));
        assert.equal(event.words.map(({ text }) => text).join(' '), event.text);
        segment += 1;
        stable = '';
      }
    }
  }
  assert.ok(!speaking);
}

function checkWords(words: Final['words']): void {
  words.forEach(({ start, end, confidence }, i) => {
    assert.ok(start <= end && start >= (words[i - 1]?.end ?? 0));
    assert.ok(confidence >= 0 && confidence <= 1);
  });
}

test('audio after an endpoint is recognised as if the stream began there, at its own times', () => {
  const pause = syntheticAudio([STEP_SAMPLES * 25], 3);
  const second = speech(7);
  const both = recognise(Int16Array.from([...speech(5), ...pause, ...second]));
  const ends = finals(both);
  assert.equal(ends[0]!.reason, 'endpoint');
  // a silent segment after the first final ends by rule 1 at a whole number of steps
  const last = ends.at(-1)!;
  assert.ok(last.start > (speech(5).length + pause.length) / RATE);
  assert.equal(last.segment, ends.length - 1);
});

test('behind an endpoint the model runs up through the last steps of the pause, which say nothing any more', () => {
  const pipeline = create({ transcript: { partials: false } });
  const model = new FakeAcousticModel(tokens);
  const audio = Int16Array.from([...speech(5), ...syntheticAudio([STEP_SAMPLES * 25], 3), ...speech(7)]);
  pipeline.acceptPcm(audio);
  let ends = 0;
  while (pipeline.stepsReady > 0) {
    computeRun(pipeline, model, pipeline.stepsReady);
    if (pipeline.resetState) ends += 1;
  }
  assert.ok(ends > 0);
  assert.equal(model.steps, pipeline.consumedSamples / STEP_SAMPLES + 10 * ends);
});

test('where a segment goes on the model begins anew in pauses, runs up through their last steps, and nothing ends', () => {
  const pipeline = create({ decoder: { search: 'greedy' }, endpoint: { enabled: false } });
  const model = new FakeAcousticModel(tokens);
  const pause = syntheticAudio([STEP_SAMPLES * 100], 3);
  const shortPause = syntheticAudio([STEP_SAMPLES * 15], 3);
  const parts = [speech(5), pause, speech(7), shortPause, speech(9)];
  pipeline.acceptPcm(Int16Array.from(parts.flatMap((part) => [...part])));
  const beginnings: number[] = [];
  const events: TranscriptEvent[] = [];
  while (pipeline.stepsReady > 0) {
    events.push(...computeRun(pipeline, model, pipeline.stepsReady));
    if (pipeline.resetState) beginnings.push(pipeline.consumedSamples / STEP_SAMPLES);
  }
  assert.deepEqual(finals(events), []);
  // after 1.2 s of the long pause, 30 steps, and 2.4 s later; never in the short one
  const [first, second] = beginnings;
  assert.equal(beginnings.length, 2);
  assert.equal(second! - first!, 60);
  assert.ok(
    first! >= speech().length / STEP_SAMPLES + 25 &&
      second! < (speech().length + pause.length) / STEP_SAMPLES + 5,
  );
  assert.equal(model.steps, pipeline.consumedSamples / STEP_SAMPLES + 40);
});

test('where the greatest length cuts speech the model goes on hearing, and nothing is computed twice', () => {
  const pipeline = create({ endpoint: { rule3UtteranceMs: 400 }, decoder: { search: 'greedy' } });
  const model = new FakeAcousticModel(tokens);
  pipeline.acceptPcm(syntheticAudio([0, 40_000], 5));
  const reasons: string[] = [];
  while (pipeline.stepsReady > 0) {
    const ended = finals(computeRun(pipeline, model, pipeline.stepsReady).slice());
    reasons.push(...ended.map(({ reason }) => reason));
    assert.equal(pipeline.resetState, false);
  }
  assert.ok(reasons.length >= 4 && reasons.every((reason) => reason === 'max-length'), reasons.join());
  assert.equal(model.steps, pipeline.consumedSamples / STEP_SAMPLES);
});

test('after a flush nothing of the audio before it is left', () => {
  const alone = finals(recognise(speech(7)));
  const pipeline = create();
  const model = new FakeAcousticModel(tokens);
  const before = speech(5);
  pipeline.acceptPcm(before);
  pipeline.flush();
  pipeline.acceptPcm(speech(7));
  pipeline.finish();
  const events = finals(compute(pipeline, model));
  const after = events.slice(events.findIndex(({ reason }) => reason === 'flush') + 1);
  assert.deepEqual(
    after.map(({ text }) => text),
    alone.map(({ text }) => text),
  );
  const shift = before.length / RATE;
  assert.ok(Math.abs(after[0]!.start - alone[0]!.start - shift) < 0.002);
});

test('a flush in mid-word gives the word at once, with reason flush and times within the audio', () => {
  const samples = syntheticAudio([2000, 9000], 4);
  const pipeline = create();
  pipeline.acceptPcm(samples);
  pipeline.flush();
  const [final, ...more] = finals(compute(pipeline, new FakeAcousticModel(tokens)));
  assert.equal(more.length, 0);
  assert.equal(final!.reason, 'flush');
  assert.ok(final!.text !== '' && final!.end <= samples.length / RATE);
  assert.ok(pipeline.resetState);
  assert.ok(!pipeline.finished);
});

test('the silence added at a flush does not make an endpoint', () => {
  const pipeline = create({ endpoint: { rule2SilenceMs: 80 } });
  pipeline.acceptPcm(syntheticAudio([2000, 9000], 4));
  pipeline.flush();
  const reasons = finals(compute(pipeline, new FakeAcousticModel(tokens))).map(({ reason }) => reason);
  assert.deepEqual(reasons, ['flush']);
});

test('a flush of an empty stream gives one empty final after one step', () => {
  const pipeline = create();
  const model = new FakeAcousticModel(tokens);
  pipeline.flush();
  assert.equal(pipeline.stepsReady, 1);
  assert.deepEqual(compute(pipeline, model), [
    { type: 'final', segment: 0, text: '', words: [], confidence: 0, start: 0, end: 0, reason: 'flush' },
  ]);
});

test('any number of flushes in a row gives as many finals, at no cost', () => {
  const pipeline = create();
  const model = new FakeAcousticModel(tokens);
  pipeline.acceptPcm(speech());
  for (let i = 0; i < 1000; i += 1) pipeline.flush();
  const events = finals(compute(pipeline, model));
  assert.equal(events.filter(({ reason }) => reason === 'flush').length, 1000);
  assert.ok(model.steps < 60);
  pipeline.flush();
  assert.equal(compute(pipeline, model).length, 1);
});

test('finish right after a flush adds nothing', () => {
  const pipeline = create();
  pipeline.acceptPcm(speech());
  pipeline.flush();
  pipeline.finish();
  const events = compute(pipeline, new FakeAcousticModel(tokens));
  assert.equal(finals(events).at(-1)!.reason, 'flush');
  assert.ok(pipeline.finished);
});

test('an empty stream ends without events', () => {
  const pipeline = create();
  pipeline.finish();
  pipeline.finish();
  assert.deepEqual(compute(pipeline, new FakeAcousticModel(tokens)), []);
  assert.ok(pipeline.finished);
  assert.equal(pipeline.stepsReady, 0);
});

test('one sample is a stream', () => {
  const pipeline = create();
  pipeline.acceptPcm(Int16Array.of(1));
  assert.equal(pipeline.stepsReady, 0);
  pipeline.finish();
  assert.deepEqual(compute(pipeline, new FakeAcousticModel(tokens)), []);
  assert.ok(pipeline.finished);
});

test('after finish, audio and flushes are refused', () => {
  const pipeline = create();
  pipeline.finish();
  assert.throws(() => pipeline.acceptPcm(new Int16Array(1)), {
    code: 'STREAM_CLOSED',
    message: /audio came after/,
  });
  assert.throws(() => pipeline.flush(), { code: 'STREAM_CLOSED' });
});

test('the tail padding is computed to its end, and no further', () => {
  const pipeline = create();
  const model = new FakeAcousticModel(tokens);
  pipeline.acceptPcm(new Int16Array(10 * STEP_SAMPLES));
  pipeline.finish();
  compute(pipeline, model);
  assert.equal(model.steps, 10 + TAIL_STEPS);
});

test('steps of one run never go past a flush', () => {
  const pipeline = create({ endpoint: { enabled: false } });
  pipeline.acceptPcm(new Int16Array(10 * STEP_SAMPLES));
  pipeline.flush();
  pipeline.acceptPcm(new Int16Array(10 * STEP_SAMPLES));
  pipeline.finish();
  const model = new FakeAcousticModel(tokens);
  const runs: number[] = [];
  while (!pipeline.finished) {
    runs.push(pipeline.stepsReady);
    computeRun(pipeline, model, pipeline.stepsReady);
  }
  assert.deepEqual(runs, [10 + TAIL_STEPS, 10 + TAIL_STEPS]);
});

test('with endpoints, a run may be as long as no endpoint is possible', () => {
  const pipeline = create({ endpoint: { rule1SilenceMs: 2400, rule2SilenceMs: 800 } });
  pipeline.acceptPcm(new Int16Array(100 * STEP_SAMPLES));
  assert.equal(pipeline.stepsReady, 20);
});

test('while a run is under way no further steps are ready, and answers must fit it', () => {
  const pipeline = create();
  pipeline.acceptPcm(new Int16Array(10 * STEP_SAMPLES));
  const features = new Float32Array(10 * FRAMES_PER_STEP * DEFAULT_FRONTEND.coefficients);
  const ready = pipeline.stepsReady;
  assert.throws(() => pipeline.readFeatures(features, 0, ready + 1), { code: 'INTERNAL' });
  assert.throws(() => pipeline.readFeatures(features, 0, 0), { code: 'INTERNAL' });
  pipeline.readFeatures(features, 0, 2);
  assert.equal(pipeline.stepsReady, 0);
  assert.throws(() => pipeline.acceptLogProbs(new Float32Array(tokens.size), 0, 1), { code: 'INTERNAL' });
  pipeline.acceptLogProbs(new Float32Array(2 * tokens.size).fill(Math.log(1 / tokens.size)), 0, 2);
  assert.ok(pipeline.stepsReady > 0);
});

test('log-probs that are not numbers are refused, not taken for silence', () => {
  const pipeline = create();
  pipeline.acceptPcm(new Int16Array(10 * STEP_SAMPLES));
  pipeline.readFeatures(new Float32Array(FRAMES_PER_STEP * DEFAULT_FRONTEND.coefficients), 0, 1);
  const logProbs = new Float32Array(tokens.size).fill(Number.NaN);
  assert.throws(() => pipeline.acceptLogProbs(logProbs, 0, 1), { code: 'ENGINE_FAILED', message: /NaN/ });
});

test('the queue is what was accepted and is not through, without padding', () => {
  const pipeline = create();
  const model = new FakeAcousticModel(tokens);
  pipeline.acceptPcm(new Int16Array(RATE));
  assert.equal(pipeline.queuedMs, 1000);
  computeRun(pipeline, model, 5);
  assert.equal(pipeline.queuedMs, 800);
  assert.equal(pipeline.consumedSamples, 5 * STEP_SAMPLES);
  pipeline.flush();
  pipeline.acceptPcm(new Int16Array(RATE));
  assert.equal(pipeline.queuedMs, 1800);
  pipeline.finish();
  compute(pipeline, model);
  assert.equal(pipeline.queuedMs, 0);
  assert.equal(pipeline.consumedSamples, 2 * RATE);
});

test('two streams computed in turns give what each gives alone', () => {
  const streams = [5, 6].map((seed) => ({ pipeline: create(), model: new FakeAcousticModel(tokens), seed }));
  const events = streams.map((): TranscriptEvent[] => []);
  for (let at = 0; at < speech().length; at += 700) {
    for (const [index, { pipeline, model, seed }] of streams.entries()) {
      pipeline.acceptPcm(speech(seed).subarray(at, at + 700));
      events[index]!.push(...compute(pipeline, model));
    }
  }
  for (const [index, { pipeline, model, seed }] of streams.entries()) {
    pipeline.finish();
    events[index]!.push(...compute(pipeline, model));
    assert.deepEqual(events[index], recognise(speech(seed)));
  }
});

test('hours of silence leave nothing behind, with and without endpoints', () => {
  for (const enabled of [true, false]) {
    const pipeline = create({ endpoint: { enabled } });
    const silence = new Int16Array(16 * STEP_SAMPLES);
    const features = new Float32Array(16 * FRAMES_PER_STEP * DEFAULT_FRONTEND.coefficients);
    const row = Array.from({ length: tokens.size }, (_, token) => Math.log(token === 0 ? 0.94 : 0.01));
    const logProbs = Float32Array.from(Array(16).fill(row).flat());
    const minute = () => {
      for (let i = 0; i < 94; i += 1) {
        pipeline.acceptPcm(silence);
        for (let ready = pipeline.stepsReady; ready > 0; ready = pipeline.stepsReady) {
          const steps = Math.min(16, ready);
          pipeline.readFeatures(features, 0, steps);
          pipeline.acceptLogProbs(logProbs, 0, steps);
        }
      }
    };
    minute();
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 5; i += 1) minute();
    assert.ok(process.memoryUsage().arrayBuffers - before < 1 << 20);
  }
});

test('new settings hold from their place in the audio on, whatever the runs', () => {
  const [before, after] = [speech(1), speech(2)];
  for (const steps of [1, 3, 1000]) {
    const pipeline = create({ decoder: { search: 'greedy' } });
    pipeline.acceptPcm(before);
    pipeline.configure(pipelineSettings({ endpoint: { enabled: false }, transcript: { partials: false } }));
    pipeline.acceptPcm(after);
    pipeline.finish();
    const events = compute(pipeline, new FakeAcousticModel(tokens), (ready) => Math.min(ready, steps));
    const first = recogniseToFlush(before, { decoder: { search: 'greedy' } });
    const second = recognise(after, { endpoint: { enabled: false }, transcript: { partials: false } });
    const texts = finals(events).map(({ text, reason }) => `${text} ${reason}`);
    assert.deepEqual(texts, [
      ...finals(first).map(({ text, reason }) => `${text} ${reason === 'flush' ? 'configure' : reason}`),
      ...finals(second).map(({ text, reason }) => `${text} ${reason}`),
    ]);
  }
});

test('new settings where nothing was said bring no final, and the last ones before audio count', () => {
  const pipeline = create();
  pipeline.configure(pipelineSettings({ decoder: { alternatives: 2 } }));
  pipeline.configure(pipelineSettings({ endpoint: { enabled: false } }));
  pipeline.acceptPcm(speech());
  pipeline.finish();
  const events = compute(pipeline, new FakeAcousticModel(tokens));
  assert.deepEqual(events, recognise(speech(), { endpoint: { enabled: false } }));
});

test('a flush right after new settings is answered with them, in force already or not', () => {
  for (const computes of [false, true]) {
    const pipeline = create({ endpoint: { enabled: false } });
    const model = new FakeAcousticModel(tokens);
    pipeline.acceptPcm(speech());
    pipeline.flush();
    const events = computes ? compute(pipeline, model) : [];
    pipeline.configure(pipelineSettings({ decoder: { alternatives: 2 }, endpoint: { enabled: false } }));
    pipeline.flush();
    pipeline.finish();
    const answers = finals([...events, ...compute(pipeline, model)]);
    assert.deepEqual(
      answers.map(({ reason, alternatives }) => [reason, alternatives]),
      [
        ['flush', undefined],
        ['flush', []],
      ],
    );
  }
});

test('the silence behind a flush is that of the settings there, in force already or not', () => {
  for (const computes of [false, true]) {
    const pipeline = create();
    const model = new FakeAcousticModel(tokens);
    pipeline.acceptPcm(new Int16Array(5 * STEP_SAMPLES));
    pipeline.configure(pipelineSettings({ endpoint: { tailPaddingMs: 0 } }));
    if (computes) compute(pipeline, model);
    pipeline.acceptPcm(new Int16Array(5 * STEP_SAMPLES));
    pipeline.flush();
    compute(pipeline, model);
    assert.equal(model.steps, 5 + TAIL_STEPS + 5);
  }
});

test('after finish, new settings are refused', () => {
  const pipeline = create();
  pipeline.finish();
  assert.throws(() => pipeline.configure(pipelineSettings()), { code: 'STREAM_CLOSED' });
});

/** A phrase that the stand-in for the model says now and then. */
const wakeTask = { type: 'wake', phrases: [{ text: 'abcd', threshold: 1e-4 }] } as const;
const wakeUps = (events: readonly TranscriptEvent[]) => events.filter((event) => event.type === 'wake');

test('a stream with a wake phrase says the same for any chunks and runs, and after a phrase one final', () => {
  const spans = fc.array(fc.integer({ min: 2000, max: 9000 }), { minLength: 2, maxLength: 6 });
  let heard = 0;
  fc.assert(
    fc.property(fc.nat(1000), spans, fc.infiniteStream(fc.nat(1_000_000)), (seed, lengths, numbers) => {
      const what = { seed, parts: [{ lengths, flush: false }] };
      const overrides: Overrides = { decoder: { task: wakeTask } };
      const whole = play(what, overrides, (max) => max);
      const random = (max: number) => (numbers.next().value as number) % (max + 1);
      assert.deepEqual(play(what, overrides, random), whole);
      heard += wakeUps(whole).length;
      let awaited = false;
      for (const { type } of whole) {
        if (type === 'wake') assert.ok(!awaited);
        else assert.ok(awaited || type === 'speech-end');
        if (type === 'wake') awaited = true;
        if (type === 'final') awaited = false;
      }
      assert.ok(!awaited);
    }),
    { numRuns: 60, seed: 1 },
  );
  assert.ok(heard > 0, 'the phrase was never heard');
});

test('what follows a wake phrase is heard as if the stream began behind it', () => {
  let heard = 0;
  for (let seed = 0; seed < 40; seed += 1) {
    const samples = syntheticAudio([3000, 9000, 3000, 9000], seed);
    const events = recognise(samples, { decoder: { task: wakeTask } });
    const [wake] = wakeUps(events);
    if (wake === undefined) continue;
    heard += 1;
    const [followed] = finals(recognise(samples.subarray(Math.round(wake.time * RATE))));
    const [final] = finals(events);
    assert.equal(final!.text, followed?.text ?? '');
    for (const [i, word] of (followed?.words ?? []).entries()) {
      assert.ok(Math.abs(word.start + wake.time - final!.words[i]!.start) < 2 * HALF_MS);
    }
  }
  assert.ok(heard > 3, `the phrase was heard in ${heard} of 40 recordings`);
});

test('a phrase that is only told leaves the stream waiting', () => {
  const task = { ...wakeTask, listenFor: null };
  for (let seed = 0; seed < 10; seed += 1) {
    const events = recognise(syntheticAudio([3000, 9000, 3000, 9000], seed), { decoder: { task } });
    assert.ok(events.every(({ type }) => type === 'wake'));
  }
});

test('with a time to listen the stream waits again when the time is over', () => {
  const task = { ...wakeTask, listenMs: 600 };
  for (let seed = 0; seed < 40; seed += 1) {
    const events = recognise(syntheticAudio([3000, 9000, 3000, 9000, 3000, 9000], seed), {
      decoder: { task },
    });
    const spans = wakeUps(events).map(({ time }) => time);
    for (const { end, start } of finals(events)) {
      assert.ok(spans.some((time) => start >= time - HALF_MS && end <= time + 0.6 + STEP_SAMPLES / RATE));
    }
  }
});

test('a flush while a phrase is waited for is answered with an empty final', () => {
  const task = { ...wakeTask, phrases: [{ text: 'abcd', threshold: 1 }] };
  const events = recogniseToFlush(speech(), { decoder: { task } });
  assert.deepEqual(
    events.map((event) => event.type === 'final' && [event.reason, event.text]),
    [['flush', '']],
  );
});

test('a phrase that ends with the last step of a stream is answered, though nothing is left to be heard', () => {
  const wake = { ...defaultConfig().wake, midSpeechPenalty: 0 };
  const pipeline = create({ decoder: { task: wakeTask, wake }, endpoint: { tailPaddingMs: 0 } });
  // five times, and better each time: the spotter waits for the best no longer than that
  const steps = 20;
  pipeline.acceptPcm(new Int16Array(steps * STEP_SAMPLES));
  pipeline.finish();
  const events: TranscriptEvent[] = [];
  for (let step = 0; step < steps; step += 1) {
    pipeline.readFeatures(new Float32Array(FRAMES_PER_STEP * DEFAULT_FRONTEND.coefficients), 0, 1);
    const probability = 0.3 + 0.1 * Math.floor(step / 4);
    const row = new Float32Array(tokens.size).fill(Math.log((1 - probability) / (tokens.size - 1)));
    row[2 + (step % 4)] = Math.log(probability);
    events.push(...pipeline.acceptLogProbs(row, 0, 1));
  }
  assert.deepEqual(
    events.map((event) => (event.type === 'wake' ? event.time : event.type === 'final' && event.text)),
    [(steps * STEP_SAMPLES) / RATE, ''],
  );
  assert.ok(pipeline.finished);
});
