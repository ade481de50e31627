import type { CommandMark } from '../decoder/command-graph.ts';
import { AgentError } from '../errors.ts';
import { type FragmentArc, FragmentNetwork } from './fragment-network.ts';

const LONGEST_SENTENCE = 300;

/** A word that may come next. */
export interface WordArc {
  readonly word: string;
  /** Marks that hold from this word on, in their order. */
  readonly before: readonly CommandMark[];
  /** Marks that hold after this word. */
  readonly after: readonly CommandMark[];
  readonly logWeight: number;
  readonly target: number;
}

export interface WordNode {
  readonly arcs: readonly WordArc[];
  /** Whether a sentence may end here. */
  readonly isFinal: boolean;
  readonly finalLogWeight: number;
}

/** A graph whose paths from `start` are the sentences; that of a grammar has no cycles. */
export interface WordNetwork {
  readonly nodes: readonly WordNode[];
  readonly start: number;
}

export interface WordNetworkOptions {
  readonly maxArcs: number;
  /** Brings a text into the words that are said. */
  readonly normalize: (text: string) => string;
}

/**
 * Joins the parts of words between spaces to words, and nodes that continue alike to one (bottom-up, by their
 * signatures: Revuz, "Minimisation of acyclic deterministic automata in linear time", 1992; applied to a graph that
 * need not be deterministic it is not the least one, yet small).
 * @throws AgentError GRAMMAR_TOO_LARGE when there are more than `maxArcs` ways through words and optional parts
 */
export function wordNetwork(fragments: FragmentNetwork, options: WordNetworkOptions): WordNetwork {
  return new WordNetworkBuilder(fragments, options).build();
}

/** A way through the fragments that has not come to the end of its word. */
interface Way {
  readonly state: number;
  readonly text: string;
  readonly before: readonly CommandMark[];
  readonly after: readonly CommandMark[];
  readonly logWeight: number;
}

class WordNetworkBuilder {
  readonly #fragments: FragmentNetwork;
  readonly #maxArcs: number;
  readonly #normalize: (text: string) => string;
  readonly #nodes: WordNode[] = [];
  readonly #nodeOfState = new Map<number, number>();
  readonly #nodeOfSignature = new Map<string, number>();
  /** Marks that are alike have the same number. */
  readonly #markIds = new Map<string, number>();
  readonly #idOfMark = new WeakMap<CommandMark, number>();
  readonly #spoken = new Map<string, readonly string[]>();
  #work = 0;
  #depth = 0;

  constructor(fragments: FragmentNetwork, { maxArcs, normalize }: WordNetworkOptions) {
    this.#fragments = fragments;
    this.#maxArcs = maxArcs;
    this.#normalize = normalize;
  }

  build(): WordNetwork {
    return { start: this.#node(FragmentNetwork.START), nodes: this.#nodes };
  }

  /** The node of the words that may follow fragment state `state`. Recursion goes as deep as a sentence is long. */
  #node(state: number): number {
    const known = this.#nodeOfState.get(state);
    if (known !== undefined) return known;
    this.#depth += 1;
    if (this.#depth > LONGEST_SENTENCE) {
      throw new AgentError(
        'GRAMMAR_TOO_LARGE',
        `a sentence has more than ${LONGEST_SENTENCE} words; expected less`,
      );
    }
    const arcs = new Map<string, WordArc>();
    let finalLogWeight = Number.NEGATIVE_INFINITY;
    for (const way of this.#wordsFrom(state)) {
      if (way.text === '') finalLogWeight = Math.max(finalLogWeight, way.logWeight);
      else this.#addWords(way, arcs);
    }
    const node = this.#intern({
      arcs: [...arcs.values()],
      isFinal: finalLogWeight > -Infinity,
      finalLogWeight,
    });
    this.#nodeOfState.set(state, node);
    this.#depth -= 1;
    return node;
  }

  /** All words that begin at `state`, and, as the empty text, the ways that end the sentence there. */
  #wordsFrom(state: number): Way[] {
    const found: Way[] = [];
    const open: Way[] = [{ state, text: '', before: [], after: [], logWeight: 0 }];
    const seen = new Set<string>();
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      const key = `${way.state} ${way.text} ${way.logWeight} ${this.#keyOf(way.before)} ${this.#keyOf(way.after)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      this.#count();
      if (way.state === FragmentNetwork.FINAL) found.push(way);
      for (const arc of this.#fragments.arcs[way.state]!) {
        if (arc.label === 'space' && way.text !== '') found.push({ ...way, state: arc.target });
        else open.push(extended(way, arc));
      }
    }
    return found;
  }

  /** One arc, or a chain of them where the text is read as several words, as in `20%`. */
  #addWords(way: Way, arcs: Map<string, WordArc>): void {
    const words = this.#wordsOf(way.text);
    let target = this.#node(way.state);
    let { after } = way;
    for (const word of words.slice(1).reverse()) {
      const arc = { word, before: [], after, logWeight: 0, target };
      target = this.#intern({ arcs: [arc], isFinal: false, finalLogWeight: Number.NEGATIVE_INFINITY });
      after = [];
    }
    const arc: WordArc = { word: words[0]!, before: way.before, after, logWeight: way.logWeight, target };
    const key = this.#signature({ ...arc, logWeight: 0 });
    const same = arcs.get(key);
    if (same === undefined || same.logWeight < arc.logWeight) arcs.set(key, arc);
  }

  #wordsOf(text: string): readonly string[] {
    const known = this.#spoken.get(text);
    if (known !== undefined) return known;
    const words = this.#normalize(text)
      .split(' ')
      .filter((word) => word !== '');
    if (words.length === 0)
      throw new AgentError('GRAMMAR_INVALID', `"${text}" is not a word that can be spoken`);
    this.#spoken.set(text, words);
    return words;
  }

  #intern(node: WordNode): number {
    const signature = `${node.isFinal ? node.finalLogWeight : ''}|${node.arcs
      .map((arc) => this.#signature(arc))
      .sort()
      .join('|')}`;
    const known = this.#nodeOfSignature.get(signature);
    if (known !== undefined) return known;
    this.#nodes.push(node);
    this.#nodeOfSignature.set(signature, this.#nodes.length - 1);
    return this.#nodes.length - 1;
  }

  #signature({ word, before, after, logWeight, target }: WordArc): string {
    return `${word} ${this.#keyOf(before)} ${this.#keyOf(after)} ${logWeight} ${target}`;
  }

  #keyOf(marks: readonly CommandMark[]): string {
    return marks.map((mark) => this.#markId(mark)).join(',');
  }

  #markId(mark: CommandMark): number {
    const known = this.#idOfMark.get(mark);
    if (known !== undefined) return known;
    const key = JSON.stringify(mark);
    const id = this.#markIds.get(key) ?? this.#markIds.size;
    this.#markIds.set(key, id);
    this.#idOfMark.set(mark, id);
    return id;
  }

  #count(): void {
    this.#work += 1;
    if (this.#work <= this.#maxArcs) return;
    throw new AgentError(
      'GRAMMAR_TOO_LARGE',
      `the optional parts of the grammar combine to more than ${this.#maxArcs} ways; expected less`,
    );
  }
}

/** A word is begun by its text: marks before that belong to it, an end of a slot after that closes behind it. */
function extended(way: Way, { target, text, mark, logWeight }: FragmentArc): Way {
  const next = { ...way, state: target, text: way.text + text, logWeight: way.logWeight + logWeight };
  if (mark === null) return next;
  const isAfter = mark.type === 'end' && way.text !== '';
  return isAfter ? { ...next, after: [...way.after, mark] } : { ...next, before: [...way.before, mark] };
}
