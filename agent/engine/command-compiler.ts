import type { CompiledGraph, GrammarText, PhraseList } from '../decoder/command-graph.ts';
import type { CompiledCommands } from '../decoder/decoder-resources.ts';
import type { Pronouncer } from '../decoder/pronouncer.ts';
import { compileGrammars, type WordTokens } from '../grammar/compile-grammar.ts';
import { compilePhrases } from '../grammar/compile-phrases.ts';
import { readGrammar } from '../grammar/read-grammar.ts';
import { LONGEST_WORD } from '../grammar/word-network.ts';
import { commandHead, commandWords, type WordResources } from './command-words.ts';
import { checkGuesses } from './guess-limit.ts';

export interface FreshCommands extends CompiledCommands {
  readonly graph: CompiledGraph;
}

/** Compiles grammars and lists of phrases for a model. */
export class CommandCompiler {
  readonly #resources: WordResources;
  readonly #pronouncer: Pronouncer | null;
  readonly #tokensOf: WordTokens;

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
    checkGuesses(words.filter(isSayable), this.#pronouncer, 'GRAMMAR_TOO_LARGE');
  };

  #waysOf: WordTokens = (word) => (isSayable(word) ? this.#tokensOf(word) : []);

  get #head(): string {
    return commandHead(this.#resources, this.#pronouncer);
  }
}

function isSayable({ length }: string): boolean {
  return length <= LONGEST_WORD;
}
