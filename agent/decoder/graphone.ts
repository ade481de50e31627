/** A piece of a word: letters with the phonemes that they stand for, as in the n-gram models of letter-to-sound. */
export interface Graphone {
  readonly letters: string;
  /** Names; none for a silent letter. */
  readonly phonemes: readonly string[];
}

/** `ph|F`, `x|K_S`, `e|`: the word that stands for a graphone in an n-gram model. */
export function graphoneText({ letters, phonemes }: Graphone): string {
  return `${letters}|${phonemes.join('_')}`;
}

/** The graphone of a text made by `graphoneText`; `null` for any other text. */
export function parseGraphone(text: string): Graphone | null {
  const [, letters, phonemes] = /^([^|_]+)\|([^|]*)$/.exec(text) ?? [];
  if (letters === undefined || phonemes === undefined) return null;
  return { letters, phonemes: phonemes === '' ? [] : phonemes.split('_') };
}
