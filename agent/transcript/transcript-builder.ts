import type { Decoder, Hypothesis } from '../decoder/decoder.ts';
import { commandFields } from './command-fields.ts';
import { HeldWords } from './held-words.ts';
import { ENGLISH } from './readable/english.ts';
import { type ReadableText, toReadable } from './readable/readable-text.ts';
import type { Alternative, Final, FinalReason, TranscriptEvent } from './transcript-event.ts';
import { joinWords, roundConfidence, type SegmentClock, secondsAt, timeWords } from './words.ts';

export interface TranscriptOptions {
  readonly partials: boolean;
  /** List words with times in partials. */
  readonly partialWords: boolean;
  /** Least audio time between two partials of a stream, in milliseconds. */
  readonly minPartialIntervalMs: number;
  /**
   * Partials show words that have held still for so much audio, in milliseconds, and stable words: 0 shows all at once,
   * the longer, the steadier.
   */
  readonly partialHoldMs: number;
  /** Up to this many other texts in finals; 0: the field is left out. */
  readonly alternatives: number;
  /** Give finals `readable` text (English) too. */
  readonly readable: boolean;
  /** Confidence that one word of a segment must reach before anything of it is stable or final; 0: any word will do. */
  readonly minConfidence: number;
}

type Hypotheses = Pick<Decoder, 'best' | 'nBest'>;

/** Who was just heard may go on after a pause: for so long a share of `minConfidence` is enough. */
const GOES_ON_SECONDS = 5;
const GOES_ON_SHARE = 2 / 3;

/** What is left of a segment in which no word was sure enough. */
const NOTHING: Hypotheses = { best: () => ({ words: [], confidence: 0, score: 0 }), nBest: () => [] };

/** How a segment ends. */
export interface SegmentEnd {
  /** Its length. */
  readonly steps: number;
  readonly reason: FinalReason;
  /** It has a final also when nothing was said. */
  readonly isAwaited?: boolean;
}

/**
 * Turns the decoder's hypotheses of one stream into events. For each segment in which something was said:
 * `speech-start`, any number of `partial`, one `final`, `speech-end`, in this order. Speech starts when the best
 * hypothesis has its first word; its time is the start of that word, that of `speech-end` the end of the last.
 *
 * A segment in which nothing was said has no events, with two exceptions: a flush, and the end of what followed a
 * wake phrase, always give exactly one `final` (with empty text and confidence 0), so that a client can wait for it.
 * Only finals count segments.
 *
 * With `minConfidence` the words of a segment are only shown, and none is stable, until one that will not change is that
 * sure; from then on all count. A segment that ends before has a final with empty text, which takes back what was shown.
 * Soon after a segment with a word that sure, two thirds of it are enough: somebody speaks.
 */
export class TranscriptBuilder {
  #options: TranscriptOptions;
  #segment = 0;
  #spoken = false;
  /** A word of the current segment was sure enough, so that all count. */
  #sure = false;
  /** Seconds of the stream at which the last segment with a word of `minConfidence` ended. */
  #heardUntil = Number.NEGATIVE_INFINITY;
  #revision = -1;
  readonly #held = new HeldWords();
  /** A change was held back by `minPartialIntervalMs`, or words by `partialHoldMs`. */
  #pending = false;
  #text = '';
  #stable = '';
  /** The segment before was cut in mid-speech, so this one goes on with its sentence. */
  #continues = false;
  #partialMs = Number.NEGATIVE_INFINITY;

  constructor(options: TranscriptOptions) {
    this.#options = options;
  }

  /** Takes other options from here on; call it between segments. */
  configure(options: TranscriptOptions): void {
    this.#options = options;
  }

  /** Whether something was said in the current segment. */
  get spoken(): boolean {
    return this.#spoken;
  }

  /** Looks at the decoder after the step number `step` (from 0) of the segment and adds what is new to `events`. */
  update(decoder: Decoder, step: number, clock: SegmentClock, events: TranscriptEvent[]): void {
    if (this.#spoken && this.#sure && !this.#options.partials) return;
    if (decoder.revision === this.#revision && !this.#pending) return;
    this.#revision = decoder.revision;
    const hypothesis = decoder.best();
    const { words } = hypothesis;
    const settled = decoder.stableWords();
    this.#sure ||= this.#isSure(hypothesis, settled, clock);
    const stableWords = this.#sure ? settled : 0;
    if (words.length > 0 || this.#sure) this.#start(hypothesis, clock, events);
    if (!this.#spoken || !this.#options.partials) return;

    const now = Math.round(secondsAt(clock, step + 1) * 1000);
    this.#held.update(words, now);
    const shown = words.slice(0, Math.max(stableWords, this.#held.count(now - this.#options.partialHoldMs)));
    const text = joinWords(shown);
    const stable = joinWords(words.slice(0, stableWords));
    const changed = text !== this.#text || stable !== this.#stable;
    const early = changed && now - this.#partialMs < this.#options.minPartialIntervalMs;
    this.#pending = early || shown.length < words.length;
    if (!changed || early) return;
    this.#text = text;
    this.#stable = stable;
    this.#partialMs = now;
    const timed = timeWords(shown, clock);
    const { start, end } = span(timed, clock, step + 1);
    const partial = { type: 'partial', segment: this.#segment, text, stable, start, end } as const;
    events.push(this.#options.partialWords ? { ...partial, words: timed } : partial);
  }

  /** Ends the segment after `steps` steps and begins the next. */
  finish(
    decoder: Decoder,
    { steps, reason, isAwaited = false }: SegmentEnd,
    clock: SegmentClock,
    events: TranscriptEvent[],
  ): void {
    decoder.end();
    const best = decoder.best();
    const isSure = this.#sure || this.#isSure(best, Number.POSITIVE_INFINITY, clock);
    const final = this.#final(isSure ? decoder : NOTHING, { steps, reason }, clock);
    if (final.text !== '' || final.refusal !== undefined) this.#start(best, clock, events);
    if (this.#spoken || reason === 'flush' || isAwaited) {
      events.push(final);
      this.#segment += 1;
    }
    if (this.#spoken) events.push({ type: 'speech-end', time: final.end });
    if (hasWord(best, this.#options.minConfidence)) this.#heardUntil = final.end;
    this.#reset();
  }

  /**
   * Searches for commands and wake phrases have measures of their own. Of words that may change it is too early to say how
   * sure they are: only the first `settled` of them count.
   */
  #isSure(hypothesis: Hypothesis, settled: number, clock: SegmentClock): boolean {
    const { words, firstSoundStep, command } = hypothesis;
    if (firstSoundStep !== undefined || command !== undefined) return true;
    const [first] = words;
    if (first === undefined) return false;
    const { minConfidence } = this.#options;
    const pause = secondsAt(clock, first.startStep) - this.#heardUntil;
    const least = pause <= GOES_ON_SECONDS ? GOES_ON_SHARE * minConfidence : minConfidence;
    return hasWord(hypothesis, least, minConfidence === 0 ? words.length : settled);
  }

  #final(
    decoder: Hypotheses,
    { steps, reason }: { steps: number; reason: FinalReason },
    clock: SegmentClock,
  ): Final {
    const best = decoder.best();
    const words = timeWords(best.words, clock);
    const text = joinWords(words);
    const { start, end } = span(words, clock, steps);
    const confidence = roundConfidence(best.confidence);
    const final = {
      type: 'final',
      segment: this.#segment,
      text,
      words,
      confidence,
      start,
      end,
      reason,
      ...commandFields(best, words, { start, end }),
    } as const;
    return {
      ...final,
      ...(this.#options.alternatives > 0 ? { alternatives: this.#alternatives(decoder, text, clock) } : {}),
      ...(this.#options.readable ? { readable: this.#readable(words, reason) } : {}),
    };
  }

  #readable(words: readonly { readonly text: string }[], reason: FinalReason): ReadableText {
    const startsSentence = !this.#continues;
    this.#continues = reason === 'max-length';
    return toReadable(
      words.map(({ text }) => text),
      ENGLISH,
      { startsSentence, endsSentence: !this.#continues },
    );
  }

  /** The best hypotheses that read differently; several hypotheses may spell the same text. */
  #alternatives(decoder: Hypotheses, text: string, clock: SegmentClock): Alternative[] {
    const found = new Map<string, Alternative>();
    for (const { words, confidence } of decoder.nBest(Number.POSITIVE_INFINITY)) {
      const other = joinWords(words);
      if (other === text || other === '' || found.has(other)) continue;
      found.set(other, {
        text: other,
        words: timeWords(words, clock),
        confidence: roundConfidence(confidence),
      });
      if (found.size === this.#options.alternatives) break;
    }
    return [...found.values()];
  }

  #start(hypothesis: Hypothesis, clock: SegmentClock, events: TranscriptEvent[]): void {
    if (this.#spoken) return;
    this.#spoken = true;
    const startStep = hypothesis.words[0]?.startStep ?? hypothesis.firstSoundStep ?? 0;
    events.push({ type: 'speech-start', time: secondsAt(clock, startStep) });
  }

  #reset(): void {
    this.#spoken = false;
    this.#sure = false;
    this.#revision = -1;
    this.#pending = false;
    this.#held.clear();
    this.#text = '';
    this.#stable = '';
  }
}

/** From the first word's start to the last word's end; without words, the segment's end so far. */
function span(
  words: readonly { readonly start: number; readonly end: number }[],
  clock: SegmentClock,
  steps: number,
): { start: number; end: number } {
  const end = words.at(-1)?.end ?? secondsAt(clock, steps);
  return { start: words[0]?.start ?? end, end };
}

/** Whether one of the first `count` words is that sure. */
function hasWord({ words }: Hypothesis, confidence: number, count = words.length): boolean {
  return words.slice(0, count).some((word) => word.confidence >= confidence);
}
