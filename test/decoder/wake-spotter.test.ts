import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PhrasePath } from '../../agent/decoder/phrase-path.ts';
import type { WakeDetection } from '../../agent/decoder/wake-phrase.ts';
import { WakeSpotter, type WakeSpotterOptions } from '../../agent/decoder/wake-spotter.ts';
import { anyRows, collapse, normalised, peaky } from './log-probs.ts';

const SIZE = 6;
const heads = { sounds: { blank: 0, size: SIZE }, letters: null };
const OPTIONS: WakeSpotterOptions = {
  refractorySteps: 20,
  pauseSteps: 3,
  midSpeechPenalty: 4,
  spellingWeight: 0,
  confidenceOffset: 5,
  confidenceScale: 2,
};
const PHRASE = { text: 'abcd', threshold: 0.5, sayings: [[1, 2, 3, 4]], spelling: null };
const PAUSE = [0, 0, 0, 0];
const SAID = [1, 1, 0, 2, 3, 3, 4];

/** What is heard, with the step at which it is told. */
function listen(path: readonly number[], options: Partial<WakeSpotterOptions> = {}, phrases = [PHRASE]) {
  const spotter = new WakeSpotter(phrases, heads, { ...OPTIONS, ...options });
  const rows = peaky(path, SIZE);
  const heard: (WakeDetection & { readonly step: number })[] = [];
  for (let step = 0; step < path.length; step += 1) {
    spotter.accept(rows, 1, step * SIZE);
    const detection = spotter.take();
    if (detection !== null) heard.push({ ...detection, step });
  }
  return heard;
}

test('a phrase is told once, with the step at which it ended', () => {
  const [first, ...others] = listen([...PAUSE, ...SAID, ...PAUSE, ...PAUSE]);
  assert.equal(others.length, 0);
  assert.equal(first!.phrase, 'abcd');
  assert.equal(first!.step - first!.stepsSince, PAUSE.length + SAID.length - 1);
  assert.ok(first!.confidence > 0.9);
});

test('how near each phrase came is known, also of those that are not told', () => {
  const phrases = [PHRASE, { text: 'dcba', threshold: 1, sayings: [[4, 3, 2, 1]], spelling: null }];
  const spotter = new WakeSpotter(phrases, heads, OPTIONS);
  assert.deepEqual(spotter.peaks(), [0, 0]);
  const path = [...PAUSE, ...SAID, ...PAUSE, ...PAUSE];
  spotter.accept(peaky(path, SIZE), path.length);
  const [told, untold] = spotter.peaks() as [number, number];
  assert.equal(told, spotter.take()?.confidence);
  assert.ok(untold < 0.5);
});

test('speech that begins right behind the phrase does not hide it', () => {
  const heard = listen([...PAUSE, ...SAID, 5, 2, 5, 1, 5, 2, 5, 3]);
  assert.equal(heard.length, 1);
});

test('other speech is not heard, and the phrase with another sound in it not for sure', () => {
  const phrases = [{ ...PHRASE, threshold: 0.96 }];
  for (const path of [
    [5, 4, 3, 2, 1],
    [2, 1, 4, 3],
    [1, 2, 3, 5],
  ]) {
    assert.equal(listen([...PAUSE, ...path, ...PAUSE, ...PAUSE], {}, phrases).length, 0);
  }
  assert.equal(listen([...PAUSE, ...SAID, ...PAUSE, ...PAUSE], {}, phrases).length, 1);
});

test('in the middle of speech the phrase must be clearer than after a pause', () => {
  const phrases = [{ ...PHRASE, threshold: 0.95 }];
  const clear = (path: readonly number[]) => listen(path, {}, phrases).length;
  assert.equal(clear([...PAUSE, ...SAID, ...PAUSE, ...PAUSE]), 1);
  assert.equal(clear([...PAUSE, 5, 2, 5, ...SAID, ...PAUSE, ...PAUSE]), 0);
  assert.equal(listen([...PAUSE, 5, 2, 5, ...SAID, ...PAUSE, ...PAUSE]).length, 1);
});

test('within the refractory time the phrase is not heard again', () => {
  const twice = [...PAUSE, ...SAID, ...PAUSE, ...SAID, ...PAUSE, ...PAUSE];
  assert.equal(listen(twice).length, 1);
  assert.equal(listen(twice, { refractorySteps: 8 }).length, 2);
});

test('of several phrases the one that sounds best is told', () => {
  const other = { text: 'abc', threshold: 0.1, sayings: [[1, 2, 3]], spelling: null };
  const near = { text: 'abce', threshold: 0.1, sayings: [[1, 2, 3, 5]], spelling: null };
  const heard = listen([...PAUSE, ...SAID, ...PAUSE, ...PAUSE], {}, [near, PHRASE]);
  assert.deepEqual(
    heard.map(({ phrase }) => phrase),
    ['abcd'],
  );
  assert.equal(listen([...PAUSE, 1, 2, 3, ...PAUSE, ...PAUSE], {}, [other]).length, 1);
});

test('the score of a phrase is that of the best alignment that ends with the step', () => {
  const phrase = [1, 2, 2];
  fc.assert(
    fc.property(anyRows(4, { minLength: 1, maxLength: 6 }), (weights) => {
      const rows = normalised(weights);
      const path = new PhrasePath(phrase, 0);
      let found = Number.NEGATIVE_INFINITY;
      for (let step = 0; step < weights.length; step += 1) found = path.accept(rows, step * 4, 0);
      const best = bestAlignment(rows, weights.length, phrase);
      if (best === Number.NEGATIVE_INFINITY) assert.equal(found, best);
      else assert.ok(Math.abs(found - best / phrase.length) < 1e-5);
    }),
  );
});

/** Tries every alignment of the last 1, 2, … steps that begins and ends with a token. */
function bestAlignment(rows: Float32Array, steps: number, phrase: readonly number[]): number {
  let best = Number.NEGATIVE_INFINITY;
  const extend = (path: readonly number[], score: number) => {
    const step = steps - 1 - path.length;
    const spelled = collapse(path).join();
    if (path[0] !== 0 && path.at(-1) !== 0 && spelled === phrase.join()) best = Math.max(best, score);
    if (step < 0) return;
    for (let token = 0; token < 4; token += 1) extend([token, ...path], score + rows[step * 4 + token]!);
  };
  extend([], 0);
  return best;
}
