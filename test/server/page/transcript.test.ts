import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toText } from '../../../agent/server/page/plain-text.js';
import { toSrt } from '../../../agent/server/page/subtitles.js';
import { Transcript } from '../../../agent/server/page/transcript.js';

const word = (text: string, start: number) => ({ text, start, end: start + 0.4, confidence: 0.9 });

const partial = (text: string, stable = '') =>
  ({ type: 'partial', segment: 0, text, stable, start: 1, end: 2 }) as const;

const final = (text: string, start = 1) =>
  ({
    type: 'final',
    segment: 0,
    text,
    words: text.split(' ').map((part, index) => word(part, start + index)),
    confidence: 0.9,
    start,
    end: start + 2,
    reason: 'endpoint',
  }) as const;

test('a partial is split into its stable part and the rest', () => {
  const transcript = new Transcript();
  transcript.apply(partial('turn on the', 'turn on'), 0);
  assert.equal(transcript.live?.stable, 'turn on');
  assert.equal(transcript.live?.faint, ' the');
  assert.equal(transcript.wordCount, 3);
});

test('a stable part that does not lead the text is not believed', () => {
  const transcript = new Transcript();
  transcript.apply(partial('turn off', 'turn on'), 0);
  assert.equal(transcript.live?.stable, '');
  assert.equal(transcript.live?.faint, 'turn off');
});

test('a final takes the place of the live line', () => {
  const transcript = new Transcript();
  transcript.apply(partial('turn'), 0);
  transcript.apply(final('turn on'), 0);
  assert.equal(transcript.live, undefined);
  assert.deepEqual(
    transcript.lines.map(({ text }) => text),
    ['turn on'],
  );
  assert.equal(transcript.wordCount, 2);
});

test('times move by the place at which the stream of a connection began', () => {
  const transcript = new Transcript();
  transcript.apply(final('one two'), 60);
  assert.equal(transcript.lines[0]?.start, 61);
  assert.equal(transcript.lines[0]?.words[1]?.start, 62);
  assert.equal(transcript.finalEnd, 63);
});

test('empty partials and finals leave no line', () => {
  const transcript = new Transcript();
  transcript.apply(partial(' '), 0);
  transcript.apply({ ...final('x'), text: '', words: [] }, 0);
  assert.ok(transcript.empty);
});

test('a live line whose sound is lost is kept as it was', () => {
  const transcript = new Transcript();
  transcript.apply(partial('turn on the', 'turn on'), 0);
  transcript.cutLive();
  assert.equal(transcript.lines[0]?.text, 'turn on the');
  assert.equal(transcript.live, undefined);
});

test('what was taken out can be put back before what came since', () => {
  const transcript = new Transcript();
  transcript.apply(final('one'), 0);
  const before = transcript.generation;
  const taken = transcript.takeAll();
  assert.ok(transcript.empty);
  transcript.apply(final('two'), 10);
  transcript.putBack(taken);
  assert.equal(transcript.wordCount, 2);
  assert.deepEqual(
    transcript.lines.map(({ text }) => text),
    ['one', 'two'],
  );
  assert.notEqual(transcript.generation, before);
});

test('speech-start and speech-end say whether someone speaks', () => {
  const transcript = new Transcript();
  transcript.apply({ type: 'speech-start', time: 1 }, 0);
  assert.ok(transcript.speaking);
  transcript.apply({ type: 'speech-end', time: 2 }, 0);
  assert.ok(!transcript.speaking);
});

test('readable text takes the place of the words, which stay at hand', () => {
  const transcript = new Transcript();
  const readable = {
    text: 'At 10:30.',
    tokens: [
      { text: 'At', from: 0, to: 1 },
      { text: '10:30.', from: 1, to: 3 },
    ],
  };
  transcript.apply({ ...final('at ten thirty'), readable }, 10);
  const [line] = transcript.lines;
  assert.equal(line?.text, 'At 10:30.');
  assert.deepEqual(line?.words[1], {
    text: '10:30.',
    start: 12,
    end: 13.4,
    confidence: 0.9,
    said: 'ten thirty',
  });
});

test('a command keeps its intent, with the times of its slots moved as well', () => {
  const transcript = new Transcript();
  const slots = [{ name: 'state', value: 'on', text: 'on', start: 2, end: 2.4 }];
  transcript.apply({ ...final('turn on'), intent: { name: 'Light', slots } }, 10);
  assert.deepEqual(transcript.lines[0]?.intent?.slots[0], { ...slots[0], start: 12, end: 12.4 });
});

test('what was refused leaves a line without text, that no export has', () => {
  const transcript = new Transcript();
  transcript.apply({ ...final('yes'), text: '', words: [], refusal: 'unlikely' }, 0);
  assert.equal(transcript.lines[0]?.refusal, 'unlikely');
  assert.equal(toText(transcript.lines), '');
  assert.equal(toSrt(transcript.lines), '');
});

test('the wake phrase stands before the one final that follows it', () => {
  const transcript = new Transcript();
  transcript.apply({ type: 'wake', phrase: 'hey earshot', time: 1, confidence: 0.9 }, 0);
  assert.equal(transcript.awake, 'hey earshot');
  transcript.apply(final('what time is it'), 0);
  transcript.apply(final('nothing more', 5), 0);
  assert.equal(transcript.awake, undefined);
  assert.deepEqual(
    transcript.lines.map(({ wake }) => wake),
    ['hey earshot', undefined],
  );
});
