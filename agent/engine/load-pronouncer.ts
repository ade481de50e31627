import { readFile } from 'node:fs/promises';
import type { Bundle } from '../acoustic/bundle.ts';
import { Lexicon } from '../decoder/lexicon.ts';
import type { Pronouncer } from '../decoder/pronouncer.ts';
import { AgentError } from '../errors.ts';
import { createPronouncer, type UserPronunciationsText } from './create-pronouncer.ts';
import { openDecoderFile, PHONEME_HEAD, tokenTable } from './load-decoder-resources.ts';

/**
 * What says how words are spoken, with the data of a bundle.
 * @param userFile file of the user's own pronunciations (`decoder.pronunciations`); empty: none
 * @throws AgentError MODEL_MISSING when the bundle has no lexicon or phoneme head; LEXICON_INVALID,
 *   LANGUAGE_MODEL_INVALID or PRONUNCIATIONS_INVALID when a file is not what it should be
 */
export async function loadPronouncer(bundle: Bundle, userFile: string): Promise<Pronouncer> {
  const lexicon = openDecoderFile(bundle.lexicon, Lexicon);
  const head = bundle.heads.find(({ name }) => name === PHONEME_HEAD);
  if (lexicon === null || head === undefined) {
    throw new AgentError(
      'MODEL_MISSING',
      `The bundle ${bundle.folder} has no lexicon with a head "phonemes" (model.json), so it can not say how words are spoken.`,
    );
  }
  lexicon.checkTokens(tokenTable(head));
  return createPronouncer(lexicon, bundle, await readUserPronunciations(userFile));
}

/**
 * Reads the user's own pronunciations (`decoder.pronunciations`); `null` for an empty path.
 * @throws AgentError PRONUNCIATIONS_INVALID when the file can not be read
 */
export async function readUserPronunciations(path: string): Promise<UserPronunciationsText | null> {
  if (path === '') return null;
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): AgentError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const message = `${path} (decoder.pronunciations) can not be read (${reason}).`;
  return new AgentError('PRONUNCIATIONS_INVALID', message, { cause });
}
