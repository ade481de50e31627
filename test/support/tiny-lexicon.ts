import { Lexicon } from '../../agent/decoder/lexicon.ts';
import { encodeLexicon } from '../../scripts/lexicon/lexicon-file.ts';

const NAMES = '<blank> AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH';

/** Phonemes of English by id, as in the tokens files of the bundles. */
export const PHONEME_NAMES: readonly string[] = `${NAMES} T TH UH UW V W Y Z ZH`.split(' ');

/** The file of a lexicon in the style of CMUdict: a word and its phonemes a line, words may repeat. */
export function lexiconFile(text: string, names = PHONEME_NAMES): ArrayBuffer {
  const words = new Map<string, string[][]>();
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const [word, ...phonemes] = line.trim().split(/\s+/);
    words.set(word!, [...(words.get(word!) ?? []), phonemes]);
  }
  return encodeLexicon(words, names);
}

/** A lexicon of the words in `text` (see `lexiconFile`). */
export function tinyLexicon(text: string, names = PHONEME_NAMES): Lexicon {
  return Lexicon.fromBuffer(lexiconFile(text, names));
}
