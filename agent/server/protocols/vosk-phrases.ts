import type { StreamOptions } from '../../engine/speech-engine.ts';
import type { Alternative, Final, Word } from '../../transcript/transcript-event.ts';

/** In a list of phrases and in texts: whatever is none of them. */
const UNKNOWN = '[unk]';

/** What a client's list of phrases confines a stream to. */
export class VoskPhrases {
  readonly #phrases: readonly string[];
  readonly #hasUnknown: boolean;

  /** @param list empty: nothing is confined */
  constructor(list: readonly string[]) {
    this.#hasUnknown = list.some((phrase) => phrase.split(/\s+/).includes(UNKNOWN));
    this.#phrases = list.map((phrase) => phrase.replaceAll(UNKNOWN, ' ').trim()).filter(Boolean);
  }

  /** The task of a stream. */
  get options(): Pick<StreamOptions, 'task'> {
    if (this.#phrases.length === 0 && !this.#hasUnknown) return {};
    return {
      task: { type: 'phrases', phrases: this.#phrases, unknown: this.#hasUnknown ? UNKNOWN : null },
    };
  }

  /** The final as Vosk would say it: one mark for all that is unknown in one place, and for speech that was refused. */
  final(event: Final): Final {
    if (!this.#hasUnknown) return event;
    const { start, end } = event;
    const refused: readonly Word[] = [{ text: UNKNOWN, start, end, confidence: 0 }];
    const best = marked(event.refusal === undefined ? event : { ...event, words: refused });
    const others = event.alternatives?.map(marked);
    if (others === undefined) return best;
    const texts = [best, ...others].map(({ text }) => text);
    return { ...best, alternatives: others.filter(({ text }, index) => texts.indexOf(text) === index + 1) };
  }

  partial(text: string): string {
    return text.replaceAll(REPEATED, UNKNOWN);
  }
}

const REPEATED = /\[unk\](?: \[unk\])+/g;

function marked<Reading extends Alternative>(reading: Reading): Reading {
  const words = joined(reading.words);
  return { ...reading, words, text: words.map(({ text }) => text).join(' ') };
}

function joined(words: readonly Word[]): readonly Word[] {
  const all: Word[] = [];
  for (const word of words) {
    const before = all.at(-1);
    if (word.text !== UNKNOWN || before?.text !== UNKNOWN) all.push(word);
    else {
      const confidence = Math.min(before.confidence, word.confidence);
      all[all.length - 1] = { ...before, end: word.end, confidence };
    }
  }
  return all;
}
