import type { CompiledGraph, GrammarText, PhraseList } from '../decoder/command-graph.ts';
import type { CompiledCommands } from '../decoder/decoder-resources.ts';
import type { Pronouncer } from '../decoder/pronouncer.ts';
import { AgentError } from '../errors.ts';
import { compileGrammars, type WordTokens } from '../grammar/compile-grammar.ts';
import { compilePhrases } from '../grammar/compile-phrases.ts';
import { readGrammar } from '../grammar/read-grammar.ts';
import { LONGEST_WORD } from '../grammar/word-network.ts';
import { commandHead, commandWords, type WordResources } from './command-words.ts';

/** Letters of the words of a compilation that no dictionary has: a letter takes a third of a millisecond, a word that is known next to nothing. */
const MOST_GUESSED_LETTERS = 40_000;
/** Guessed pronunciations that are kept: a list of names that is changed is compiled again with most of its names. */
const MOST_KEPT = 10_000;

type Ways = ReturnType<WordTokens>;

interface FreshCommands extends CompiledCommands {
  readonly graph: CompiledGraph;
}

/** Compiles grammars and lists of phrases for a model. */
export class CommandCompiler {
  readonly #resources: WordResources;
  readonly #pronouncer: Pronouncer | null;
  readonly #tokensOf: WordTokens;
  /** Guessed ones, by word. */
  readonly #kept = new Map<string, Ways>();

  constructor(resources: WordResources, pronouncer: Pronouncer | null) {
    this.#resources = resources;
    this.#pronouncer = pronouncer;
    this.#tokensOf = commandWords(resources, pronouncer);
  }

  /** @throws AgentError GRAMMAR_INVALID, GRAMMAR_TOO_LARGE or GRAMMAR_WORD */
  compile(grammars: readonly GrammarText[]): FreshCommands {
    const { normalize } = this.#resources;
    const graph = compileGrammars(grammars.map(readGrammar), this.#waysOf, normalize, this.#checkWords);
    return { graph, head: this.#head };
  }

  /** @throws AgentError GRAMMAR_INVALID or GRAMMAR_TOO_LARGE */
  compilePhrases(list: PhraseList): FreshCommands {
    const { heads, normalize } = this.#resources;
    const checkWords = this.#checkWords;
    const graph = compilePhrases(list, this.#waysOf, heads.get(this.#head)!, { normalize, checkWords });
    return { graph, head: this.#head };
  }

  #checkWords = (words: readonly string[]): void => {
    const guessed = words.filter((word) => this.#isGuessed(word));
    const letters = guessed.reduce((sum, { length }) => sum + length, 0);
    if (letters <= MOST_GUESSED_LETTERS) return;
    throw new AgentError(
      'GRAMMAR_TOO_LARGE',
      `the words that no dictionary has, such as "${guessed[0]}", have ${letters} letters; expected at most ${MOST_GUESSED_LETTERS}: ` +
        'make lists of names shorter, or write how names are said into decoder.pronunciations',
    );
  };

  #waysOf: WordTokens = (word) => {
    if (word.length > LONGEST_WORD) return [];
    return this.#isGuessed(word) ? this.#guessed(word) : this.#tokensOf(word);
  };

  /** Whether the letter-to-sound model has to say how a word is spoken. */
  #isGuessed(word: string): boolean {
    return word.length <= LONGEST_WORD && this.#pronouncer !== null && !this.#pronouncer.knows(word);
  }

  #guessed(word: string): Ways {
    const ways = this.#kept.get(word) ?? this.#tokensOf(word);
    this.#kept.delete(word);
    this.#kept.set(word, ways);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? word);
    return ways;
  }

  get #head(): string {
    return commandHead(this.#resources, this.#pronouncer);
  }
}
