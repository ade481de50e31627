import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WordLinks } from '../../agent/decoder/word-links.ts';

function add(links: WordLinks, previous: number, word: number): number {
  const link = links.add(previous);
  links.word[link] = word;
  links.start[link] = 2 * word;
  links.end[link] = 2 * word + 1;
  links.deficit[link] = -word;
  return link;
}

test('a list reads back first word first, and lists share what they have in common', () => {
  const links = new WordLinks();
  const first = add(links, WordLinks.EMPTY, 1);
  const second = add(links, first, 2);
  const other = add(links, first, 3);
  assert.deepEqual(links.read(second), [
    { word: 1, start: 2, end: 3, deficit: -1 },
    { word: 2, start: 4, end: 5, deficit: -2 },
  ]);
  assert.deepEqual(
    links.read(other).map(({ word }) => word),
    [1, 3],
  );
  assert.equal(links.depthOf(other), 2);
  assert.equal(links.size, 3);
});

test('what nothing refers to is given back, however long the list, and its memory used again', () => {
  const links = new WordLinks();
  let last: number = WordLinks.EMPTY;
  for (let word = 0; word < 1000; word += 1) {
    const next = add(links, last, word);
    links.release(last);
    last = next;
  }
  assert.equal(links.size, 1000);
  links.retain(last);
  links.release(last);
  assert.equal(links.size, 1000);
  links.release(last);
  assert.equal(links.size, 0);
  add(links, WordLinks.EMPTY, 5);
  assert.equal(links.size, 1);
});
