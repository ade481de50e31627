import type { CompiledGraph, PhraseList } from '../decoder/command-graph.ts';
import { AgentError } from '../errors.ts';
import { normalizeText } from '../evaluation/text-normalization.ts';
import { CommandGraphBuilder } from './command-graph-builder.ts';
import { GRAPH_LIMITS, type WordTokens } from './compile-grammar.ts';
import { PHRASE_WEIGHTS, type PhraseWeights, phraseNetwork } from './phrase-network.ts';

export interface PhraseCompilation {
  /** The text rules of the phrases' language; those of English unless given. */
  readonly normalize?: (text: string) => string;
  readonly weights?: PhraseWeights;
  /** Sees all words before any of them is said. */
  readonly checkWords?: (words: readonly string[]) => void;
}

/**
 * Compiles a list of phrases to the graph that the search for commands runs on. Words that can not be said are left out.
 * @throws AgentError GRAMMAR_INVALID when nothing is left; GRAMMAR_TOO_LARGE
 */
export function compilePhrases(
  { phrases, unknown }: PhraseList,
  tokensOf: WordTokens,
  tokens: { readonly blank: number; readonly size: number },
  { normalize = normalizeText, weights = PHRASE_WEIGHTS, checkWords }: PhraseCompilation = {},
): CompiledGraph {
  const spoken = new Map<string, readonly (readonly number[])[]>();
  const waysOf = (word: string) => {
    const ways = spoken.get(word) ?? tokensOf(word).filter((way) => way.length > 0);
    spoken.set(word, ways);
    return ways;
  };
  const written = phrases.map((phrase) => normalize(phrase).split(' '));
  checkWords?.([...new Set(written.flat())]);
  const said = written
    .map((words) => words.filter((word) => word !== '' && waysOf(word).length > 0))
    .filter((words) => words.length > 0);
  if (said.length === 0 && unknown === null) {
    throw new AgentError('GRAMMAR_INVALID', 'expected at least one phrase that can be said, got none');
  }
  if (unknown !== null) spoken.set(unknown, sounds(tokens));
  return new CommandGraphBuilder(phraseNetwork(said, unknown, weights), spoken, GRAPH_LIMITS).build([]);
}

/** Every token but the blank, as a way to say something. */
function sounds({ blank, size }: { readonly blank: number; readonly size: number }): number[][] {
  return Array.from({ length: size }, (_, token) => [token]).filter(([token]) => token !== blank);
}
