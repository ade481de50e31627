import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '../acoustic/bundle.ts';
import { LetterToSound } from '../decoder/letter-to-sound.ts';
import { Lexicon } from '../decoder/lexicon.ts';
import { Pronouncer } from '../decoder/pronouncer.ts';
import { TokenTable } from '../decoder/token-table.ts';
import { parseUserPronunciations, type UserPronunciations } from '../decoder/user-pronunciations.ts';
import { AgentError, type ErrorCode } from '../errors.ts';
import type { UserPronunciationsText } from './load-decoder-resources.ts';

export interface PronouncerOptions {
  /** File of the user's own pronunciations (`decoder.pronunciations`); empty: none. */
  readonly userFile: string;
  /** See `PronouncerParts`. */
  readonly normalize: (text: string) => string;
}

/**
 * What says how words are spoken, with the data of a bundle.
 * @throws AgentError MODEL_MISSING when the bundle has no lexicon or phoneme head or a file is not there;
 *   LEXICON_INVALID, LANGUAGE_MODEL_INVALID or PRONUNCIATIONS_INVALID when one is not what it should be
 */
export async function loadPronouncer(bundle: Bundle, options: PronouncerOptions): Promise<Pronouncer> {
  const { lexicon: lexiconFile, letterToSound: letterToSoundFile } = bundle.description;
  const head = bundle.heads.find(({ name }) => name === 'phonemes');
  if (lexiconFile === null || head === undefined) {
    throw new AgentError(
      'MODEL_MISSING',
      `The bundle ${bundle.folder} has no lexicon with a head "phonemes" (model.json), so it can not say how words are spoken.`,
    );
  }
  const lexiconPath = join(bundle.folder, lexiconFile);
  const lexicon = Lexicon.fromBuffer(await readBuffer(lexiconPath), lexiconPath);
  lexicon.checkTokens(TokenTable.parse(head.tokensText, { ...head, source: head.tokens }));
  return new Pronouncer({
    lexicon,
    letterToSound: await loadLetterToSound(bundle.folder, letterToSoundFile, lexicon.phonemeNames),
    user: await loadUserPronunciations(options.userFile, lexicon.phonemeNames),
    normalize: options.normalize,
  });
}

async function loadLetterToSound(
  folder: string,
  file: string | null,
  phonemeNames: readonly string[],
): Promise<LetterToSound | null> {
  if (file === null) return null;
  const path = join(folder, file);
  return LetterToSound.fromBuffer(await readBuffer(path), phonemeNames, path);
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
    throw unreadable('PRONUNCIATIONS_INVALID', `${path} (decoder.pronunciations)`, error);
  }
}

async function loadUserPronunciations(
  path: string,
  phonemeNames: readonly string[],
): Promise<UserPronunciations> {
  const user = await readUserPronunciations(path);
  return user === null ? new Map() : parseUserPronunciations(user.text, phonemeNames, path);
}

async function readBuffer(path: string): Promise<ArrayBuffer> {
  try {
    return new Uint8Array(await readFile(path)).buffer;
  } catch (error) {
    throw unreadable('MODEL_MISSING', `${path} (model.json)`, error);
  }
}

function unreadable(code: ErrorCode, file: string, cause: unknown): AgentError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new AgentError(code, `${file} can not be read (${reason}).`, { cause });
}
