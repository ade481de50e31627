import type { LetterNames } from './letter-names.ts';
import { bestSayings, type LetterToSound, type Saying } from './letter-to-sound.ts';
import type { Lexicon } from './lexicon.ts';
import { RecentlyUsed } from './recently-used.ts';
import type { UserPronunciations } from './user-pronunciations.ts';

/**
 * Where a pronunciation is from: the user's list, the lexicon, the names of the letters, or the letter-to-sound
 * model. Of several words, the least certain counts: the last in this order.
 */
export const PRONUNCIATION_SOURCES = ['user', 'lexicon', 'letters', 'letter-to-sound'] as const;
export type PronunciationSource = (typeof PRONUNCIATION_SOURCES)[number];

export interface Pronunciation extends Saying {
  readonly source: PronunciationSource;
}

export interface PronouncerParts {
  readonly lexicon: Lexicon;
  readonly letterToSound: LetterToSound | null;
  readonly user: UserPronunciations;
  /** Brings a text into the spelling of the lexicon: `3` three, lower case, words one space apart. */
  readonly normalize: (text: string) => string;
  readonly letterNames: LetterNames;
}

/** Ways to say one word that are looked at when several words are joined. */
const WAYS_PER_WORD = 8;
/** Words read by the letter-to-sound model that are kept: a list of names comes again with most of its names. */
const MOST_READ = 10_000;
const SILENT = { phonemes: [], logProb: 0, source: 'user' } as const;

/**
 * Says how a word or name is spoken, as people write it: `Siobhan`, `mp3`, `TV`, `o'clock`. First come the user's own
 * pronunciations, then the lexicon; what neither has is spelled when it can not be read (no vowel), else read by the
 * letter-to-sound model, and when it is written in capitals both are given.
 */
export class Pronouncer {
  readonly #parts: PronouncerParts;
  readonly #ids: ReadonlyMap<string, number>;
  /** By word. */
  readonly #read = new RecentlyUsed<readonly Saying[]>(MOST_READ);

  constructor(parts: PronouncerParts) {
    this.#parts = parts;
    this.#ids = new Map(parts.lexicon.phonemeNames.map((name, id) => [name, id]));
  }

  /** Up to `n` ways to say `text`, most probable first; none when there is nothing in it that can be said. */
  pronounce(text: string, n: number): Pronunciation[] {
    const own = this.#user(text.trim().toLowerCase());
    if (own) return own.slice(0, n);
    const words = this.#parts.normalize(text).split(' ').filter(Boolean);
    const capitals = words.length === 1 && /^\p{Lu}{2,}$/u.test(text.trim());
    let sayings: Pronunciation[] = words.length > 0 ? [SILENT] : [];
    for (const word of words) {
      const ways = this.#word(word, capitals).slice(0, WAYS_PER_WORD);
      sayings = bestSayings(
        sayings.flatMap((before) => ways.map((way) => joined(before, way))),
        Math.max(n, WAYS_PER_WORD),
      );
    }
    return sayings.slice(0, n);
  }

  /** Whether the user's own pronunciations or the lexicon have a word, or the one that its `'s` is behind: how others are said takes long to find. */
  knows(word: string): boolean {
    const base = word.endsWith("'s") ? word.slice(0, -2) : word;
    return [word, base].some((each) => this.#parts.user.has(each) || this.#parts.lexicon.lookup(each) >= 0);
  }

  /** The names of phonemes, one space apart. */
  phonemeText(phonemes: readonly number[]): string {
    return phonemes.map((id) => this.#parts.lexicon.phonemeNames[id]).join(' ');
  }

  #word(word: string, capitals: boolean): Pronunciation[] {
    return this.#known(word) ?? this.#possessive(word, capitals) ?? this.#guessed(word, capitals);
  }

  #known(word: string): Pronunciation[] | undefined {
    return this.#user(word) ?? this.#lexicon(word);
  }

  #user(word: string): Pronunciation[] | undefined {
    const sayings = this.#parts.user.get(word);
    return sayings && equallyProbable(sayings, 'user');
  }

  #lexicon(word: string): Pronunciation[] | undefined {
    const index = this.#parts.lexicon.lookup(word);
    if (index < 0) return undefined;
    const ways = this.#parts.lexicon.pronunciations(index);
    const others = this.#letterNames(word).filter((name) => !ways.some((way) => way.join() === name.join()));
    return equallyProbable([...ways, ...others], 'lexicon');
  }

  /** `'s` after a word that is known or spelled sounds as its last phoneme asks. */
  #possessive(word: string, capitals: boolean): Pronunciation[] | undefined {
    if (!word.endsWith("'s")) return undefined;
    const base = word.slice(0, -2);
    const ways = this.#known(base) ?? (isReadable(base) ? undefined : this.#guessed(base, capitals));
    return ways?.map((way) => ({
      ...way,
      phonemes: [...way.phonemes, ...this.#coded(endingOf(this.#lastName(way)))],
    }));
  }

  #lastName({ phonemes }: Saying): string {
    return this.#parts.lexicon.phonemeNames[phonemes.at(-1) ?? 0]!;
  }

  #guessed(word: string, capitals: boolean): Pronunciation[] {
    const spelled = this.#spelled(word);
    const letters = equallyProbable(spelled.length > 0 ? [spelled] : [], 'letters');
    if (!isReadable(word)) return letters;
    const read = this.#readings(word).map(
      (saying): Pronunciation => ({ ...saying, source: 'letter-to-sound' }),
    );
    if (read.length === 0) return letters;
    if (!capitals) return read;
    const halved = [...letters, ...read].map((way) => ({ ...way, logProb: way.logProb - Math.LN2 }));
    return bestSayings(halved, halved.length);
  }

  #readings(word: string): readonly Saying[] {
    const known = this.#read.get(word);
    if (known !== undefined) return known;
    const sayings = this.#parts.letterToSound?.pronounce(word, WAYS_PER_WORD) ?? [];
    this.#read.set(word, sayings);
    return sayings;
  }

  /** All that a letter is called: `z` zee and zed; nothing for other words. */
  #letterNames(word: string): number[][] {
    return (this.#parts.letterNames.get(word) ?? []).map((name) => this.#coded(name));
  }

  /** The names of the letters, accents apart. */
  #spelled(word: string): number[] {
    const letters = [...word.normalize('NFD')];
    return this.#coded(letters.map((letter) => this.#parts.letterNames.get(letter)?.[0] ?? '').join(' '));
  }

  #coded(names: string): number[] {
    return names.split(' ').flatMap((name) => this.#ids.get(name) ?? []);
  }
}

function isReadable(word: string): boolean {
  return /[aeiouy]/.test(word.normalize('NFD'));
}

/** How a possessive `'s` is said after a phoneme. */
function endingOf(last: string): string {
  if (/^(S|Z|SH|ZH|CH|JH)$/.test(last)) return 'AH Z';
  return /^(P|T|K|F|TH)$/.test(last) ? 'S' : 'Z';
}

function equallyProbable(
  sayings: readonly (readonly number[])[],
  source: PronunciationSource,
): Pronunciation[] {
  return sayings.map((phonemes) => ({ phonemes, logProb: -Math.log(sayings.length), source }));
}

function joined(before: Pronunciation, after: Pronunciation): Pronunciation {
  const rank = Math.max(
    PRONUNCIATION_SOURCES.indexOf(before.source),
    PRONUNCIATION_SOURCES.indexOf(after.source),
  );
  return {
    phonemes: [...before.phonemes, ...after.phonemes],
    logProb: before.logProb + after.logProb,
    source: PRONUNCIATION_SOURCES[rank]!,
  };
}
