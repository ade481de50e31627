import type { CompiledGraph } from '../decoder/command-graph.ts';
import { AgentError } from '../errors.ts';
import { normalizeText } from '../evaluation/text-normalization.ts';
import { CommandGraphBuilder, type GraphLimits } from './command-graph-builder.ts';
import { expandGrammars } from './expand.ts';
import type { Grammar } from './template.ts';
import { type WordNetwork, wordNetwork } from './word-network.ts';

/**
 * The ways to say a word, in tokens of the model's head that hears commands: pronunciations, or its spelling.
 * Nothing when the tokens can not say it.
 */
export type WordTokens = (word: string) => readonly (readonly number[])[];

/** Largest expansion: more does not compile in a second. */
const MOST_ARCS = 400_000;
/** Times that: a sentence that is written out has two or three ways for each of its words. */
const MOST_WAYS_AN_ARC = 2;
/** Largest graph: some 50 MB. */
export const GRAPH_LIMITS: GraphLimits = {
  maxNodes: 500_000,
  maxEnds: 1_000_000,
  maxActionText: 8_000_000,
};

/**
 * Compiles grammars, all of them active together, to the graph that the search runs on. `normalize`: the text rules of
 * their language. `checkWords` sees all words before any of them is said.
 * @throws AgentError GRAMMAR_INVALID, GRAMMAR_TOO_LARGE; GRAMMAR_WORD when the tokens can not say a word
 */
export function compileGrammars(
  grammars: readonly Grammar[],
  tokensOf: WordTokens,
  normalize = normalizeText,
  checkWords: (words: readonly string[]) => void = () => {},
): CompiledGraph {
  const network = networkOf(grammars, normalize);
  const words = wordsOf(network);
  checkWords(words);
  const intents = grammars.flatMap(({ name, groups }) =>
    groups.map(({ intent, slots }) => ({ name: intent, grammar: name, slots })),
  );
  const spoken = new Map<string, readonly (readonly number[])[]>();
  for (const word of words)
    spoken.set(
      word,
      tokensOf(word).filter((tokens) => tokens.length > 0),
    );
  const unspoken = [...spoken].filter(([, ways]) => ways.length === 0).map(([word]) => word);
  if (unspoken.length > 0) {
    throw new AgentError(
      'GRAMMAR_WORD',
      `the model's tokens can not say ${unspoken
        .slice(0, 10)
        .map((word) => `"${word}"`)
        .join(', ')}` +
        `${unspoken.length > 10 ? ` and ${unspoken.length - 10} more words` : ''}; expected words it can spell or pronounce`,
      { fields: { words: unspoken.slice(0, 10) } },
    );
  }
  return new CommandGraphBuilder(network, spoken, GRAPH_LIMITS).build(intents);
}

/** The sentences of grammars as a graph of words; `normalize`: the text rules of their language. */
export function networkOf(grammars: readonly Grammar[], normalize = normalizeText): WordNetwork {
  if (grammars.length === 0)
    throw new AgentError('GRAMMAR_INVALID', 'expected at least one grammar, got none');
  return wordNetwork(expandGrammars(grammars, { maxArcs: MOST_ARCS }), {
    maxArcs: MOST_ARCS * MOST_WAYS_AN_ARC,
    normalize,
  });
}

/** All words of the network, sorted. */
export function wordsOf(network: WordNetwork): string[] {
  return [...new Set(network.nodes.flatMap(({ arcs }) => arcs.map(({ word }) => word)))].sort();
}
