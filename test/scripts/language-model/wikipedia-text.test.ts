import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinTokens, sentencesOf } from '../../../scripts/language-model/wikipedia-text.ts';

test('tokens of a treebank are words again', () => {
  assert.equal(
    joinTokens("They did n't ( in 1990 ) see the band 's '' Bandolier '' , a one - off ."),
    "They didn't see the band's Bandolier , a one off .",
  );
});

test('the simple sentences of a table, of three words or more and without unknown words', () => {
  const table = [
    'One long sentence , cut .\tIt was cut in two . <::::> The second is this .',
    'x\tToo short <::::> A word is <unk> here .',
  ].join('\n');
  assert.deepEqual(sentencesOf('tune.tsv', table), ['It was cut in two .', 'The second is this .']);
});

test('sentences of running text, without its headings', () => {
  const text = ' = Lobsters = \n\n The lobster is blue . It turns red on cooking . \n';
  assert.deepEqual(sentencesOf('valid.txt', text), ['The lobster is blue .', 'It turns red on cooking .']);
});
