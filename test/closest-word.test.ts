import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestWord } from '../agent/closest-word.ts';

test('the candidate with the fewest edits is chosen, whatever the case of its letters', () => {
  assert.equal(closestWord('server.prot', ['server.port', 'server.host']), 'server.port');
  assert.equal(closestWord('SERVER.PORT', ['server.host', 'server.port']), 'server.port');
});

test('a word that is like none of them has no closest', () => {
  assert.equal(closestWord('abc', ['server.port']), null);
  assert.equal(closestWord('abc', []), null);
});
