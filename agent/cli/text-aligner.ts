import type { Config } from '../config.ts';
import type { Sayings } from '../decoder/alignment-text.ts';
import { type AlignedWord, ForcedAligner } from '../decoder/forced-aligner.ts';
import { argmax, logistic } from '../decoder/log-math.ts';
import type { LogProbRows } from '../engine/log-prob-rows.ts';
import { roundConfidence, type SegmentClock, secondsAt } from '../transcript/words.ts';
import type { TextWord } from './text-words.ts';
import type { MissingWord, TimedText, TimedWord, UnmatchedSpeech } from './timed-text.ts';

/** A word of a text and the ways to say it, at least one. */
export interface SayableWord extends TextWord {
  readonly sayings: Sayings;
}

export interface TextAlignerSetup {
  readonly tokens: { readonly blank: number; readonly size: number };
  readonly stepMs: number;
  readonly settings: Config['alignment'];
}

/** Aligns one recording, as log-probs, with a text. */
export class TextAligner {
  readonly #words: readonly SayableWord[];
  readonly #setup: TextAlignerSetup;
  readonly #aligner: ForcedAligner;
  /** Steps at which something else than silence was heard. */
  readonly #soundSteps: number[] = [];
  #steps = 0;

  constructor(words: readonly SayableWord[], setup: TextAlignerSetup) {
    this.#words = words;
    this.#setup = setup;
    this.#aligner = new ForcedAligner(
      words.map(({ sayings }) => sayings),
      setup.tokens,
      setup.settings,
    );
  }

  accept({ rows, steps }: LogProbRows): void {
    const { blank, size } = this.#setup.tokens;
    for (let step = 0; step < steps; step += 1) {
      if (argmax(rows, step * size, size) !== blank) this.#soundSteps.push(this.#steps + step);
    }
    this.#aligner.accept(rows, steps);
    this.#steps += steps;
  }

  /** @param seconds length of the recording: padding behind it is none of it */
  end(seconds: number): TimedText {
    const found = this.#aligner.end() ?? this.#words.map(() => null);
    const clock: SegmentClock = {
      startSeconds: 0,
      stepSeconds: this.#setup.stepMs / 1000,
      limitSeconds: seconds,
    };
    const words = this.#words.map(({ text, line }, i) => this.#timed({ text, line }, found[i]!, clock));
    return { words, unmatched: this.#unmatched(found, clock), seconds };
  }

  #timed(word: TextWord, found: AlignedWord | null, clock: SegmentClock): TimedWord | MissingWord {
    if (found === null) return { ...word, start: null, end: null, confidence: 0 };
    const { confidenceOffset, confidenceScale } = this.#setup.settings;
    const evidence = confidenceOffset + (confidenceScale * found.score) / found.tokens;
    return {
      ...word,
      start: secondsAt(clock, found.startStep),
      end: secondsAt(clock, found.endStep + 1),
      confidence: roundConfidence(logistic(evidence)),
    };
  }

  /** Stretches between words in which enough was heard. */
  #unmatched(found: readonly (AlignedWord | null)[], clock: SegmentClock): UnmatchedSpeech[] {
    const { minUnmatchedSounds } = this.#setup.settings;
    const stretches: UnmatchedSpeech[] = [];
    let at = 0;
    const takeUntil = (step: number, beforeWord: number) => {
      const first = at;
      while (at < this.#soundSteps.length && this.#soundSteps[at]! < step) at += 1;
      if (at - first < minUnmatchedSounds) return;
      const start = secondsAt(clock, this.#soundSteps[first]!);
      stretches.push({ start, end: secondsAt(clock, this.#soundSteps[at - 1]! + 1), beforeWord });
    };
    for (const [word, span] of found.entries()) {
      if (span === null) continue;
      takeUntil(span.startStep, word);
      while (at < this.#soundSteps.length && this.#soundSteps[at]! <= span.endStep) at += 1;
    }
    takeUntil(Number.POSITIVE_INFINITY, found.length);
    return stretches;
  }
}
