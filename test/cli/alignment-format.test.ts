import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAlignment } from '../../agent/cli/alignment-format.ts';
import { alignmentNotes } from '../../agent/cli/alignment-notes.ts';
import { textWords } from '../../agent/cli/text-words.ts';

const ALIGNMENT = {
  words: [
    { text: 'turn', line: 1, start: 0.3, end: 0.51, confidence: 0.9 },
    { text: '"on"', line: 1, start: 0.51, end: 0.6, confidence: 0.2 },
    { text: 'the', line: 2, start: null, end: null, confidence: 0 },
    { text: 'light !', line: 3, start: 1, end: 1.4, confidence: 0.9 },
  ],
  unmatched: [
    { start: 0.7, end: 0.9, beforeWord: 3 },
    { start: 2, end: 3, beforeWord: 4 },
  ],
  unsayable: [{ text: '漢字', line: 4 }],
  seconds: 3.5,
} as const;

test('writes a word a line as JSON, words that were not found among them', () => {
  const lines = formatAlignment('json', ALIGNMENT, 'a.wav').trim().split('\n');
  assert.equal(lines[0], '{"text":"turn","line":1,"start":0.3,"end":0.51,"confidence":0.9}');
  assert.equal(lines[2], '{"text":"the","line":2,"start":null,"end":null,"confidence":0}');
});

test('writes CTM: recording, channel, start, length, word, confidence', () => {
  assert.equal(
    formatAlignment('ctm', ALIGNMENT, 'calls/call 7.wav'),
    'call_7 1 0.300 0.210 turn 0.9\ncall_7 1 0.510 0.090 "on" 0.2\ncall_7 1 1.000 0.400 light! 0.9\n',
  );
});

test('writes subtitles', () => {
  const cue = '00:00:00.300 --> 00:00:01.400\nturn "on" light !\n\n';
  assert.equal(formatAlignment('vtt', ALIGNMENT, 'a.wav'), `WEBVTT\n\n${cue}`);
  assert.equal(formatAlignment('srt', ALIGNMENT, 'a.wav'), `1\n${cue.replaceAll('.', ',')}`);
});

test('writes what WebVTT takes for marks as text, and SubRip as it is', () => {
  const words = ['R&D', '<3', 'a->b'].map((text, i) => ({ text, line: 1, start: i / 2, end: i / 2 + 0.5 }));
  const marks = { ...ALIGNMENT, words: words.map((word) => ({ ...word, confidence: 0.9 })) };
  assert.match(formatAlignment('vtt', marks, 'a.wav'), /\nR&amp;D &lt;3 a-&gt;b\n\n$/);
  assert.match(formatAlignment('srt', marks, 'a.wav'), /\nR&D <3 a->b\n\n$/);
});

test('gives a word behind the end of the recording no interval, for Praat wants none without length', () => {
  const words = [
    { text: 'good', line: 1, start: 0.5, end: 1, confidence: 0.9 },
    { text: 'morning', line: 1, start: 1, end: 1, confidence: 0.4 },
  ];
  const grid = formatAlignment('textgrid', { ...ALIGNMENT, words, seconds: 1 }, 'a.wav');
  assert.match(grid, /intervals: size = 2\n/);
  assert.match(grid, /"good"\n$/);
});

test('writes a TextGrid whose intervals cover the recording without a gap', () => {
  const grid = formatAlignment('textgrid', ALIGNMENT, 'a.wav');
  const intervals = [...grid.matchAll(/ {12}xmin = (\S+)\n {12}xmax = (\S+)\n {12}text = "(.*)"\n/g)];
  assert.deepEqual(
    intervals.map(([, start, end, text]) => [Number(start), Number(end), text]),
    [
      [0, 0.3, ''],
      [0.3, 0.51, 'turn'],
      [0.51, 0.6, '""on""'],
      [0.6, 1, ''],
      [1, 1.4, 'light !'],
      [1.4, 3.5, ''],
    ],
  );
  assert.match(grid, /intervals: size = 6\n/);
});

test('tells the places where text and recording do not fit, in the order of the text', () => {
  assert.deepEqual(alignmentNotes(ALIGNMENT, { text: 'a.txt', recording: 'a.wav' }, 0.5), [
    'a.txt:4: “漢字” can not be said with the model and was left out.',
    'a.txt:2: “the” was not found between 0.60 s and 1.00 s.',
    'a.wav: from 0.70 s to 0.90 s something is said that is not in the text, before “light !” (a.txt:3).',
    'a.wav: from 2.00 s to 3.00 s something is said that is not in the text, behind the text.',
  ]);
});

test('tells of stretches that fit badly, not of single words, which may just be misheard', () => {
  const notesOf = (confidences: readonly number[]) => {
    const words = confidences.map((confidence, i) => ({
      text: `w${i}`,
      line: 1,
      start: i,
      end: i + 0.5,
      confidence,
    }));
    const alignment = { words, unmatched: [], unsayable: [], seconds: 9 };
    return alignmentNotes(alignment, { text: 't', recording: 'r' }, 0.3);
  };
  assert.deepEqual(notesOf([0.9, 0.1, 0.2, 0.9, 0.9]), []);
  assert.deepEqual(notesOf([0.9, 0.1, 0.2, 0.15, 0.9]), [
    't:1: “w1 w2 w3” fits badly at 1.00 s, confidence 0.10.',
  ]);
  assert.deepEqual(notesOf([0.1]), ['t:1: “w0” fits badly at 0.00 s, confidence 0.10.']);
});

test('counts the words of long stretches instead of quoting them', () => {
  const words = Array.from({ length: 10 }, (_, i) => ({
    ...{ text: `w${i}`, line: 1, start: null, end: null, confidence: 0 as const },
  }));
  const notes = alignmentNotes(
    { words, unmatched: [], unsayable: [], seconds: 1 },
    { text: 't', recording: 'r' },
    0.5,
  );
  assert.deepEqual(notes, [
    't:1: “w0 w1 w2 w3 w4 w5 w6 w7 …” and 2 words more was not found in the recording.',
  ]);
});

test('reads words and their lines, whatever the line ends', () => {
  assert.deepEqual(textWords('one,  two\r\n\nthree\rfour'), [
    { text: 'one,', line: 1 },
    { text: 'two', line: 1 },
    { text: 'three', line: 3 },
    { text: 'four', line: 4 },
  ]);
});

test('marks that stand alone are part of a word beside them', () => {
  const wordsOf = (text: string) => textWords(text).map((word) => word.text);
  assert.deepEqual(wordsOf('« Qui\u00a0? » Lui !'), ['« Qui\u00a0? »', 'Lui !']);
  assert.deepEqual(wordsOf('— It is 5 % of $ 12 – or ( so … )'), [
    ...['— It', 'is', '5 %', 'of', '$ 12 –', 'or', '( so … )'],
  ]);
  assert.deepEqual(wordsOf('* * *\n–\nend “\n'), ['end']);
});
