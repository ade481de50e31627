import assert from 'node:assert/strict';
import test from 'node:test';
import { sentencesOf } from '../../../scripts/language-model/sentences.ts';

async function split(text: string): Promise<string[]> {
  async function* lines(): AsyncGenerator<string> {
    yield* text.split('\n');
  }
  const sentences: string[] = [];
  for await (const sentence of sentencesOf(lines())) sentences.push(sentence);
  return sentences;
}

test('wrapped lines are one paragraph, empty lines end it', async () => {
  assert.deepEqual(await split('CHAPTER I\n\nThe sun\nwas  out\n\n\nIt rained\n'), [
    'CHAPTER I',
    'The sun was  out',
    'It rained',
  ]);
});

test('a sentence ends at its mark when a capital follows, with quotation marks between', async () => {
  assert.deepEqual(await split('"Come in!" He went. (They stayed.) "Why?" she said, e.g. twice.'), [
    '"Come in!"',
    'He went.',
    '(They stayed.)',
    '"Why?" she said, e.g. twice.',
  ]);
});

test('abbreviations and initials end no sentence', async () => {
  const sentence = 'Mr. J. Smith of St. Mary met Dr. Jones.';
  assert.deepEqual(await split(`${sentence} They talked.`), [sentence, 'They talked.']);
});

test('no text has no sentences', async () => {
  assert.deepEqual(await split('\n \n'), []);
});
