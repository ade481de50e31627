import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CtcPrefixBeamSearch } from '../../agent/decoder/ctc-prefix-beam-search.ts';
import type { LanguageModel } from '../../agent/decoder/decoder.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { normalised } from './log-probs.ts';

const OPTIONS = { beamWidth: 32, tokenMinLogProb: -20, beamMinLogProb: -50, stableAfterSteps: 100 };
const UNKNOWN = Math.log(1e-4);
const table = TokenTable.parse('<blank>\n▁\na\nb\nt', { blank: 0, wordBoundary: '▁' });

/** A bigram table; the state is the last word. */
class ToyModel implements LanguageModel<string> {
  readonly initial = '<s>';
  calls = 0;
  readonly #bigrams: Record<string, number>;

  constructor(bigrams: Record<string, number>) {
    this.#bigrams = bigrams;
  }

  score(state: string, word: string) {
    this.calls += 1;
    return { logProb: this.#logProb(`${state} ${word}`), next: word };
  }

  end(state: string): number {
    return this.#logProb(`${state} </s>`);
  }

  #logProb(bigram: string): number {
    const probability = this.#bigrams[bigram];
    return probability === undefined ? UNKNOWN : Math.log(probability);
  }
}

/** Rows for a text; where two letters stand in brackets, the first is a little more probable than the second. */
function rows(text: string): Float32Array {
  const steps = text.match(/\[..\]|./g)!.flatMap((step) => {
    const letters = step.replace(/[[\]]/g, '');
    const row = ['-', '▁', 'a', 'b', 't'].map((token) => [60, 40][letters.indexOf(token)] ?? 0.01);
    return [row, [100, 0.01, 0.01, 0.01, 0.01]];
  });
  return normalised(steps);
}

function decode(
  text: string,
  fusion?: { model: ToyModel; weight: number; wordBonus: number },
): CtcPrefixBeamSearch<string> {
  const decoder = new CtcPrefixBeamSearch<string>(table, OPTIONS, fusion);
  decoder.accept(rows(text), rows(text).length / table.size);
  return decoder;
}

function spelled(decoder: CtcPrefixBeamSearch<string>): string {
  return decoder
    .best()
    .tokens.map((id) => table.token(id))
    .join('');
}

const model = () =>
  new ToyModel({ '<s> at': 0.5, '<s> bt': 0.001, 'at bat': 0.5, 'at </s>': 0.1, 'bat </s>': 0.9 });

test('without a language model the sound decides', () => {
  assert.equal(spelled(decode('[ba]t▁bat')), 'bt▁bat');
});

test('the language model turns a close decision as soon as the word is complete', () => {
  const fusion = { model: model(), weight: 1, wordBonus: 0 };
  assert.equal(spelled(decode('[ba]t', fusion)), 'bt');
  assert.equal(spelled(decode('[ba]t▁', fusion)), 'at▁');
});

test('with weight 0 the language model has no say', () => {
  assert.equal(spelled(decode('[ba]t▁', { model: model(), weight: 0, wordBonus: 0 })), 'bt▁');
});

test('the score is that of the sound, the weighted words and the word bonus', () => {
  const plain = decode('at▁bat▁').best().score;
  const fused = decode('at▁bat▁', { model: model(), weight: 0.5, wordBonus: 2 }).best().score;
  const expected = plain + 0.5 * (Math.log(0.5) + Math.log(0.5)) + 2 * 2;
  assert.ok(Math.abs(fused - expected) < 0.05);
});

test('at the end the last word and the ending are scored', () => {
  const decoder = decode('[ba]t', { model: model(), weight: 1, wordBonus: 0 });
  decoder.end();
  assert.equal(spelled(decoder), 'at');
  assert.deepEqual(decoder.nBest(1)[0], decoder.best());
});

test('a word bonus favours more words', () => {
  const favoured = decode('at[-▁]bat', { model: model(), weight: 0, wordBonus: 3 });
  assert.equal(spelled(decode('at[-▁]bat')), 'atbat');
  assert.equal(spelled(favoured), 'at▁bat');
});

test('repeated boundaries make no words', () => {
  const fusion = { model: model(), weight: 1, wordBonus: 0 };
  const once = decode('at▁', fusion).best();
  const twice = decode('at▁▁', fusion).best();
  assert.deepEqual(
    twice.tokens.map((id) => table.token(id)),
    ['a', 't', '▁', '▁'],
  );
  assert.ok(Math.abs(once.score - twice.score) < 0.05);
});

test('the model is asked once per prefix', () => {
  const fusion = { model: model(), weight: 1, wordBonus: 0 };
  const decoder = new CtcPrefixBeamSearch<string>(table, { ...OPTIONS, beamWidth: 1 }, fusion);
  decoder.accept(rows('at'), 4);
  const { calls } = fusion.model;
  decoder.accept(normalised(Array.from({ length: 50 }, () => [100, 1, 0.01, 0.01, 0.01])), 50);
  assert.ok(fusion.model.calls - calls <= 2);
});

test('reset begins again with the initial state', () => {
  const decoder = decode('at▁', { model: model(), weight: 1, wordBonus: 0 });
  const { score } = decoder.best();
  decoder.end();
  decoder.reset();
  decoder.accept(rows('at▁'), 6);
  assert.equal(decoder.best().score, score);
});
