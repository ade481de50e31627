/** A word or phrase that is likelier to be said than the language model knows: a name, a term, a product. */
export interface Hotword {
  /** As people write it: one word or some, in the language of the model. */
  readonly text: string;
  /** Natural log added to the score of each of its words, 0 or more; the configuration's unless given. */
  readonly boost?: number;
}

/** A word of a phrase, and how it is said. */
export interface SpokenWord {
  /** As the lexicon would spell it. */
  readonly text: string;
  /** Ways to say it, in tokens of a head of the model, the likeliest first; none when it can not be said. */
  readonly sayings: readonly (readonly number[])[];
}

/** A hotword as a search listens for it. */
export interface SpokenHotword {
  /** At least one; each has at least one saying. */
  readonly words: readonly SpokenWord[];
  readonly boost: number;
}

/** A hotword as configurations and command lines write it: the text alone, or `TEXT:BOOST`. */
export function parseHotword(written: string): Hotword {
  const [, text, boost] = /^(.*):(\d+(?:\.\d+)?)$/s.exec(written) ?? [];
  return text === undefined ? { text: written } : { text, boost: Number(boost) };
}
