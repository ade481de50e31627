import type { Bundle } from '../acoustic/bundle.ts';
import { letterNamesOf } from '../decoder/letter-names.ts';
import { LetterToSound } from '../decoder/letter-to-sound.ts';
import type { Lexicon } from '../decoder/lexicon.ts';
import { Pronouncer } from '../decoder/pronouncer.ts';
import { parseUserPronunciations } from '../decoder/user-pronunciations.ts';
import { normalizerOf } from '../evaluation/language-rules.ts';

/** The user's own pronunciations: the text of a file, and its name for messages. */
export interface UserPronunciationsText {
  readonly path: string;
  readonly text: string;
}

/**
 * What says how words are spoken, from the user's own words, the lexicon and the letter-to-sound model of a bundle, by the
 * text rules of its language.
 * @throws AgentError LANGUAGE_MODEL_INVALID or PRONUNCIATIONS_INVALID when one is not what it should be
 */
export function createPronouncer(
  lexicon: Lexicon,
  { description, letterToSound }: Pick<Bundle, 'description' | 'letterToSound'>,
  user: UserPronunciationsText | null,
): Pronouncer {
  const { phonemeNames } = lexicon;
  return new Pronouncer({
    lexicon,
    letterToSound:
      letterToSound && LetterToSound.fromBuffer(letterToSound.bytes, phonemeNames, letterToSound.path),
    user: user ? parseUserPronunciations(user.text, phonemeNames, user.path) : new Map(),
    normalize: normalizerOf(description.language),
    letterNames: letterNamesOf(description.language),
  });
}
