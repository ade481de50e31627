import type { WordArc, WordNetwork, WordNode } from './word-network.ts';

/** Natural logs. */
export interface PhraseWeights {
  /** Leaving the order of the phrases, which any word may do. */
  readonly outOfOrder: number;
  /** A sound that belongs to no word. */
  readonly unknownSound: number;
  /** Going on from sounds that belong to no word to one of the words, or back: short words are in much of what is said. */
  readonly besideUnknown: number;
}

/** Chosen by `scripts/decoder-tuning/tune-phrases.ts`: on en-base, what makes the fewest misses and false alarms together. */
export const PHRASE_WEIGHTS: PhraseWeights = { outOfOrder: -1, unknownSound: -1.5, besideUnknown: -3 };

const IMPOSSIBLE = Number.NEGATIVE_INFINITY;

/** The begin of a sentence, anywhere in it, and behind a sound that belongs to no word. */
const BEGIN = 0;
const ANYWHERE = 1;
const WITHIN_UNKNOWN = 2;
const FIRST_WORD = 3;

/**
 * The words of phrases, any number of them in any order; that of the phrases is the likelier one. It is what a bigram model
 * of the phrases with back-off allows, as Vosk makes one of a list of phrases, in the size of the phrases: what may follow a
 * word of a phrase there, and by a second arc from each word, `ANYWHERE`, all words.
 * @param phrases words of each
 * @param unknown stands, once for each of its sounds, for what is none of the words; null: nothing does
 */
export function phraseNetwork(
  phrases: readonly (readonly string[])[],
  unknown: string | null,
  weights = PHRASE_WEIGHTS,
): WordNetwork {
  const { outOfOrder, unknownSound, besideUnknown } = weights;
  const words = [...new Set(phrases.flat())];
  const nodeOf = new Map(words.map((word, index) => [word, FIRST_WORD + index]));
  const first = new Set(phrases.map(([word]) => word));
  const last = new Set(phrases.map((phrase) => phrase.at(-1)));
  const followers = new Map(words.map((word) => [word, new Set<string>()]));
  for (const phrase of phrases) {
    for (const [index, word] of phrase.slice(1).entries()) followers.get(phrase[index]!)!.add(word);
  }
  const said = (word: string, logWeight: number) => [
    arc(word, logWeight, nodeOf.get(word)!),
    arc(word, logWeight + outOfOrder, ANYWHERE),
  ];
  const unknownArcs = (logWeight: number) =>
    unknown === null
      ? []
      : [
          arc(unknown, logWeight + unknownSound, WITHIN_UNKNOWN),
          arc(unknown, logWeight + unknownSound + besideUnknown, ANYWHERE),
        ];
  const begin = words.flatMap((word) => said(word, first.has(word) ? 0 : outOfOrder));
  return {
    start: BEGIN,
    nodes: [
      node([...begin, ...unknownArcs(0)], IMPOSSIBLE),
      node([...words.flatMap((word) => said(word, 0)), ...unknownArcs(besideUnknown)], IMPOSSIBLE),
      node(unknownArcs(0), 0),
      ...words.map((word) =>
        node(
          [...followers.get(word)!].flatMap((next) => said(next, 0)),
          last.has(word) ? 0 : outOfOrder,
        ),
      ),
    ],
  };
}

function arc(word: string, logWeight: number, target: number): WordArc {
  return { word, before: [], after: [], logWeight, target };
}

function node(arcs: readonly WordArc[], finalLogWeight: number): WordNode {
  return { arcs, isFinal: finalLogWeight > IMPOSSIBLE, finalLogWeight };
}
