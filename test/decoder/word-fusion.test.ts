import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CtcPrefixBeamSearch, type ShallowFusion } from '../../agent/decoder/ctc-prefix-beam-search.ts';
import { logAdd } from '../../agent/decoder/log-math.ts';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { spellWords } from '../../agent/decoder/spelled-words.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { parseArpa } from '../../scripts/language-model/arpa.ts';
import { encodeModel } from '../../scripts/language-model/model-file.ts';
import { anyRows, collapse, normalised } from './log-probs.ts';

const OPTIONS = { beamWidth: 32, tokenMinLogProb: -20, beamMinLogProb: -50, stableAfterSteps: 100 };
const table = TokenTable.parse('<blank>\n▁\na\nt\nb', { blank: 0, wordBoundary: '▁' });

/** Base-10 logarithms; words that are not here are `<unk>`. */
const MODEL = `\\data\\
ngram 1=6
ngram 2=4

\\1-grams:
-4\t<unk>
-99\t<s>\t0
-1\t</s>
-1\tat\t-0.1
-3\tbt
-1\tbat\t-0.2

\\2-grams:
-0.3\t<s> at
-3\t<s> bt
-0.3\tat bat
-0.05\tbat </s>

\\end\\
`;
const model = NgramModel.fromBuffer(encodeModel(parseArpa(MODEL)));
const fused = (languageModelWeight: number, wordBonus = 0): ShallowFusion => ({
  model,
  languageModelWeight,
  wordBonus,
});

/** Rows for a text; where two letters stand in brackets, the first is a little more probable than the second. */
function rows(text: string): Float32Array {
  const steps = text.match(/\[..\]|./g)!.flatMap((step) => {
    const letters = step.replace(/[[\]]/g, '');
    const row = ['-', '▁', 'a', 't', 'b'].map((token) => [60, 40][letters.indexOf(token)] ?? 0.01);
    return [row, [100, 0.01, 0.01, 0.01, 0.01]];
  });
  return normalised(steps);
}

function decode(text: string, fusion?: ShallowFusion): CtcPrefixBeamSearch {
  const decoder = new CtcPrefixBeamSearch(table, OPTIONS, fusion);
  decoder.accept(rows(text), rows(text).length / table.size);
  return decoder;
}

const spell = (tokens: readonly number[]) => tokens.map((id) => table.token(id)).join('');
const spelled = (decoder: CtcPrefixBeamSearch) => spell(decoder.best().tokens);

/** Natural-log score of the words that tokens spell, the ending included. */
function wordScore(tokens: readonly number[], { languageModelWeight, wordBonus }: ShallowFusion): number {
  let [state, score] = [model.start, 0];
  for (const { text } of spellWords(tokens, table)) {
    const word = model.wordId(text);
    score += languageModelWeight * model.score(state, word) + wordBonus;
    state = model.next(state, word);
  }
  return score + languageModelWeight * model.end(state);
}

test('with nothing pruned every hypothesis has the sum of its alignments and the score of its words', () => {
  // as the table of the other tests, but for the last token
  const small = TokenTable.parse('<blank>\n▁\na\nt', { blank: 0, wordBoundary: '▁' });
  const nothingPruned = { ...OPTIONS, beamWidth: 1024, tokenMinLogProb: -1e9, beamMinLogProb: -1e9 };
  fc.assert(
    fc.property(
      anyRows(4, { minLength: 0, maxLength: 5 }),
      fc.constantFrom(0, 0.7, 2),
      fc.constantFrom(-1, 0, 3),
      (steps, languageModelWeight, wordBonus) => {
        const logProbs = normalised(steps);
        const fusion = fused(languageModelWeight, wordBonus);
        const decoder = new CtcPrefixBeamSearch(small, nothingPruned, fusion);
        decoder.accept(logProbs, steps.length);
        decoder.end();
        const expected = new Map(
          [...alignmentSums(logProbs, 4)].map(([key, sum]) => {
            const tokens = key === '' ? [] : key.split(' ').map(Number);
            return [key, sum + wordScore(tokens, fusion)];
          }),
        );
        const found = decoder.nBest(1024);
        assert.equal(found.length, expected.size);
        for (const { tokens, score } of found) {
          assert.ok(Math.abs(score - expected.get(tokens.join(' '))!) < 1e-4);
        }
        assert.ok(Math.abs(found[0]!.score - Math.max(...expected.values())) < 1e-4);
      },
    ),
    { numRuns: 60 },
  );
});

/** The summed probability of every token sequence, by going through all alignments. */
function alignmentSums(logProbs: Float32Array, size: number): Map<string, number> {
  const steps = logProbs.length / size;
  const sums = new Map<string, number>();
  for (let n = 0; n < size ** steps; n += 1) {
    const path = Array.from({ length: steps }, (_, step) => Math.floor(n / size ** step) % size);
    const score = path.reduce((sum, token, step) => sum + logProbs[step * size + token]!, 0);
    const key = collapse(path).join(' ');
    sums.set(key, logAdd(sums.get(key) ?? Number.NEGATIVE_INFINITY, score));
  }
  return sums;
}

test('any split of the steps gives the same hypotheses, before the end and after it', () => {
  const usual = { ...OPTIONS, beamWidth: 6, tokenMinLogProb: -9, beamMinLogProb: -10, stableAfterSteps: 12 };
  fc.assert(
    fc.property(
      anyRows(table.size, { minLength: 1, maxLength: 60 }),
      fc.infiniteStream(fc.nat(7)),
      (steps, splits) => {
        const logProbs = normalised(steps);
        const whole = new CtcPrefixBeamSearch(table, usual, fused(0.8, 0.5));
        whole.accept(logProbs, steps.length);
        const split = new CtcPrefixBeamSearch(table, usual, fused(0.8, 0.5));
        for (let step = 0; step < steps.length; ) {
          const count = Math.min(steps.length - step, splits.next().value as number);
          split.accept(logProbs, count, step * table.size);
          step += count;
        }
        assert.deepEqual(split.nBest(6), whole.nBest(6));
        whole.end();
        split.end();
        assert.deepEqual(split.nBest(6), whole.nBest(6));
      },
    ),
  );
});

test('a search that was used before finds the same as a new one', () => {
  fc.assert(
    fc.property(anyRows(table.size, { minLength: 1, maxLength: 40 }), (steps) => {
      const used = decode('bat▁at▁[ba]t', fused(1));
      used.end();
      used.reset();
      const fresh = new CtcPrefixBeamSearch(table, OPTIONS, fused(1));
      for (const decoder of [used, fresh]) decoder.accept(normalised(steps), steps.length);
      assert.deepEqual(used.nBest(8), fresh.nBest(8));
    }),
    { numRuns: 50 },
  );
});

test('without a language model the sound decides', () => {
  assert.equal(spelled(decode('[ba]t▁bat')), 'bt▁bat');
});

test('the language model turns a close decision as soon as the word is complete', () => {
  assert.equal(spelled(decode('[ba]t', fused(1))), 'bt');
  assert.equal(spelled(decode('[ba]t▁', fused(1))), 'at▁');
});

test('with weight 0 the language model has no say', () => {
  assert.equal(spelled(decode('[ba]t▁', fused(0))), 'bt▁');
});

test('a word that the model does not know is less probable than any other, and possible', () => {
  assert.equal(spelled(decode('[ta]t▁', fused(1))), 'at▁');
  const unknown = decode('tabt▁', fused(1));
  unknown.end();
  assert.equal(spelled(unknown), 'tabt▁');
});

test('at the end the last word and the ending are scored', () => {
  const decoder = decode('[ba]t', fused(1));
  const before = decode('at', fused(0)).best().score;
  decoder.end();
  assert.equal(spelled(decoder), 'at');
  assert.deepEqual(decoder.nBest(1)[0], decoder.best());
  const spoken = before + Math.log(0.4);
  assert.ok(Math.abs(decoder.best().score - spoken - wordScore(decoder.best().tokens, fused(1))) < 0.05);
});

test('a word bonus favours more words', () => {
  assert.equal(spelled(decode('at[-▁]bat')), 'atbat');
  assert.equal(spelled(decode('at[-▁]bat', fused(0, 3))), 'at▁bat');
});

test('repeated boundaries make no words', () => {
  const once = decode('at▁', fused(1)).best();
  const twice = decode('at▁▁', fused(1)).best();
  assert.equal(spell(twice.tokens), 'at▁▁');
  assert.ok(Math.abs(once.score - twice.score) < 0.05);
});
