import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHotword } from '../../agent/decoder/hotword.ts';
import { speakHotwords } from '../../agent/decoder/spoken-hotwords.ts';
import type { AgentError } from '../../agent/errors.ts';

/** Latin letters can be said. */
const wordsOf = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => ({ text: word, sayings: /^[a-z]+$/.test(word) ? [[1, 2]] : [] }));

const refusal = (code: string, text: RegExp) => (error: AgentError) =>
  error.code === code && text.test(error.message);

test('a hotword has its own boost, or that of all', () => {
  const list = [{ text: 'ada' }, { text: 'new york', boost: 0 }];
  const spoken = speakHotwords({ list, boost: 6, max: 2 }, wordsOf);
  assert.deepEqual(
    spoken.map(({ words, boost }) => [words.map(({ text }) => text), boost]),
    [
      [['ada'], 6],
      [['new', 'york'], 0],
    ],
  );
});

test('more than the limit are refused, with both numbers', () => {
  const list = Array.from({ length: 3000 }, () => ({ text: 'ada' }));
  assert.throws(
    () => speakHotwords({ list, boost: 6, max: 200 }, wordsOf),
    refusal('HOTWORD_LIMIT', /3000.*200/),
  );
});

test('a hotword that can not be used is refused, and named', () => {
  const cases: readonly (readonly [{ text: string; boost?: number }, RegExp])[] = [
    [{ text: '漢字' }, /"漢字" can not be said/],
    [{ text: ' ' }, /can not be said/],
    [{ text: 'ada 漢字' }, /"ada 漢字" can not be said/],
    [{ text: 'ada', boost: -1 }, /"ada" has the boost -1; expected a number from 0 to 50/],
    [{ text: 'ada', boost: 51 }, /boost 51/],
    [{ text: 'ada', boost: Number.NaN }, /boost NaN/],
    [{ text: 'a'.repeat(101) }, /101 characters; expected at most 100/],
    [{ text: 'a '.repeat(21) }, /21 words; expected at most 20/],
  ];
  for (const [hotword, message] of cases) {
    const options = { list: [{ text: 'good' }, hotword], boost: 6, max: 9 };
    assert.throws(() => speakHotwords(options, wordsOf), refusal('HOTWORD_INVALID', message));
  }
});

test('a boost may stand behind the text', () => {
  assert.deepEqual(['Ada', 'new york:4.5', 'a:b', 'x:-1'].map(parseHotword), [
    { text: 'Ada' },
    { text: 'new york', boost: 4.5 },
    { text: 'a:b' },
    { text: 'x:-1' },
  ]);
});
