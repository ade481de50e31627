import type { WordArc, WordNetwork } from './word-network.ts';

/** How many ways through the network there are: sentences, counted once for each of their meanings. */
export function countSentences({ nodes, start }: WordNetwork): number {
  const counts = new Array<number>(nodes.length);
  // a node's arcs lead to nodes that were made before it
  for (const [index, { arcs, isFinal }] of nodes.entries()) {
    counts[index] = arcs.reduce((sum, { target }) => sum + counts[target]!, isFinal ? 1 : 0);
  }
  return counts[start]!;
}

/**
 * A sentence drawn at random: at each word every way on is as likely as any other.
 * @param random numbers from 0 to, without it, 1
 */
export function sampleSentence({ nodes, start }: WordNetwork, random: () => number): string {
  const words: string[] = [];
  for (let node = nodes[start]!; ; ) {
    const ways: (WordArc | null)[] = node.isFinal ? [...node.arcs, null] : [...node.arcs];
    const way = ways[Math.floor(random() * ways.length)];
    if (!way) return words.join(' ');
    words.push(way.word);
    node = nodes[way.target]!;
  }
}
