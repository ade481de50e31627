import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cuesOf } from '../../agent/cli/subtitle-cues.ts';
import { createFormatter, type TranscriptFormat } from '../../agent/cli/transcript-format.ts';
import type { Final, Word } from '../../agent/transcript/transcript-event.ts';

/** Words of 0.4 s, one every half second from `start` on. */
function words(text: string, start = 0): Word[] {
  return text.split(' ').map((word, index) => {
    return { text: word, start: start + index / 2, end: start + index / 2 + 0.4, confidence: 0.5 };
  });
}

function final(text: string, start = 0): Final {
  const spoken = words(text, start);
  const end = spoken.at(-1)!.end;
  return { type: 'final', segment: 0, text, words: spoken, confidence: 0.5, start, end, reason: 'endpoint' };
}

function formatted(format: TranscriptFormat, ...finals: Final[]): string {
  const formatter = createFormatter(format, 'a.wav');
  return formatter.head + finals.map((each) => formatter.format(each)).join('');
}

test('writes text, one final a line', () => {
  assert.equal(formatted('text', final('turn on'), final('the light', 5)), 'turn on\nthe light\n');
});

test('writes final events as lines of JSON that name their file', () => {
  const { file, type, text } = JSON.parse(formatted('json', final('turn on')));
  assert.deepEqual({ file, type, text }, { file: 'a.wav', type: 'final', text: 'turn on' });
});

test('writes SRT with numbers and commas', () => {
  assert.equal(
    formatted('srt', final('turn on the light'), final('thanks', 3661)),
    '1\n00:00:00,000 --> 00:00:01,900\nturn on the light\n\n' +
      '2\n01:01:01,000 --> 01:01:02,000\nthanks\n\n',
  );
});

test('writes WebVTT with its head', () => {
  assert.equal(
    formatted('vtt', final('yes please', 1)),
    'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nyes please\n\n',
  );
});

test('cuts long segments where the speaker pauses, and before they get too long to read', () => {
  const spoken = [...words('one two three'), ...words('four five', 4)];
  assert.deepEqual(
    cuesOf(spoken).map(({ text }) => text),
    ['one two three', 'four five'],
  );
  const long = cuesOf(words('word '.repeat(40).trim()));
  assert.ok(long.length > 3);
  for (const { start, end, text } of long) {
    assert.ok(end - start <= 6 && text.length <= 84, text);
  }
});

test('breaks a cue into two lines of about the same length', () => {
  const [cue] = cuesOf(
    words('considerable difficulties accompanied yesterdays extraordinary performance').map((word) => ({
      ...word,
      start: word.start / 2,
      end: word.end / 2,
    })),
  );
  assert.equal(cue?.text, 'considerable difficulties accompanied\nyesterdays extraordinary performance');
});

test('keeps a short cue on the screen for a second, but never over the next', () => {
  const [first, second] = cuesOf([...words('hm'), { text: 'yes', start: 1.3, end: 1.4, confidence: 1 }]);
  assert.deepEqual([first?.end, second?.end], [1, 2.3]);
});

test('makes no cue of nothing', () => {
  assert.deepEqual(cuesOf([]), []);
});

test('writes readable text where there is some, with the times of the words that it stands for', () => {
  const spoken = final('at ten thirty');
  const tokens = [
    { text: 'At', from: 0, to: 1 },
    { text: '10:30.', from: 1, to: 3 },
  ];
  const readable = { ...spoken, readable: { text: 'At 10:30.', tokens } };
  assert.equal(formatted('text', readable), 'At 10:30.\n');
  assert.match(formatted('vtt', readable), /^00:00:00\.000 --> .*\nAt 10:30\.\n/m);
  assert.deepEqual(JSON.parse(formatted('json', readable)).text, 'at ten thirty');
});
