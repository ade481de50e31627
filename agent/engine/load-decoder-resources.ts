import type { Bundle, DecoderFile, Head } from '../acoustic/bundle.ts';
import type { DecoderResources } from '../decoder/decoder-resources.ts';
import { Lexicon } from '../decoder/lexicon.ts';
import { LexiconTree, type LexiconTreeArrays } from '../decoder/lexicon-tree.ts';
import { buildLexiconTree } from '../decoder/lexicon-tree-builder.ts';
import { NgramModel } from '../decoder/ngram-model.ts';
import { TokenTable } from '../decoder/token-table.ts';
import { WordSpellings } from '../decoder/word-spellings.ts';
import { normalizerOf } from '../evaluation/language-rules.ts';
import { CommandCompiler } from './command-compiler.ts';
import { phraseSayings, spelledWords } from './command-words.ts';
import { createPronouncer, type UserPronunciationsText } from './create-pronouncer.ts';
import { SettingsCompiler } from './settings-compiler.ts';

/** Name of the head that the lexicons of bundles are written for. */
export const PHONEME_HEAD = 'phonemes';

/**
 * The lexicon of a bundle as a tree in shared memory, to be built once for all workers; null unless the bundle has a
 * lexicon, a language model and a head of phonemes.
 * @throws AgentError LANGUAGE_MODEL_INVALID or LEXICON_INVALID
 */
export function shareLexiconTree(bundle: Bundle): LexiconTreeArrays | null {
  const languageModel = openDecoderFile(bundle.languageModel, NgramModel);
  const lexicon = openDecoderFile(bundle.lexicon, Lexicon);
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
    normalize: normalizerOf(bundle.description.language),
    spellingHead: bundle.description.decoder.head,
    languageModel: openDecoderFile(bundle.languageModel, NgramModel),
    lexicon: openDecoderFile(bundle.lexicon, Lexicon),
    pronunciations,
  };
  const spelling = heads.get(resources.spellingHead)!;
  const wordSpellings =
    resources.lexicon === null || spelling.wordBoundary === null
      ? null
      : new WordSpellings(resources.lexicon.size, spelling);
  const pronouncer = resources.lexicon && createPronouncer(resources.lexicon, bundle, user);
  const compiler = new CommandCompiler(resources, pronouncer);
  return {
    ...resources,
    wordSpellings,
    compileCommands: (grammars) => compiler.compile(grammars),
    compilePhrases: (list) => compiler.compilePhrases(list),
    phrases: phraseSayings(resources, pronouncer),
    spelledWords: spelledWords(resources),
  };
}

/**
 * What compiles the texts of settings for a bundle's model, without what else decoders need.
 * @throws AgentError as `loadDecoderResources`
 */
export function loadSettingsCompiler(bundle: Bundle, user: UserPronunciationsText | null): SettingsCompiler {
  const resources = {
    heads: new Map(bundle.heads.map((head) => [head.name, tokenTable(head)])),
    normalize: normalizerOf(bundle.description.language),
    spellingHead: bundle.description.decoder.head,
  };
  const lexicon = openDecoderFile(bundle.lexicon, Lexicon);
  return new SettingsCompiler(resources, lexicon && createPronouncer(lexicon, bundle, user));
}

interface DecoderFileReader<T> {
  fromBuffer(buffer: ArrayBufferLike, source: string): T;
}

/** Opens a file of a bundle where it lies; null: the bundle has none. */
export function openDecoderFile<T>(file: DecoderFile | null, reader: DecoderFileReader<T>): T | null {
  return file === null ? null : reader.fromBuffer(file.bytes, file.path);
}

/** The tokens of a head. @throws AgentError MODEL_INVALID */
export function tokenTable({ tokensText, blank, wordBoundary, tokens }: Head): TokenTable {
  return TokenTable.parse(tokensText, { blank, wordBoundary, source: tokens });
}
