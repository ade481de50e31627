import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CtcGreedy } from '../../agent/decoder/ctc-greedy.ts';
import { CtcPrefixBeamSearch } from '../../agent/decoder/ctc-prefix-beam-search.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { wordCutter } from '../../agent/decoder/word-pieces.ts';
import { peaky } from './log-probs.ts';

/** Made by sentencepiece; the tests of the trainer hold `scripts/training/spelling.py` to it too. */
const { tokens, words }: { tokens: string[]; words: Record<string, number[]> } = JSON.parse(
  readFileSync('test/fixtures/word-pieces/english.json', 'utf8'),
);
const table = TokenTable.parse(tokens.join('\n'), { blank: 0, wordBoundary: '▁' });

test('words are cut as the library cuts them that learned the pieces', () => {
  const cut = wordCutter(table);
  assert.deepEqual(Object.fromEntries(Object.keys(words).map((word) => [word, cut(word)])), words);
});

test('characters are the mark and the letters, and other letters can not be spelled', () => {
  const cut = wordCutter(TokenTable.parse('<blank>\n▁\na\nb', { blank: 0, wordBoundary: '▁' }));
  assert.deepEqual(cut('abba'), [1, 2, 3, 3, 2]);
  assert.equal(cut('été'), null);
});

test('greedy and beam search join pieces to the words that were cut', () => {
  const sentence = ['thank', 'the', 'morning', 'zebra', 'the', 'thethe'];
  const ids = sentence.flatMap((word) => words[word]!);
  const rows = peaky(
    ids.flatMap((id) => [0, id, id]),
    table.size,
    0.9,
  );
  const options = { beamWidth: 8, tokenMinLogProb: -9, beamMinLogProb: -10, stableAfterSteps: 20 };
  for (const decoder of [new CtcGreedy(table), new CtcPrefixBeamSearch(table, options)]) {
    decoder.accept(rows, rows.length / table.size);
    decoder.end();
    const heard = decoder.best().words;
    assert.deepEqual(
      heard.map(({ text }) => text),
      sentence,
    );
    assert.ok(
      heard.every(
        ({ startStep, endStep }, i) => startStep > (heard[i - 1]?.endStep ?? 0) && endStep >= startStep,
      ),
    );
  }
});
