import type { CommandGraph, GrammarText, PhraseList } from '../decoder/command-graph.ts';
import type { CompiledCommands } from '../decoder/decoder-resources.ts';
import type { Pronouncer } from '../decoder/pronouncer.ts';
import { compileGrammars, type WordTokens } from '../grammar/compile-grammar.ts';
import { compilePhrases } from '../grammar/compile-phrases.ts';
import { readGrammar } from '../grammar/read-grammar.ts';
import { commandHead, commandWords, type WordResources } from './command-words.ts';

/** Grammars kept compiled in a worker: streams that ask for the same share one graph. */
const MOST_KEPT = 8;

/**
 * Compiles grammars for a model and keeps the last ones. The streams of a worker wait while it compiles: some
 * milliseconds for a usual grammar, half a second for ten thousand sentences.
 */
export class CommandCompiler {
  readonly #resources: WordResources;
  readonly #pronouncer: Pronouncer | null;
  /** By names and texts, the one used longest ago first. */
  readonly #kept = new Map<string, CompiledCommands>();

  constructor(resources: WordResources, pronouncer: Pronouncer | null) {
    this.#resources = resources;
    this.#pronouncer = pronouncer;
  }

  /** @throws AgentError GRAMMAR_INVALID, GRAMMAR_TOO_LARGE or GRAMMAR_WORD */
  compile(grammars: readonly GrammarText[]): CompiledCommands {
    const key = JSON.stringify(grammars.map(({ name, text }) => [name, text]));
    const { normalize } = this.#resources;
    return this.#keep(key, (wordTokens) => compileGrammars(grammars.map(readGrammar), wordTokens, normalize));
  }

  /** @throws AgentError GRAMMAR_INVALID or GRAMMAR_TOO_LARGE */
  compilePhrases(list: PhraseList): CompiledCommands {
    const { heads, normalize } = this.#resources;
    const tokens = heads.get(this.#head)!;
    const key = JSON.stringify({ unknown: list.unknown, phrases: list.phrases });
    return this.#keep(key, (wordTokens) => compilePhrases(list, wordTokens, tokens, { normalize }));
  }

  #keep(key: string, compile: (wordTokens: WordTokens) => CommandGraph): CompiledCommands {
    const compiled = this.#kept.get(key) ?? this.#compiled(compile);
    this.#kept.delete(key);
    this.#kept.set(key, compiled);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? key);
    return compiled;
  }

  #compiled(compile: (wordTokens: WordTokens) => CommandGraph): CompiledCommands {
    return { graph: compile(commandWords(this.#resources, this.#pronouncer)), head: this.#head };
  }

  get #head(): string {
    return commandHead(this.#resources, this.#pronouncer);
  }
}
