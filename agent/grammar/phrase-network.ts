import type { WordArc, WordNetwork, WordNode } from './word-network.ts';

/** Natural log: what it costs to leave the order of the phrases, which any word may do. */
const OUT_OF_ORDER = -1;
/** Natural log: what a sound costs that belongs to no word. */
const UNKNOWN_SOUND = -2;
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
export function phraseNetwork(phrases: readonly (readonly string[])[], unknown: string | null): WordNetwork {
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
    arc(word, logWeight + OUT_OF_ORDER, ANYWHERE),
  ];
  const unknownArcs = [WITHIN_UNKNOWN, ANYWHERE].flatMap((target) =>
    unknown === null ? [] : [arc(unknown, UNKNOWN_SOUND, target)],
  );
  const begin = words.flatMap((word) => said(word, first.has(word) ? 0 : OUT_OF_ORDER));
  return {
    start: BEGIN,
    nodes: [
      node([...begin, ...unknownArcs], IMPOSSIBLE),
      node([...words.flatMap((word) => said(word, 0)), ...unknownArcs], IMPOSSIBLE),
      node(unknownArcs, 0),
      ...words.map((word) =>
        node(
          [...followers.get(word)!].flatMap((next) => said(next, 0)),
          last.has(word) ? 0 : OUT_OF_ORDER,
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
