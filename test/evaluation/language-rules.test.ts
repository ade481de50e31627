import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalizerOf } from '../../agent/evaluation/language-rules.ts';

test('a language has its own rules, whatever the region', () => {
  for (const tag of ['fr', 'fr-CA', 'FR']) assert.equal(normalizerOf(tag)('Été 21'), 'été vingt et un');
  assert.equal(normalizerOf('en-GB')('Été 21'), 'ete twenty one');
});

test('a language without rules of its own has those of English', () => {
  assert.equal(normalizerOf('de')('Mr. 2'), 'mister two');
});
