import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentencesOfArticles } from '../../../scripts/language-model/wikipedia-articles.ts';

/** An article as WikiExtractor writes it. */
function article(title: string, ...lines: string[]): string {
  return `<doc id="7" url="https://en.wikipedia.org/wiki?curid=7" title="${title}">\n${title}\n\n${lines.join('\n')}\n\n</doc>\n`;
}

test('the sentences of the paragraphs of articles, without titles, headings and items of lists', () => {
  const text =
    article(
      'Otto J. Lund',
      'Otto J. Lund (born 3 May, in Norway) is a chemist. He met Dr. Berg there.',
      'Early life and work.',
      'His first book',
    ) + article('Cod', 'The cod is a fish, "and it is large." Few people know more than this of it.');
  assert.deepEqual(sentencesOfArticles(text), [
    'Otto J. Lund is a chemist.',
    'He met Dr. Berg there.',
    'The cod is a fish, "and it is large."',
    'Few people know more than this of it.',
  ]);
});

test('pages about the encyclopedia itself are no articles', () => {
  const line = 'This page says how new pages are made by everybody who wants to.';
  assert.deepEqual(
    ['Help:New pages', 'Wikipedia talk:New pages', 'Template:New'].flatMap((title) =>
      sentencesOfArticles(article(title, line)),
    ),
    [],
  );
  assert.deepEqual(sentencesOfArticles(article('Helpless', line)), [line]);
});

test('sentences with digits or the marks of formulas, of two words, of more than 25, and parts of sentences are left out', () => {
  const kept = 'Tom &amp; Jerry is the name of the&nbsp;film.';
  const left = [
    'It has been the capital of the country since 1871.',
    'The energy of the body at rest is \\ E = m.',
    'It rains.',
    `It is ${'very '.repeat(25)}long.`,
    'the album was sold in large numbers, which include',
  ];
  assert.deepEqual(sentencesOfArticles(article('Film', [kept, ...left].join(' '))), [
    'Tom & Jerry is the name of the film.',
  ]);
});
