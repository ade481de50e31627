import type { CompiledGraph } from '../../agent/decoder/command-graph.ts';
import { compileGrammars, networkOf, type WordTokens } from '../../agent/grammar/compile-grammar.ts';
import { readGrammar } from '../../agent/grammar/read-grammar.ts';
import type { WordNetwork } from '../../agent/grammar/word-network.ts';

/** Letters as tokens: 0 is the blank, `a` is 1. */
export const letterTokens: WordTokens = (word) => [[...word].map((letter) => letter.charCodeAt(0) - 96)];

/** Tokens of `letterTokens`: the blank and a to z. */
export const LETTERS = { blank: 0, size: 27 };

export function networkFrom(text: string, name = 'test'): WordNetwork {
  return networkOf([readGrammar({ name, text })]);
}

export function graphFrom(text: string, tokensOf: WordTokens = letterTokens): CompiledGraph {
  return compileGrammars([readGrammar({ name: 'test', text })], tokensOf);
}

/** All sentences of a network, each as often as there are ways to it, sorted. */
export function allSentences({ nodes, start }: WordNetwork): string[] {
  const from = (node: number): string[][] => {
    const { arcs, isFinal } = nodes[node]!;
    const longer = arcs.flatMap(({ word, target }) => from(target).map((rest) => [word, ...rest]));
    return isFinal ? [[], ...longer] : longer;
  };
  return from(start)
    .map((words) => words.join(' '))
    .sort();
}
