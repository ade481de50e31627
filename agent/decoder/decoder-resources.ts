import type { CommandGraph, GrammarText, PhraseList } from './command-graph.ts';
import type { SpokenWord } from './hotword.ts';
import type { Lexicon } from './lexicon.ts';
import type { LexiconTree } from './lexicon-tree.ts';
import type { NgramModel } from './ngram-model.ts';
import type { TokenTable } from './token-table.ts';
import type { WordSpellings } from './word-spellings.ts';

/** Grammars as the search for commands needs them. */
export interface CompiledCommands {
  readonly graph: CommandGraph;
  /** The head of the model whose tokens the graph is made of. */
  readonly head: string;
}

/** How phrases that are listened for by name are said. */
export interface PhraseSayings {
  /** The head of the model whose tokens the sayings are made of. */
  readonly head: string;
  /** Ways to say `text`, the likeliest first; none when there is nothing in it that can be said. */
  readonly sayings: (text: string) => readonly (readonly number[])[];
  /** The words of `text`, and how each is said. */
  readonly words: (text: string) => readonly SpokenWord[];
  /**
   * `text` in tokens of the spelling head, without a mark before its first word; null where that head can not spell it or is
   * the one that the sayings are made of.
   */
  readonly spelling: (text: string) => readonly number[] | null;
}

/** What all decoders of a model share. Immutable. */
export interface DecoderResources {
  /** Tokens of each output of the model, by the name of the head. */
  readonly heads: ReadonlyMap<string, TokenTable>;
  /** Brings a text into the words that the model spells: the text rules of its language. */
  readonly normalize: (text: string) => string;
  /** The head whose tokens spell the words of searches that know no words. */
  readonly spellingHead: string;
  /** The language model of the bundle, if it has one. */
  readonly languageModel: NgramModel | null;
  /** The pronunciations of the bundle, if it has some. */
  readonly lexicon: Lexicon | null;
  /** The lexicon as a tree, and the head whose tokens are its phonemes; null without lexicon or language model. */
  readonly pronunciations: { readonly tree: LexiconTree; readonly head: string } | null;
  /** The words of the lexicon as `spellingHead` spells them; null where it spells none, or there is no lexicon. */
  readonly wordSpellings: WordSpellings | null;
  /**
   * Compiles grammars. This and what `phrases` does takes long; for whom it is done already: `DecoderOptions.compiled`.
   * @throws AgentError GRAMMAR_INVALID, GRAMMAR_TOO_LARGE or GRAMMAR_WORD
   */
  readonly compileCommands: (grammars: readonly GrammarText[]) => CompiledCommands;
  /**
   * The same for a list of phrases.
   * @throws AgentError GRAMMAR_INVALID or GRAMMAR_TOO_LARGE
   */
  readonly compilePhrases: (list: PhraseList) => CompiledCommands;
  readonly phrases: PhraseSayings;
  /** The words of a text, and how each is spelled in tokens of `spellingHead`, the mark that begins a word first. */
  readonly spelledWords: (text: string) => readonly SpokenWord[];
}
