import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countShown,
  countTakenBack,
  measureLatency,
  type ObservedEvent,
} from '../../agent/evaluation/latency.ts';
import type { FinalReason } from '../../agent/transcript/transcript-event.ts';

function partial(at: number, text: string, segment = 0, stable = ''): ObservedEvent {
  return { at, event: { type: 'partial', segment, text, stable, start: 0, end: at } };
}

/** Words given as `text@end`. */
function final(at: number, words: string, reason: FinalReason = 'end', segment = 0): ObservedEvent {
  const timed = words
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const [text, end] = word.split('@');
      return { text: text!, start: 0, end: Number(end), confidence: 1 };
    });
  const text = timed.map((word) => word.text).join(' ');
  const event = {
    type: 'final',
    segment,
    text,
    words: timed,
    confidence: 1,
    start: 0,
    end: at,
    reason,
  } as const;
  return { at, event };
}

function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assert.deepEqual(
    actual.map((value) => value.toFixed(6)),
    expected.map((value) => value.toFixed(6)),
  );
}

function measure(events: readonly ObservedEvent[], finishedAt: number, speechEnd: number | null = null) {
  return measureLatency(events, { finishedAt, speechEnd });
}

test('dates a word by the first partial that shows it', () => {
  const events = [partial(0.7, 'call'), partial(1.2, 'call home'), final(2, 'call@0.5 home@1')];
  assertClose(measure(events, 1.5).partial, [0.2, 0.2]);
});

test('dates a word that was taken back by its last return', () => {
  const events = [partial(0.6, 'call'), partial(0.8, 'cold'), partial(1.1, 'call'), final(2, 'call@0.5')];
  assertClose(measure(events, 2).partial, [0.6]);
});

test('dates a word that no partial shows by the final', () => {
  assertClose(measure([partial(0.6, 'ca'), final(2, 'call@0.5')], 2).partial, [1.5]);
});

test('dates the stable part by the first partial that promises a word, or by the final', () => {
  const events = [partial(0.6, 'call'), partial(1.2, 'call home', 0, 'call'), final(2, 'call@0.5 home@1')];
  assertClose(measure(events, 1.5).stable, [0.7, 1]);
});

test('keeps the segments apart', () => {
  const events = [
    partial(0.6, 'one'),
    final(1, 'one@0.5', 'endpoint'),
    partial(1.9, 'two', 1),
    final(3, 'two@1.5', 'endpoint', 1),
  ];
  assertClose(measure(events, 3).partial, [0.1, 0.4]);
  assertClose(measure(events, 3).final, [0.5, 1.5]);
});

test('counts the final latency from asking where the end was asked for', () => {
  assertClose(measure([final(2.1, 'call@0.5')], 2).final, [0.1]);
  assertClose(measure([final(2.1, 'call@0.5', 'flush')], 2).final, [0.1]);
  assertClose(measure([final(2.1, 'call@0.5', 'endpoint')], 2).final, [1.6]);
});

test('dates the last word, and the last final of an endpoint, by the sound where that is known', () => {
  const events = [
    partial(0.6, 'one'),
    final(1, 'one@0.5', 'endpoint'),
    partial(1.9, 'two', 1),
    final(3, 'two@1.8', 'endpoint', 1),
  ];
  const { partial: words, lastWord, final: finals } = measure(events, 3, 1.5);
  assertClose(words, [0.1, 0.1]);
  assertClose(lastWord, [0.4]);
  assertClose(finals, [0.5, 1.5]);
  assert.deepEqual(measure(events, 3).lastWord, []);
});

test('has no latency without words', () => {
  assert.deepEqual(measure([final(1, '')], 1), { partial: [], stable: [], lastWord: [], final: [] });
  assert.deepEqual(measure([], 1), { partial: [], stable: [], lastWord: [], final: [] });
});

test('counts words that were taken back, every time', () => {
  const events = [partial(1, 'i see'), partial(2, 'ice cream'), partial(3, 'ice'), final(4, 'ice@1 cream@2')];
  assert.equal(countTakenBack(events), 3);
});

test('does not count a last word that grows, nor words that are added', () => {
  assert.equal(countTakenBack([partial(1, 'hel'), partial(2, 'hello'), final(3, 'hello@1 you@2')]), 0);
});

test('counts a word that partials show once, and what comes in its place again', () => {
  const events = [partial(1, 'hel'), partial(2, 'hello'), partial(3, 'hello yo'), partial(4, 'hollow you')];
  assert.equal(countShown([...events, final(5, 'hollow@1 you@2')]), 3);
  assert.equal(countTakenBack([...events, final(5, 'hollow@1 you@2')]), 1);
});
