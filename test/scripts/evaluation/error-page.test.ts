import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UtteranceResult } from '../../../agent/evaluation/utterance-result.ts';
import { confusions, errorExamples, errorPage } from '../../../scripts/evaluation/error-page.ts';
import { utterance } from '../../support/utterance.ts';

/** Recordings of ten words of which 0, 1, 2 … are wrong, in no order. */
function tenRecordings(): UtteranceResult[] {
  const said = 'alpha bravo charlie delta echo foxtrot golf hotel india juliet'.split(' ');
  return [4, 0, 9, 2, 7, 1, 8, 3, 6, 5].map((wrong) => {
    const heard = said.map((word, i) => (i < wrong ? 'x' : word));
    return utterance(said.join(' '), heard.join(' '), { file: `${wrong}.wav` });
  });
}

test('examples stand at the middle, at a quarter and at a tenth of the recordings from behind', () => {
  const examples = errorExamples(tenRecordings());
  assert.deepEqual(
    examples.map(({ result }) => result.file),
    ['5.wav', '7.wav', '9.wav'],
  );
});

test('recordings of a few words are no examples', () => {
  const short = Array.from({ length: 10 }, () => utterance('yes', 'no'));
  assert.deepEqual(errorExamples(short), []);
});

test('a few recordings have no places', () => {
  assert.deepEqual(errorExamples(tenRecordings().slice(1)), []);
});

test('a word is counted by how often it was said, wrong, and as what', () => {
  const found = confusions([
    utterance('the cat', 'a cat'),
    utterance('the dog', 'a dig'),
    utterance('the sun', 'the sun'),
    utterance('the end', 'end'),
  ]);
  assert.deepEqual(found, [
    { word: 'the', said: 4, wrong: 3, heardAs: 'a', heardAsTimes: 2 },
    { word: 'dog', said: 1, wrong: 1, heardAs: 'dig', heardAsTimes: 1 },
  ]);
});

test('the page has a section for each data set, the words, and what makes it', () => {
  const greeting = utterance('good morning my friend', 'could morning my friend', { dataset: 'b' });
  const results = [...tenRecordings(), ...Array.from({ length: 10 }, () => greeting)];
  const page = errorPage(results, {
    model: 'm 1',
    split: 'dev',
    commands: ['make it'],
    machine: 'A machine',
  });
  assert.match(
    page,
    /^# What m 1 gets wrong\n\n20 recordings of `dev`;.* A machine\. Made by:\n\n {4}make it\n/,
  );
  assert.match(page, /\| alpha +\| +10 \| +9 \| +90 \| x \(9\) +\|/);
  assert.match(page, /### b\n\n```text\nin the middle, .*: 1 of 4 words wrong\n {2}ref: GOOD {2}morning/);
});
