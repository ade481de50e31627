import type { CommandIntent, CommandMark } from '../../agent/decoder/command-graph.ts';
import { readMarks } from '../../agent/decoder/command-result.ts';
import type { CommandSlot } from '../../agent/decoder/decoder.ts';
import type { WordNetwork } from '../../agent/grammar/word-network.ts';

/** What a written sentence means in a grammar. */
export interface SentenceMeaning {
  readonly intent: string;
  readonly slots: readonly CommandSlot[];
}

/** The first meaning of `words` in the network; `null` when they are no sentence of it. */
export function matchSentence(
  network: WordNetwork,
  intents: readonly CommandIntent[],
  words: readonly string[],
): SentenceMeaning | null {
  const path = marksOf(network, network.start, words);
  if (path === null) return null;
  const { intent, slots } = readMarks(path, intents, words);
  return intent === null ? null : { intent: intent.name, slots };
}

interface WordMarks {
  readonly before: readonly CommandMark[];
  readonly after: readonly CommandMark[];
}

function marksOf({ nodes }: WordNetwork, node: number, words: readonly string[]): WordMarks[] | null {
  const { arcs, isFinal } = nodes[node]!;
  const [word, ...rest] = words;
  if (word === undefined) return isFinal ? [] : null;
  for (const arc of arcs) {
    if (arc.word !== word) continue;
    const further = marksOf({ nodes, start: arc.target }, arc.target, rest);
    if (further !== null) return [{ before: arc.before, after: arc.after }, ...further];
  }
  return null;
}
