import type { SpokenHotword, SpokenWord } from './hotword.ts';

/** A word that ends at a node. */
export interface DraftEnding {
  readonly text: string;
  boost: number;
  /** Where its phrase goes on; null behind the last word of one. */
  readonly next: DraftNode | null;
}

/** A node of the tree of hotwords while it is made. */
export interface DraftNode {
  /** Token that leads to it; 0 for a node between words. */
  readonly token: number;
  readonly betweenWords: boolean;
  /** Words of its phrase that are complete before it. */
  readonly wordsBefore: number;
  readonly children: Map<number, DraftNode>;
  readonly endings: DraftEnding[];
  /** Of a node between words: the words that lead on from it, by their text and boost. */
  readonly following: Map<string, DraftNode>;
}

/**
 * The pronunciations of hotwords as a tree. Phrases that begin with the same words and have the same boost share their
 * nodes, and so do words that begin with the same tokens. Returns the nodes, the first one first.
 */
export function draftHotwords(hotwords: readonly SpokenHotword[]): DraftNode[] {
  const nodes: DraftNode[] = [];
  const root = createNode(nodes, { token: 0, betweenWords: true, wordsBefore: 0 });
  for (const { words, boost } of hotwords) {
    let at = root;
    for (const [i, word] of words.entries()) {
      const next = i === words.length - 1 ? null : followingNode(nodes, at, `${word.text} ${boost}`);
      addWord(nodes, at, word, { text: word.text, boost, next });
      if (next !== null) at = next;
    }
  }
  return nodes;
}

function addWord(nodes: DraftNode[], from: DraftNode, { sayings }: SpokenWord, ending: DraftEnding): void {
  const { wordsBefore } = from;
  for (const saying of sayings) {
    let at = from;
    for (const token of saying) {
      const child = at.children.get(token) ?? createNode(nodes, { token, betweenWords: false, wordsBefore });
      at.children.set(token, child);
      at = child;
    }
    addEnding(at, ending);
  }
}

/** Of two that are the same but for the boost the higher counts. */
function addEnding({ endings }: DraftNode, ending: DraftEnding): void {
  const same = endings.find(({ text, next }) => text === ending.text && next === ending.next);
  if (same === undefined) endings.push({ ...ending });
  else same.boost = Math.max(same.boost, ending.boost);
}

function followingNode(nodes: DraftNode[], from: DraftNode, key: string): DraftNode {
  const place = { token: 0, betweenWords: true, wordsBefore: from.wordsBefore + 1 };
  const node = from.following.get(key) ?? createNode(nodes, place);
  from.following.set(key, node);
  return node;
}

function createNode(
  nodes: DraftNode[],
  place: Pick<DraftNode, 'token' | 'betweenWords' | 'wordsBefore'>,
): DraftNode {
  const node = { ...place, children: new Map(), endings: [], following: new Map() };
  nodes.push(node);
  return node;
}
