import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decoder, Hypothesis } from '../../agent/decoder/decoder.ts';
import { completeWords, type SpelledHypothesis, spellHypothesis } from '../../agent/decoder/spelled-words.ts';
import { TokenTable } from '../../agent/decoder/token-table.ts';
import { TranscriptBuilder, type TranscriptOptions } from '../../agent/transcript/transcript-builder.ts';
import type { FinalReason, TranscriptEvent } from '../../agent/transcript/transcript-event.ts';

const letters = TokenTable.parse('<blank>\n▁\na\nb\nc', { blank: 0, wordBoundary: '▁' });
const OPTIONS: TranscriptOptions = {
  partials: true,
  partialWords: false,
  minPartialIntervalMs: 0,
  partialHoldMs: 0,
  alternatives: 0,
  readable: false,
  minConfidence: 0,
};

/** Hypothesis that spells `text`, a letter each step, all with the same posterior. */
function hypothesis(text: string, posterior = 0.9): SpelledHypothesis {
  const tokens = [...text].map((letter) => ['-', ' ', 'a', 'b', 'c'].indexOf(letter));
  const steps = tokens.map((_, i) => i);
  return spellHypothesis({ tokens, steps, posteriors: tokens.map(() => posterior), score: 0 }, letters);
}

/** A decoder that says what it is told to. */
class ScriptedDecoder implements Decoder {
  revision = 0;
  ended = 0;
  /** Of every letter. */
  posterior = 0.9;
  #texts: readonly string[] = [''];
  #stable = 0;

  /** The best text first. */
  say(texts: readonly string[], stable = 0): void {
    const changed = texts[0] !== this.#texts[0] || stable !== this.#stable;
    this.#texts = texts;
    this.#stable = stable;
    if (changed) this.revision += 1;
  }

  best(): Hypothesis {
    return hypothesis(this.#texts[0]!, this.posterior);
  }

  nBest(n: number): readonly Hypothesis[] {
    return this.#texts.slice(0, n).map((text) => hypothesis(text, this.posterior));
  }

  stableWords(): number {
    return completeWords(hypothesis(this.#texts[0]!).tokens, this.#stable, letters);
  }

  end(): void {
    this.ended += 1;
  }

  accept(): void {}

  trailingBlankSteps(): number {
    return 0;
  }

  reset(): void {
    this.say(['']);
  }
}

class Scene {
  readonly decoder = new ScriptedDecoder();
  readonly events: TranscriptEvent[] = [];
  readonly builder: TranscriptBuilder;
  #step = 0;
  #startSeconds = 0;

  constructor(options: Partial<TranscriptOptions> = {}) {
    this.builder = new TranscriptBuilder({ ...OPTIONS, ...options });
  }

  hear(text: string, stable = 0): this {
    this.decoder.say([text], stable);
    this.builder.update(this.decoder, this.#step, this.#clock, this.events);
    this.#step += 1;
    return this;
  }

  /** How sure all letters are from here on. */
  sure(posterior: number): this {
    this.decoder.posterior = posterior;
    return this;
  }

  end(reason: FinalReason = 'endpoint', texts?: readonly string[]): this {
    if (texts) this.decoder.say(texts);
    this.builder.finish(this.decoder, { steps: this.#step, reason }, this.#clock, this.events);
    this.decoder.reset();
    this.#startSeconds += this.#step / 10;
    this.#step = 0;
    return this;
  }

  get #clock() {
    return { startSeconds: this.#startSeconds, stepSeconds: 0.1, limitSeconds: Number.POSITIVE_INFINITY };
  }

  /** The events in short. */
  get story(): string[] {
    return this.events.map((event) => {
      if (event.type === 'partial') return `${event.segment}: ${event.text} (${event.stable})`;
      if (event.type === 'final') return `${event.segment}! ${event.text} ${event.reason}`;
      return `${event.type} ${event.time}`;
    });
  }
}

test('a segment is speech-start, partials, final, speech-end, and the next has the next number', () => {
  const scene = new Scene().hear('').hear('a').hear('ab').end().hear('c').end('flush');
  assert.deepEqual(scene.story, [
    'speech-start 0',
    '0: a ()',
    '0: ab ()',
    '0! ab endpoint',
    'speech-end 0.2',
    'speech-start 0.3',
    '1: c ()',
    '1! c flush',
    'speech-end 0.4',
  ]);
});

test('a partial is sent when text or stable part change, and not otherwise', () => {
  const scene = new Scene().hear('ab').hear('ab').hear('ab ', 2).hear('ab c', 3).hear('ab c', 3);
  assert.deepEqual(scene.story.slice(1), ['0: ab ()', '0: ab c (ab)']);
  scene.hear('ab c ', 4).hear('ab c a', 5);
  assert.deepEqual(scene.story.slice(3), ['0: ab c a (ab c)']);
});

test('a boundary mark alone is not speech', () => {
  assert.deepEqual(new Scene().hear(' ').end().story, []);
});

test('a segment in which nothing was said has no events and no number', () => {
  const scene = new Scene().hear('').end().hear('a').end();
  assert.deepEqual(scene.story, ['speech-start 0.1', '0: a ()', '0! a endpoint', 'speech-end 0.2']);
});

test('a flush gives a final even when nothing was said', () => {
  const scene = new Scene().hear('').hear('').end('flush').hear('').end('flush');
  const empty = { type: 'final', text: '', words: [], confidence: 0, reason: 'flush' };
  assert.deepEqual(scene.events, [
    { ...empty, segment: 0, start: 0.2, end: 0.2 },
    { ...empty, segment: 1, start: 0.3, end: 0.3 },
  ]);
});

test('the end of the stream gives a final only when something was said', () => {
  assert.deepEqual(new Scene().hear('').end('end').story, []);
  assert.deepEqual(new Scene().hear('a').end('end').story.slice(2), ['0! a end', 'speech-end 0.1']);
});

test('what is only known at the end still has its speech-start', () => {
  assert.deepEqual(new Scene().hear('').end('flush', ['a']).story, [
    'speech-start 0',
    '0! a flush',
    'speech-end 0.1',
  ]);
});

test('text that was shown and then vanished is taken back by an empty partial and an empty final', () => {
  assert.deepEqual(new Scene().hear('a').hear('').end().story, [
    'speech-start 0',
    '0: a ()',
    '0:  ()',
    '0!  endpoint',
    'speech-end 0.2',
  ]);
});

test('without partials there are still speech-start, final and speech-end', () => {
  const scene = new Scene({ partials: false }).hear('a').hear('ab').end();
  assert.deepEqual(scene.story, ['speech-start 0', '0! ab endpoint', 'speech-end 0.2']);
});

test('partials keep their interval in audio time, and what was held back comes after it', () => {
  const scene = new Scene({ minPartialIntervalMs: 300 })
    .hear('a')
    .hear('ab')
    .hear('abc')
    .hear('abc')
    .hear('abc');
  assert.deepEqual(scene.story.slice(1), ['0: a ()', '0: abc ()']);
});

test('the interval holds from one segment to the next', () => {
  const scene = new Scene({ minPartialIntervalMs: 300 }).hear('a').end().hear('b').hear('b').hear('b');
  assert.deepEqual(
    scene.story.filter((line) => line.includes('()')),
    ['0: a ()', '1: b ()'],
  );
  assert.equal(scene.story.indexOf('1: b ()'), scene.story.length - 1);
});

test('a change that is taken back within the interval is not sent', () => {
  const scene = new Scene({ minPartialIntervalMs: 300 }).hear('a').hear('ab').hear('a').hear('a').hear('a');
  assert.deepEqual(scene.story.slice(1), ['0: a ()']);
});

test('partials have words when asked for, finals always', () => {
  const scene = new Scene({ partialWords: true }).hear('a b').end();
  const [, partial, final] = scene.events;
  const words = [
    { text: 'a', start: 0, end: 0.1, confidence: 0.9 },
    { text: 'b', start: 0.2, end: 0.3, confidence: 0.9 },
  ];
  assert.deepEqual(partial, {
    type: 'partial',
    segment: 0,
    text: 'a b',
    stable: '',
    start: 0,
    end: 0.3,
    words,
  });
  assert.deepEqual(final, {
    type: 'final',
    segment: 0,
    text: 'a b',
    words,
    confidence: 0.9,
    start: 0,
    end: 0.3,
    reason: 'endpoint',
  });
});

test('alternatives are other texts with their words, each once, at most as many as asked for', () => {
  const texts = ['ab', 'ab ', ' ab', 'a', 'a ', 'b', '', 'c'];
  const scene = new Scene({ alternatives: 2 }).hear('ab').end('endpoint', texts);
  const final = scene.events.find((event) => event.type === 'final');
  assert.deepEqual(final?.alternatives, [
    { text: 'a', words: [{ text: 'a', start: 0, end: 0.1, confidence: 0.9 }], confidence: 0.9 },
    { text: 'b', words: [{ text: 'b', start: 0, end: 0.1, confidence: 0.9 }], confidence: 0.9 },
  ]);
});

test('the decoder is told of the end before the final is read', () => {
  const scene = new Scene().hear('a').end();
  assert.equal(scene.decoder.ended, 1);
});

test('finals are readable when asked for, their words as they were said', () => {
  const scene = new Scene({ readable: true }).hear('ab c').end();
  const final = scene.events.find(({ type }) => type === 'final');
  assert.ok(final?.type === 'final');
  assert.equal(final.text, 'ab c');
  assert.deepEqual(final.readable, {
    text: 'Ab c.',
    tokens: [
      { text: 'Ab', from: 0, to: 1 },
      { text: 'c.', from: 1, to: 2 },
    ],
  });
});

test('a sentence that is cut at the greatest length goes on in the next segment', () => {
  const scene = new Scene({ readable: true }).hear('ab').end('max-length').hear('b').end().hear('cab').end();
  const texts = scene.events.flatMap((event) => (event.type === 'final' ? [event.readable?.text] : []));
  assert.deepEqual(texts, ['Ab', 'b.', 'Cab.']);
});

test('nothing said is readable as nothing', () => {
  const scene = new Scene({ readable: true }).hear('').end('flush');
  const [final] = scene.events;
  assert.ok(final?.type === 'final');
  assert.deepEqual(final.readable, { text: '', tokens: [] });
});

test('words of a segment in which none is sure enough are shown, never stable, and taken back', () => {
  const scene = new Scene({ minConfidence: 0.5, alternatives: 2, readable: true }).sure(0.4);
  scene.hear('a').hear('ab', 1).end('endpoint', ['ab', 'ac']);
  assert.deepEqual(scene.story, ['speech-start 0', '0: a ()', '0: ab ()', '0!  endpoint', 'speech-end 0.2']);
  const final = scene.events.find(({ type }) => type === 'final');
  assert.ok(final?.type === 'final');
  assert.deepEqual([final.words, final.confidence, final.alternatives], [[], 0, []]);
  assert.equal(final.readable?.text, '');
});

test('once a word that will not change is sure enough all count, to the end', () => {
  const scene = new Scene({ minConfidence: 0.5 }).sure(0.6).hear('a').hear('a b').hear('a bc', 2).sure(0.4);
  scene.hear('a bca', 2).end();
  assert.deepEqual(scene.story, [
    'speech-start 0',
    '0: a ()',
    '0: a b ()',
    '0: a bc (a)',
    '0: a bca (a)',
    '0! a bca endpoint',
    'speech-end 0.5',
  ]);
});

test('words that become sure at the end of the segment have their final', () => {
  const scene = new Scene({ minConfidence: 0.5 }).sure(0.4).hear('ab').sure(0.6).end();
  assert.deepEqual(scene.story, ['speech-start 0', '0: ab ()', '0! ab endpoint', 'speech-end 0.2']);
});

test('soon after a sure word less is enough, and what counts for that alone does not prolong it', () => {
  const scene = new Scene({ minConfidence: 0.6 }).sure(0.7).hear('a').end();
  scene.sure(0.35).hear('b').end();
  scene.sure(0.45).hear('c').end();
  for (let step = 0; step < 50; step += 1) scene.hear('');
  scene.end().hear('b').end();
  const finals = scene.events.flatMap((event) => (event.type === 'final' ? [event.text] : []));
  assert.deepEqual(finals, ['a', '', 'c', '']);
});

test('who was just heard may go on behind a flush and behind new settings', () => {
  const scene = new Scene({ minConfidence: 0.6 }).sure(0.7).hear('a').end('flush');
  scene.sure(0.45).hear('b').end('configure');
  scene.builder.configure({ ...OPTIONS, minConfidence: 0.6 });
  scene.hear('c').end();
  const finals = scene.events.flatMap((event) => (event.type === 'final' ? [event.text] : []));
  assert.deepEqual(finals, ['a', 'b', 'c']);
});

test('whether words are sure does not depend on partials', () => {
  const scene = new Scene({ minConfidence: 0.5, partials: false })
    .sure(0.6)
    .hear('a b', 2)
    .sure(0.4)
    .hear('a bc', 2);
  assert.deepEqual(scene.end().story, ['speech-start 0', '0! a bc endpoint', 'speech-end 0.4']);
});

test('a word is shown when it has held still long enough, though nothing else changes', () => {
  const scene = new Scene({ partialHoldMs: 200 }).hear('a').hear('a');
  assert.deepEqual(scene.story, ['speech-start 0']);
  scene.hear('a').hear('a');
  assert.deepEqual(scene.story.slice(1), ['0: a ()']);
});

test('a word that changes is held anew, with those behind it', () => {
  const scene = new Scene({ partialHoldMs: 200 }).hear('a b').hear('a c').hear('a c').hear('a c').hear('a c');
  assert.deepEqual(scene.story.slice(1), ['0: a ()', '0: a c ()']);
});

test('stable words are shown at once', () => {
  const scene = new Scene({ partialHoldMs: 5000 }).hear('a b').hear('a b', 2).hear('a b', 2);
  assert.deepEqual(scene.story.slice(1), ['0: a (a)']);
});

test('a word that was held back is in the final, and the next segment begins anew', () => {
  const scene = new Scene({ partialHoldMs: 200 }).hear('a').end().hear('a').hear('a').end();
  assert.deepEqual(
    scene.story.filter((line) => line.includes(':')),
    [],
  );
  assert.ok(scene.story.includes('0! a endpoint') && scene.story.includes('1! a endpoint'));
});
