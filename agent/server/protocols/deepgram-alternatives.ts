import { ENGLISH, ENGLISH_NUMERALS, ENGLISH_SENTENCES } from '../../transcript/readable/english.ts';
import type { ReadableLanguage } from '../../transcript/readable/readable-language.ts';
import {
  type ReadableOptions,
  type ReadableToken,
  toReadable,
} from '../../transcript/readable/readable-text.ts';
import type { Alternative, Final, Partial, Word } from '../../transcript/transcript-event.ts';

interface DeepgramWord {
  /** As it was said; several words where they are written as one thing, such as a time. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  /** As it stands in the transcript. */
  readonly punctuated_word: string;
}

export interface DeepgramAlternative {
  readonly transcript: string;
  readonly confidence: number;
  readonly words: readonly DeepgramWord[];
}

/** What is written: the words as they were said, with capitals and marks, with figures for numbers, or with all of it. */
export type DeepgramForm = 'as-said' | 'punctuated' | 'numerals' | 'readable';

const LANGUAGES: Readonly<Record<Exclude<DeepgramForm, 'as-said'>, ReadableLanguage>> = {
  punctuated: ENGLISH_SENTENCES,
  numerals: ENGLISH_NUMERALS,
  readable: ENGLISH,
};

/** Writes the readings of one connection's results, in the form that it asks for. */
export class DeepgramAlternatives {
  readonly #form: DeepgramForm;
  /** The segment before was cut in mid-speech, so this one goes on with its sentence. */
  #continues = false;

  constructor(form: DeepgramForm) {
    this.#form = form;
  }

  /** All readings of a result, the best one first. Call it once for each final. */
  write(event: Partial | Final): readonly DeepgramAlternative[] {
    const isFinal = event.type === 'final';
    const goesOn = isFinal && event.reason === 'max-length';
    const options = {
      startsSentence: this.#isWithMarks && !this.#continues,
      endsSentence: this.#isWithMarks && isFinal && !goesOn,
    };
    if (isFinal) this.#continues = goesOn;
    const others = isFinal ? (event.alternatives ?? []) : [];
    const best = { text: event.text, words: event.words ?? [], confidence: confidenceOf(event) };
    return [best, ...others].map((reading) => this.#reading(reading, options));
  }

  get #isWithMarks(): boolean {
    return this.#form === 'punctuated' || this.#form === 'readable';
  }

  #reading({ text, words, confidence }: Alternative, options: ReadableOptions): DeepgramAlternative {
    const texts = text === '' ? [] : text.split(' ');
    const tokens = this.#tokens(texts, options);
    return {
      transcript: textOf(tokens),
      confidence,
      // a partial has its words only where they are asked for
      words: words.length === 0 ? [] : tokens.map((token) => deepgramWord(token, words)),
    };
  }

  #tokens(words: readonly string[], options: ReadableOptions): readonly ReadableToken[] {
    if (this.#form === 'as-said') return words.map((text, from) => ({ text, from, to: from + 1 }));
    return toReadable(words, LANGUAGES[this.#form], options).tokens;
  }
}

function textOf(tokens: readonly ReadableToken[]): string {
  return tokens.map(({ text }) => text).join(' ');
}

/** A partial has no confidence of its own: the mean of its words. */
function confidenceOf(event: Partial | Final): number {
  return event.type === 'final' ? event.confidence : meanConfidence(event.words ?? []);
}

function deepgramWord({ text, from, to }: ReadableToken, words: readonly Word[]): DeepgramWord {
  const said = words.slice(from, to);
  return {
    word: said.map((word) => word.text).join(' '),
    start: said[0]?.start ?? 0,
    end: said.at(-1)?.end ?? 0,
    confidence: meanConfidence(said),
    punctuated_word: text,
  };
}

function meanConfidence(words: readonly Word[]): number {
  const sum = words.reduce((total, { confidence }) => total + confidence, 0);
  return words.length === 0 ? 0 : Math.round((sum / words.length) * 1e4) / 1e4;
}
