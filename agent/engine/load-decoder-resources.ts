import type { Bundle, DecoderFile, Head } from '../acoustic/bundle.ts';
import type { DecoderResources } from '../decoder/decoder-resources.ts';
import { LetterToSound } from '../decoder/letter-to-sound.ts';
import { Lexicon } from '../decoder/lexicon.ts';
import { LexiconTree, type LexiconTreeArrays } from '../decoder/lexicon-tree.ts';
import { buildLexiconTree } from '../decoder/lexicon-tree-builder.ts';
import { NgramModel } from '../decoder/ngram-model.ts';
import { Pronouncer } from '../decoder/pronouncer.ts';
import { TokenTable } from '../decoder/token-table.ts';
import { parseUserPronunciations } from '../decoder/user-pronunciations.ts';
import { normalizeText } from '../evaluation/text-normalization.ts';
import { CommandCompiler } from './command-compiler.ts';

/** The user's own pronunciations: the text of a file, and its name for messages. */
export interface UserPronunciationsText {
  readonly path: string;
  readonly text: string;
}

/** Name of the head that the lexicons of bundles are written for. */
const PHONEME_HEAD = 'phonemes';

/**
 * The lexicon of a bundle as a tree in shared memory, to be built once for all workers; null unless the bundle has a
 * lexicon, a language model and a head of phonemes.
 * @throws AgentError LANGUAGE_MODEL_INVALID or LEXICON_INVALID
 */
export function shareLexiconTree(bundle: Bundle): LexiconTreeArrays | null {
  const languageModel = open(bundle.languageModel, NgramModel);
  const lexicon = open(bundle.lexicon, Lexicon);
  const head = bundle.heads.find(({ name }) => name === PHONEME_HEAD);
  if (languageModel === null || lexicon === null || head === undefined) return null;
  lexicon.checkTokens(tokenTable(head));
  return buildLexiconTree(lexicon, languageModel);
}

/**
 * What the decoders of a bundle's model share. The language model and the lexicon are used where they lie.
 * @param treeArrays what `shareLexiconTree` made of the bundle
 * @throws AgentError MODEL_INVALID, LANGUAGE_MODEL_INVALID, LEXICON_INVALID or PRONUNCIATIONS_INVALID when a file is not
 *   what it should be
 */
export function loadDecoderResources(
  bundle: Bundle,
  treeArrays: LexiconTreeArrays | null,
  user: UserPronunciationsText | null = null,
): DecoderResources {
  const heads = new Map(bundle.heads.map((head) => [head.name, tokenTable(head)]));
  const pronunciations = treeArrays && {
    tree: new LexiconTree(treeArrays, heads.get(PHONEME_HEAD)!.size),
    head: PHONEME_HEAD,
  };
  const resources = {
    heads,
    spellingHead: bundle.description.decoder.head,
    languageModel: open(bundle.languageModel, NgramModel),
    lexicon: open(bundle.lexicon, Lexicon),
    pronunciations,
  };
  const pronouncer = resources.lexicon && pronouncerOf(resources.lexicon, bundle.letterToSound, user);
  const compiler = new CommandCompiler(resources, pronouncer);
  return { ...resources, compileCommands: (grammars) => compiler.compile(grammars) };
}

function pronouncerOf(
  lexicon: Lexicon,
  letterToSound: DecoderFile | null,
  user: UserPronunciationsText | null,
): Pronouncer {
  const { phonemeNames } = lexicon;
  return new Pronouncer({
    lexicon,
    letterToSound:
      letterToSound && LetterToSound.fromBuffer(letterToSound.bytes, phonemeNames, letterToSound.path),
    user: user ? parseUserPronunciations(user.text, phonemeNames, user.path) : new Map(),
    normalize: normalizeText,
  });
}

interface DecoderFileReader<T> {
  fromBuffer(buffer: ArrayBufferLike, source: string): T;
}

function open<T>(file: DecoderFile | null, reader: DecoderFileReader<T>): T | null {
  return file === null ? null : reader.fromBuffer(file.bytes, file.path);
}

function tokenTable({ tokensText, blank, wordBoundary, tokens }: Head): TokenTable {
  return TokenTable.parse(tokensText, { blank, wordBoundary, source: tokens });
}
