import type { CommandAction, CommandGraph, CommandIntent, CompiledGraph } from '../decoder/command-graph.ts';
import { AgentError } from '../errors.ts';
import type { WordArc, WordNetwork } from './word-network.ts';

/** A node of a prefix tree while it is built; most have one child at most. */
interface TreeNode {
  readonly token: number;
  children: Map<number, TreeNode> | null;
  readonly ends: WordArc[];
  readonly depth: number;
}

export interface GraphLimits {
  /** Nodes of all trees. */
  readonly maxNodes: number;
  /** Words that end, each with each of its ways to be said and at every place where it may stand. */
  readonly maxEnds: number;
  /** Characters of intents, slots and their values, each different combination of them once. */
  readonly maxActionText: number;
}

type Spoken = ReadonlyMap<string, readonly (readonly number[])[]>;

/** Lays a network of words out as prefix trees over tokens, in typed arrays. */
export class CommandGraphBuilder {
  readonly #network: WordNetwork;
  readonly #spoken: Spoken;
  readonly #limits: GraphLimits;
  readonly #words = new Interned<string>((word) => word);
  readonly #actions = new Interned<CommandAction>(JSON.stringify);
  readonly #nodes: TreeNode[] = [];
  /** By node. */
  readonly #firstChild: number[] = [];
  readonly #placeOf: Int32Array;
  #nodeCount = 0;
  #endCount = 0;

  /** @param spoken token sequences of every word of the network, at least one each */
  constructor(network: WordNetwork, spoken: Spoken, limits: GraphLimits) {
    this.#network = network;
    this.#spoken = spoken;
    this.#limits = limits;
    // place 0 is the begin of a sentence
    this.#placeOf = Int32Array.from(network.nodes, (_, node) => (node < network.start ? node + 1 : node));
    this.#placeOf[network.start] = 0;
  }

  /** @throws AgentError GRAMMAR_TOO_LARGE */
  build(intents: readonly CommandIntent[]): CompiledGraph {
    const places = this.#network.nodes.length;
    const firstRoot = new Int32Array(places);
    const rootCount = new Uint16Array(places);
    const finalLogWeight = new Float32Array(places);
    for (const [node, { arcs, finalLogWeight: weight }] of this.#network.nodes.entries()) {
      const place = this.#placeOf[node]!;
      const roots = this.#tree(arcs);
      firstRoot[place] = this.#nodes.length;
      rootCount[place] = roots.length;
      finalLogWeight[place] = weight;
      this.#number(roots);
    }
    const nodes = this.#nodes;
    return {
      nodeToken: Uint16Array.from(nodes, ({ token }) => token),
      firstChild: Int32Array.from(this.#firstChild),
      childCount: Uint16Array.from(nodes, ({ children }) => children?.size ?? 0),
      ...this.#ends(),
      firstRoot,
      rootCount,
      finalLogWeight,
      words: this.#words.items,
      actions: this.#actions.items,
      intents,
    };
  }

  /** The prefix tree of the words that may come next; returns its first nodes. */
  #tree(arcs: readonly WordArc[]): TreeNode[] {
    const roots = new Map<number, TreeNode>();
    for (const arc of arcs) {
      for (const tokens of this.#spoken.get(arc.word)!) {
        let node: TreeNode | undefined;
        for (const [index, token] of tokens.entries()) {
          const above: TreeNode | undefined = node;
          if (above !== undefined) above.children ??= new Map();
          const level = above?.children ?? roots;
          node = level.get(token);
          if (node === undefined) {
            node = { token, children: null, ends: [], depth: index + 1 };
            level.set(token, node);
            this.#nodeCount += 1;
          }
        }
        node?.ends.push(arc);
        this.#endCount += 1;
        this.#checkSize();
      }
    }
    return [...roots.values()];
  }

  #checkSize(): void {
    const { maxNodes, maxEnds } = this.#limits;
    if (this.#nodeCount > maxNodes) throw tooLarge(`take more than ${maxNodes} sounds`);
    if (this.#endCount > maxEnds) throw tooLarge(`can be said in more than ${maxEnds} ways`);
  }

  /** Numbers the nodes of a tree breadth first, so that the children of a node stand together. */
  #number(roots: readonly TreeNode[]): void {
    let next = this.#nodes.length;
    this.#nodes.push(...roots);
    for (; next < this.#nodes.length; next += 1) {
      const { children } = this.#nodes[next]!;
      this.#firstChild.push(this.#nodes.length);
      for (const child of children?.values() ?? []) this.#nodes.push(child);
    }
  }

  #ends(): Pick<
    CommandGraph,
    'firstEnd' | 'endWord' | 'endAction' | 'endPlace' | 'endLogWeight' | 'endLength'
  > {
    const firstEnd = new Int32Array(this.#nodes.length + 1);
    const ends = {
      endWord: new Int32Array(this.#endCount),
      endAction: new Int32Array(this.#endCount),
      endPlace: new Int32Array(this.#endCount),
      endLogWeight: new Float32Array(this.#endCount),
      endLength: new Uint16Array(this.#endCount),
    };
    let end = 0;
    for (const [index, { ends: arcs, depth }] of this.#nodes.entries()) {
      for (const { word, before, after, target, logWeight } of arcs) {
        ends.endWord[end] = this.#words.idOf(word);
        ends.endAction[end] = this.#actions.idOf({ before, after });
        if (this.#actions.keyLength > this.#limits.maxActionText)
          throw tooLarge(
            `fill slots that take more than ${this.#limits.maxActionText} characters to write down`,
          );
        ends.endPlace[end] = this.#placeOf[target]!;
        ends.endLogWeight[end] = logWeight;
        ends.endLength[end] = depth;
        end += 1;
      }
      firstEnd[index + 1] = end;
    }
    return { firstEnd, ...ends };
  }
}

function tooLarge(what: string): AgentError {
  return new AgentError(
    'GRAMMAR_TOO_LARGE',
    `the words of the grammar, each at every place where it may stand, ${what}; expected less: make lists shorter, or refer to large ones fewer times`,
  );
}

/** Numbers for things that are the same by their keys. */
class Interned<T> {
  readonly items: T[] = [];
  readonly #ids = new Map<string, number>();
  readonly #keyOf: (item: T) => string;
  /** Characters of all keys. */
  keyLength = 0;

  constructor(keyOf: (item: T) => string) {
    this.#keyOf = keyOf;
  }

  idOf(item: T): number {
    const key = this.#keyOf(item);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.items.length;
      this.items.push(item);
      this.#ids.set(key, id);
      this.keyLength += key.length;
    }
    return id;
  }
}
