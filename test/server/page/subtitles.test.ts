import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toText, toTimedText } from '../../../agent/server/page/plain-text.js';
import { toSrt } from '../../../agent/server/page/subtitles.js';

function line(text: string, start: number, secondsPerWord = 0.4) {
  const words = text.split(' ').map((part, index) => ({
    text: part,
    start: start + index * secondsPerWord,
    end: start + (index + 0.9) * secondsPerWord,
    confidence: 1,
  }));
  return { text, words, start, end: words.at(-1)?.end ?? start, confidence: 1 };
}

const seconds = (time: string) => {
  const [hours = 0, minutes = 0, rest = 0] = time.replace(',', '.').split(':').map(Number);
  return hours * 3600 + minutes * 60 + rest;
};

test('a short line is one numbered cue', () => {
  assert.equal(
    toSrt([line('turn on the light', 2)]),
    '1\n00:00:02,000 --> 00:00:03,560\nturn on the light\n',
  );
});

test('a cue has two rows when one would be too long', () => {
  const text = 'the old man walked slowly along the river while his dog ran ahead';
  const [, , first = '', second = ''] = toSrt([line(text, 0, 0.25)]).split('\n');
  assert.equal(`${first} ${second}`, text);
  assert.ok(first.length <= 42 && second.length <= 42);
});

test('a pause begins a new cue', () => {
  const words = [...line('good morning', 0).words, ...line('thank you', 5).words];
  const cues = toSrt([{ text: '', words, start: 0, end: 6, confidence: 1 }]).split('\n\n');
  assert.equal(cues.length, 2);
  assert.match(cues[1] ?? '', /thank you/);
});

test('a line without words is one cue with the times of the line', () => {
  const srt = toSrt([{ text: 'hello', words: [], start: 1, end: 2, confidence: 0 }]);
  assert.equal(srt, '1\n00:00:01,000 --> 00:00:02,000\nhello\n');
});

test('cues keep all words, stay in order and never overlap', () => {
  const text = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 5 }),
      fc.double({ min: 0.1, max: 2, noNaN: true }),
      (texts, pace) => {
        let start = 0;
        const lines = texts.map((words) => {
          const next = line(words.join(' '), start, pace);
          start = next.end + 0.2;
          return next;
        });
        const srt = toSrt(lines);
        const times = [...srt.matchAll(/(\S+) --> (\S+)/g)].flatMap(([, from = '', to = '']) => [
          seconds(from),
          seconds(to),
        ]);
        assert.deepEqual(
          times,
          [...times].sort((a, b) => a - b),
        );
        assert.equal(srt.match(/[a-z]+/g)?.join(' ') ?? '', texts.flat().join(' '));
      },
    ),
  );
});

test('the text for the clipboard has a row per line, the text file also the times', () => {
  const lines = [line('one two', 0), line('three', 65)];
  assert.equal(toText(lines), 'one two\nthree');
  assert.equal(toTimedText(lines), '[0:00] one two\n[1:05] three\n');
});
