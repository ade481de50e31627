import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Lexicon } from '../../agent/decoder/lexicon.ts';
import { LexiconTree } from '../../agent/decoder/lexicon-tree.ts';
import { buildLexiconTree } from '../../agent/decoder/lexicon-tree-builder.ts';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { parseArpa } from '../../scripts/language-model/arpa.ts';
import { encodeModel } from '../../scripts/language-model/model-file.ts';
import { TINY_ARPA } from '../support/tiny-arpa.ts';
import { lexiconFile } from '../support/tiny-lexicon.ts';

const NAMES = ['<blank>', 'x', 'y', 'z'];
const model = NgramModel.fromBuffer(encodeModel(parseArpa(TINY_ARPA)));

/** Words by the phonemes that lead to them, found by walking down from every node. */
function walk(tree: LexiconTree, lexicon: Lexicon): string[] {
  const { token, firstChild, endings, endingsFrom, endingsTo } = tree.arrays;
  const found: string[] = [];
  const visit = (node: number, phonemes: number[]) => {
    for (let i = endingsFrom[node]!; i < endingsTo[node]!; i += 1) {
      found.push(`${lexicon.word(endings[i]!)} ${phonemes.map((id) => NAMES[id]).join(' ')}`);
    }
    for (let child = firstChild[node]!; child < firstChild[node + 1]!; child += 1) {
      visit(child, [...phonemes, token[child]!]);
    }
  };
  visit(LexiconTree.ROOT, []);
  return found.sort();
}

test('the tree holds every pronunciation once, and beginnings that words share only once', () => {
  const phonemes = fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 4 });
  const word = fc.constantFrom('a', 'b', 'çà', 'd', 'e');
  fc.assert(
    fc.property(fc.array(fc.tuple(word, phonemes), { minLength: 1, maxLength: 12 }), (entries) => {
      const lines = [...new Set(entries.map(([text, sounds]) => `${text} ${sounds.join(' ')}`))];
      const lexicon = Lexicon.fromBuffer(lexiconFile(lines.join('\n'), NAMES));
      const tree = new LexiconTree(buildLexiconTree(lexicon, model), NAMES.length);
      assert.deepEqual(walk(tree, lexicon), lines.sort());
      const beginnings = new Set<string>();
      for (const [, sounds] of entries) {
        for (const i of sounds.keys()) beginnings.add(sounds.slice(0, i + 1).join());
      }
      assert.equal(tree.size, beginnings.size + 1);
    }),
  );
});

test('the look-ahead of a node is the best unigram of the words below it', () => {
  const lexicon = Lexicon.fromBuffer(lexiconFile('a x y\nb x z\nnew z z', NAMES));
  const { arrays, rootChild } = new LexiconTree(buildLexiconTree(lexicon, model), NAMES.length);
  const unigram = (word: string) => model.score(NgramModel.EMPTY, model.wordId(word));
  const close = (node: number, expected: number) =>
    assert.ok(Math.abs(arrays.lookAhead[node]! - expected) < 1e-6);
  close(LexiconTree.ROOT, 0);
  close(rootChild[1]!, Math.max(unigram('a'), unigram('b')));
  close(arrays.firstChild[rootChild[1]!]!, unigram('a'));
  close(rootChild[3]!, model.score(NgramModel.EMPTY, 0));
  assert.equal(rootChild[2], 0);
});

test('the arrays lie in shared memory', () => {
  const lexicon = Lexicon.fromBuffer(lexiconFile('a x y', NAMES));
  for (const array of Object.values(buildLexiconTree(lexicon, model))) {
    assert.ok(array.buffer instanceof SharedArrayBuffer);
  }
});
