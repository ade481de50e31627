import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HotwordTree } from '../../agent/decoder/hotword-tree.ts';
import { LexiconExpansion } from '../../agent/decoder/lexicon-expansion.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { WordSpellings } from '../../agent/decoder/word-spellings.ts';
import { allocatedBytes } from '../support/allocated-bytes.ts';
import { anyRows, normalised } from './log-probs.ts';
import { lexicon, model, resources, SIZE, USUAL } from './tiny-lexicon-search.ts';

/** Steps of a call: what the measurement itself leaves behind is divided among them. */
const STEPS = 50;
const LETTERS = TokenTable.parse('<blank>\n▁\na\nb\nc\ne\nn\nw', { blank: 0, wordBoundary: '▁' });
const SPELLED = { ...resources, spellings: new WordSpellings(lexicon.size, LETTERS) };
const SPELLING = { weight: 0.5, letterBonus: 1 };
const { languageModelWeight } = USUAL;
const HOTWORDS = new HotwordTree(
  [
    { words: [{ text: 'bab', sayings: [[2, 1, 2]] }], boost: 2 },
    { words: [{ text: 'zed', sayings: [[3, 2]] }], boost: 1 },
  ],
  { lexicon, model, languageModelWeight },
);

function bytesPerStep(expansion: LexiconExpansion): number {
  const width = expansion.rowLength;
  const [weights] = fc.sample(anyRows(width, { minLength: STEPS, maxLength: STEPS }), {
    numRuns: 1,
    seed: 7,
  });
  const rows = normalised(weights!);
  const work = () => {
    expansion.clear();
    for (let step = 0; step < STEPS; step += 1) expansion.accept(rows, step * width);
  };
  return allocatedBytes(work) / STEPS;
}

test('a step of the search through the lexicon allocates nothing', () => {
  for (const [name, expansion, width] of [
    ['sounds', new LexiconExpansion(resources, USUAL), SIZE],
    ['letters', new LexiconExpansion(SPELLED, { ...USUAL, spelling: SPELLING }), SIZE + LETTERS.size],
    ['hotwords', new LexiconExpansion(resources, USUAL, HOTWORDS), SIZE],
  ] as const) {
    assert.equal(expansion.rowLength, width);
    const bytes = bytesPerStep(expansion);
    assert.ok(bytes < 12, `${name}: ${bytes} bytes, less than a number`);
  }
});
