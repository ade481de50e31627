import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CommandSearch } from '../../agent/decoder/command-search.ts';
import { compilePhrases } from '../../agent/grammar/compile-phrases.ts';
import { phraseNetwork } from '../../agent/grammar/phrase-network.ts';
import type { WordNetwork } from '../../agent/grammar/word-network.ts';
import { LETTERS, letterTokens } from '../support/command-grammar.ts';

const OPTIONS = {
  blankPenalty: 0,
  fillerPenalty: 4,
  beam: Number.POSITIVE_INFINITY,
  maxPaths: Number.POSITIVE_INFINITY,
  minConfidence: 0,
  minEvidence: 5,
  confidenceOffset: 3,
  confidenceScale: 2,
};
const DIGITS = ['zero one two', 'six seven'];

/** What is heard of letters that are spelled clearly: each a step, with a blank behind it. */
function heard(text: string, phrases: readonly string[], unknown: string | null = null): string {
  const rest = Math.log(0.1 / (LETTERS.size - 1));
  const letters = letterTokens(text.replaceAll(' ', ''))[0]!;
  const rows = [0, ...letters.flatMap((token) => [token, 0]), 0].map((token) =>
    Array.from({ length: LETTERS.size }, (_, at) => (at === token ? Math.log(0.9) : rest)),
  );
  const graph = compilePhrases({ phrases, unknown }, letterTokens, LETTERS);
  const search = new CommandSearch(graph, LETTERS, OPTIONS);
  search.accept(Float32Array.from(rows.flat()), rows.length);
  search.end();
  return search
    .best()
    .words.map((word) => word.text)
    .join(' ');
}

test('words of the phrases are heard in any order, again and again', () => {
  const words = fc.array(fc.constantFrom(...DIGITS.join(' ').split(' ')), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(words, (said) => {
      assert.equal(heard(said.join(' '), DIGITS), said.join(' '));
      assert.equal(heard(said.join(' '), DIGITS, '[unk]'), said.join(' '));
    }),
    { numRuns: 50 },
  );
});

test('nothing but the words of the phrases is heard', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'zeroneightwsv'), minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(letters, (said) => {
      const allowed = new Set(['', ...DIGITS.join(' ').split(' ')]);
      for (const word of heard(said, DIGITS).split(' ')) assert.ok(allowed.has(word), word);
      for (const word of heard(said, DIGITS, '[unk]').split(' '))
        assert.ok(allowed.has(word) || word === '[unk]');
    }),
    { numRuns: 50 },
  );
});

test('what is none of the words is marked for each of its sounds, where it stands', () => {
  const marks = (count: number) => Array(count).fill('[unk]').join(' ');
  assert.equal(heard('zero kitchen two', DIGITS, '[unk]'), `zero ${marks(7)} two`);
  assert.equal(heard('kitchen', DIGITS, '[unk]'), marks(7));
  assert.equal(heard('kitchen', [], '[unk]'), marks(7));
});

/** The best weight of a sentence. */
function weightIn({ nodes, start }: WordNetwork): (words: readonly string[]) => number {
  const from = ([word, ...rest]: readonly string[], node: number): number => {
    const { arcs, finalLogWeight } = nodes[node]!;
    if (word === undefined) return finalLogWeight;
    const ways = arcs.filter((arc) => arc.word === word);
    return Math.max(...ways.map((arc) => arc.logWeight + from(rest, arc.target)));
  };
  return (words) => from(words, start);
}

test('the order of a phrase is likelier than another', () => {
  const weight = weightIn(phraseNetwork([['turn', 'on'], ['off']], null));
  assert.equal(weight(['turn', 'on']), 0);
  assert.equal(weight(['off']), 0);
  assert.equal(weight(['on']), -1);
  assert.equal(weight(['turn']), -1);
  assert.equal(weight(['turn', 'off']), -1);
  assert.equal(weight(['on', 'turn', 'on']), -2);
});

test('going on from a word to other sounds costs, and back; going on with either does not', () => {
  const weights = { outOfOrder: -1, unknownSound: -2, besideUnknown: -5 };
  const weight = weightIn(phraseNetwork([['on'], ['off']], '[unk]', weights));
  assert.equal(weight(['[unk]', '[unk]']), -4);
  assert.equal(weight(['on', 'off']), -1);
  assert.equal(weight(['[unk]', 'on']), -2 - 5);
  assert.equal(weight(['on', '[unk]']), -1 - 5 - 2);
  assert.equal(weight(['[unk]', 'on', '[unk]']), -2 - 5 - 1 - 5 - 2);
});

test('the network grows with the phrases, not with the square of their words', () => {
  const phrases = Array.from({ length: 500 }, (_, index) => [`a${index}`, `b${index}`]);
  const { nodes } = phraseNetwork(phrases, '[unk]');
  const arcs = nodes.reduce((sum, node) => sum + node.arcs.length, 0);
  assert.ok(arcs <= 2 * (1000 + 1000 + 500 + 3), `${arcs} arcs`);
});

test('words that can not be said are left out; a list of which nothing is left is refused', () => {
  const tokensOf = (word: string) => (word === 'xyzzy' ? [] : letterTokens(word));
  const graph = compilePhrases({ phrases: ['one xyzzy two'], unknown: null }, tokensOf, LETTERS);
  assert.deepEqual([...graph.words].sort(), ['one', 'two']);
  assert.throws(() => compilePhrases({ phrases: ['xyzzy', '…'], unknown: null }, tokensOf, LETTERS), {
    code: 'GRAMMAR_INVALID',
    message: /at least one phrase/,
  });
});
