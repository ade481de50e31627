import type { CommandAction, CommandGraph, CommandIntent } from '../decoder/command-graph.ts';
import { AgentError } from '../errors.ts';
import type { WordArc, WordNetwork } from './word-network.ts';

/** A node of a prefix tree while it is built. */
interface TreeNode {
  readonly token: number;
  readonly children: Map<number, TreeNode>;
  readonly ends: WordArc[];
  readonly depth: number;
}

type Spoken = ReadonlyMap<string, readonly (readonly number[])[]>;

/** Lays a network of words out as prefix trees over tokens, in typed arrays. */
export class CommandGraphBuilder {
  readonly #network: WordNetwork;
  readonly #spoken: Spoken;
  readonly #maxNodes: number;
  readonly #words = new Interned<string>((word) => word);
  readonly #actions = new Interned<CommandAction>(JSON.stringify);
  readonly #nodes: TreeNode[] = [];
  /** By node. */
  readonly #firstChild: number[] = [];
  readonly #placeOf: Int32Array;

  /** @param spoken token sequences of every word of the network, at least one each */
  constructor(network: WordNetwork, spoken: Spoken, maxNodes: number) {
    this.#network = network;
    this.#spoken = spoken;
    this.#maxNodes = maxNodes;
    // place 0 is the begin of a sentence
    this.#placeOf = Int32Array.from(network.nodes, (_, node) => (node < network.start ? node + 1 : node));
    this.#placeOf[network.start] = 0;
  }

  /** @throws AgentError GRAMMAR_TOO_LARGE */
  build(intents: readonly CommandIntent[]): CommandGraph {
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
      childCount: Uint16Array.from(nodes, ({ children }) => children.size),
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
        let level = roots;
        let node: TreeNode | undefined;
        for (const [index, token] of tokens.entries()) {
          node = level.get(token);
          if (node === undefined) {
            node = { token, children: new Map(), ends: [], depth: index + 1 };
            level.set(token, node);
          }
          level = node.children;
        }
        node?.ends.push(arc);
      }
    }
    return [...roots.values()];
  }

  /** Numbers the nodes of a tree breadth first, so that the children of a node stand together. */
  #number(roots: readonly TreeNode[]): void {
    let next = this.#nodes.length;
    this.#nodes.push(...roots);
    for (; next < this.#nodes.length; next += 1) {
      const { children } = this.#nodes[next]!;
      this.#firstChild.push(this.#nodes.length);
      for (const child of children.values()) this.#nodes.push(child);
    }
    if (this.#nodes.length > this.#maxNodes) {
      throw new AgentError(
        'GRAMMAR_TOO_LARGE',
        `the grammar's words take more than ${this.#maxNodes} sounds; expected less: make lists shorter`,
      );
    }
  }

  #ends(): Pick<
    CommandGraph,
    'firstEnd' | 'endWord' | 'endAction' | 'endPlace' | 'endLogWeight' | 'endLength'
  > {
    const firstEnd = new Int32Array(this.#nodes.length + 1);
    for (const [index, { ends }] of this.#nodes.entries())
      firstEnd[index + 1] = firstEnd[index]! + ends.length;
    const ends = this.#nodes.flatMap(({ ends, depth }) => ends.map((arc) => ({ arc, depth })));
    return {
      firstEnd,
      endWord: Int32Array.from(ends, ({ arc }) => this.#words.idOf(arc.word)),
      endAction: Int32Array.from(ends, ({ arc: { before, after } }) => this.#actions.idOf({ before, after })),
      endPlace: Int32Array.from(ends, ({ arc }) => this.#placeOf[arc.target]!),
      endLogWeight: Float32Array.from(ends, ({ arc }) => arc.logWeight),
      endLength: Uint16Array.from(ends, ({ depth }) => depth),
    };
  }
}

/** Numbers for things that are the same by their keys. */
class Interned<T> {
  readonly items: T[] = [];
  readonly #ids = new Map<string, number>();
  readonly #keyOf: (item: T) => string;

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
    }
    return id;
  }
}
