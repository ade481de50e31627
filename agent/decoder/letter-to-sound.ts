import { AgentError } from '../errors.ts';
import { parseGraphone } from './graphone.ts';
import { logAdd } from './log-math.ts';
import { SPECIAL_WORDS } from './ngram-format.ts';
import { NgramModel } from './ngram-model.ts';
import { PhonemeSequences } from './phoneme-sequences.ts';

/** Beginnings of pronunciations that are kept for each number of letters read. */
const BEAM = 48;

/** A way to say a word. */
export interface Saying {
  /** Ids of the model's phoneme head. */
  readonly phonemes: readonly number[];
  /** Natural logarithm of its probability among all ways to say the word. */
  readonly logProb: number;
}

interface Option {
  readonly graphone: number;
  readonly phonemes: readonly number[];
}

/** What was read so far: the n-gram state, and how it is said. */
interface Beginning {
  readonly state: number;
  /** In `PhonemeSequences`. */
  readonly said: number;
  logProb: number;
}

/** Beginnings that have read as many letters. */
type Column = Map<string, Beginning>;

/**
 * Says how a word is spoken that no dictionary has: an n-gram model over graphones, pairs of letters and phonemes
 * (Bisani & Ney 2008, "Joint-sequence models for grapheme-to-phoneme conversion"), searched with a beam. Beginnings
 * that are said the same in the same state are added up. Immutable; for set-up, not for hot paths.
 */
export class LetterToSound {
  readonly #model: NgramModel;
  /** By the letters that they spell. */
  readonly #options = new Map<string, Option[]>();
  readonly #longest: number;

  private constructor(model: NgramModel, phonemeNames: readonly string[], source: string) {
    this.#model = model;
    const ids = new Map(phonemeNames.map((name, id) => [name, id]));
    for (let graphone = SPECIAL_WORDS.length; graphone < model.wordCount; graphone += 1) {
      const text = model.word(graphone);
      const { letters, phonemes } = parseGraphone(text) ?? fail(source, `expected graphones, got "${text}"`);
      const option = {
        graphone,
        phonemes: phonemes.map((name) => ids.get(name) ?? fail(source, `the model has no phoneme ${name}`)),
      };
      this.#options.set(letters, [...(this.#options.get(letters) ?? []), option]);
    }
    this.#longest = Math.max(...[...this.#options.keys()].map((letters) => letters.length));
  }

  /**
   * Opens the file of a model: an n-gram model (`ngram-format.ts`) whose words are graphones.
   * @param phonemeNames by id
   * @param source name of the file, for error messages
   * @throws AgentError LANGUAGE_MODEL_INVALID when the file is damaged, or not of graphones of these phonemes
   */
  static fromBuffer(
    buffer: ArrayBufferLike,
    phonemeNames: readonly string[],
    source = 'letter-to-sound',
  ): LetterToSound {
    return new LetterToSound(NgramModel.fromBuffer(buffer, source), phonemeNames, source);
  }

  /** Up to `n` ways to say a word of the letters of the model (a to z and ' in English), best first; else none. */
  pronounce(word: string, n: number): Saying[] {
    const sequences = new PhonemeSequences();
    const columns: Column[] = Array.from({ length: word.length + 1 }, () => new Map());
    columns[0]!.set('', { state: this.#model.start, said: 0, logProb: 0 });
    for (let at = 0; at < word.length; at += 1) {
      for (const beginning of bestSayings([...columns[at]!.values()], BEAM)) {
        for (let length = 1; length <= this.#longest && at + length <= word.length; length += 1) {
          const options = this.#options.get(word.slice(at, at + length)) ?? [];
          for (const option of options) {
            const said = sequences.longer(beginning.said, option.phonemes);
            this.#extend(beginning, option, said, columns[at + length]!);
          }
        }
      }
    }
    const endings = this.#endings(columns[word.length]!);
    return bestSayings(endings, n).map(({ said, logProb }) => {
      return { phonemes: sequences.phonemes(said), logProb };
    });
  }

  #extend(from: Beginning, { graphone }: Option, said: number, column: Column): void {
    const logProb = from.logProb + this.#model.score(from.state, graphone);
    const state = this.#model.next(from.state, graphone);
    const key = `${state} ${said}`;
    const known = column.get(key);
    if (known) known.logProb = logAdd(known.logProb, logProb);
    else column.set(key, { state, said, logProb });
  }

  /** How the whole word is said. */
  #endings(column: Column): Omit<Beginning, 'state'>[] {
    const endings = new Map<number, number>();
    let total = Number.NEGATIVE_INFINITY;
    for (const { state, said, logProb } of column.values()) {
      if (said === 0) continue;
      const whole = logProb + this.#model.end(state);
      total = logAdd(total, whole);
      const known = endings.get(said);
      endings.set(said, known === undefined ? whole : logAdd(known, whole));
    }
    return [...endings].map(([said, logProb]) => ({ said, logProb: logProb - total }));
  }
}

/** The `n` most probable, best first; equals keep their order. */
export function bestSayings<T extends { readonly logProb: number }>(sayings: readonly T[], n: number): T[] {
  return sayings.toSorted((a, b) => b.logProb - a.logProb).slice(0, n);
}

function fail(source: string, what: string): never {
  throw new AgentError(
    'LANGUAGE_MODEL_INVALID',
    `${source}: ${what}. Build one with scripts/lexicon/train-letter-to-sound.ts.`,
  );
}
