import type { CommandMark, SlotValue } from '../decoder/command-graph.ts';
import { AgentError } from '../errors.ts';
import { type FragmentArc, FragmentNetwork } from './fragment-network.ts';
import { placed, type SourcePosition } from './grammar-error.ts';

const LONGEST_SENTENCE = 300;
/** Longest word, in characters as they are written. */
export const LONGEST_WORD = 100;
/**
 * Ways to put the parts of a word together, optional parts before it among them, that there may be at one place of a sentence: so
 * many, and so many more for each part that can be reached there. A list has a handful of ways for each of its values, whatever its length;
 * n choices that no space separates have 2ⁿ.
 */
const MOST_WAYS_AT_ONE_PLACE = 20_000;
const MOST_WAYS_A_PART = 10;
/** Times `maxArcs`: letters of all ways. */
const MOST_LETTERS_A_WAY = 10;

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
 * Every bound is looked at before the work that it is for, so that a small text that stands for very much costs little.
 * @throws AgentError GRAMMAR_TOO_LARGE for more than `maxArcs` ways through words and optional parts, too many of them at one
 *   place, or words that are too long
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
  /** Marks that are alike have the same number; so have values. */
  readonly #markIds = new Map<string, number>();
  readonly #valueIds = new Map<SlotValue | null, number>();
  readonly #idOfMark = new WeakMap<CommandMark, number>();
  readonly #spoken = new Map<string, readonly string[]>();
  #ways = 0;
  #letters = 0;
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
      throw tooLarge(`a sentence has more than ${LONGEST_SENTENCE} words`, 'write shorter sentences');
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
    const states = new Set<number>();
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      const key = `${way.state} ${way.text} ${way.logWeight} ${this.#keyOf(way.before)} ${this.#keyOf(way.after)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      states.add(way.state);
      this.#count(way, seen.size, states.size);
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
    const key = this.#markKey(mark);
    const id = this.#markIds.get(key) ?? this.#markIds.size;
    this.#markIds.set(key, id);
    this.#idOfMark.set(mark, id);
    return id;
  }

  #markKey(mark: CommandMark): string {
    if (mark.type !== 'begin') return mark.type === 'intent' ? `intent ${mark.intent}` : mark.type;
    const valueId = this.#valueIds.get(mark.value) ?? this.#valueIds.size;
    this.#valueIds.set(mark.value, valueId);
    return `begin ${valueId} ${mark.slot}`;
  }

  /** Counts a way; `waysHere` are those of its place so far, through `partsHere` parts. */
  #count({ text }: Way, waysHere: number, partsHere: number): void {
    this.#ways += 1;
    this.#letters += text.length;
    if (text.length > LONGEST_WORD) throw tooLong(text);
    const mostHere = MOST_WAYS_AT_ONE_PLACE + MOST_WAYS_A_PART * partsHere;
    if (waysHere > mostHere) {
      throw tooLarge(
        `the parts of a word such as "${text}", and what may be left out before it, combine to more than ${mostHere} ways`,
        'put spaces between the parts, or write the words out',
      );
    }
    if (this.#ways > this.#maxArcs) {
      throw tooLarge(
        `the optional parts of the grammar combine to more than ${this.#maxArcs} ways`,
        'make lists shorter, or sentences with fewer optional parts',
      );
    }
    const mostLetters = MOST_LETTERS_A_WAY * this.#maxArcs;
    if (this.#letters > mostLetters) {
      throw tooLarge(
        `the words of the grammar have more than ${mostLetters} letters, each counted wherever it may be said`,
        'make lists or words shorter',
      );
    }
  }
}

/** What is said of a word longer than `LONGEST_WORD`; without `at` it is one put together of parts. */
export function tooLong(word: string, at?: SourcePosition): AgentError {
  const problem = `expected words of at most ${LONGEST_WORD} characters, got "${word.slice(0, 20)}…" of ${word.length}; put spaces between words`;
  return new AgentError('GRAMMAR_TOO_LARGE', at === undefined ? problem : placed(at, problem));
}

function tooLarge(got: string, advice: string): AgentError {
  return new AgentError('GRAMMAR_TOO_LARGE', `${got}; expected less: ${advice}`);
}

/** A word is begun by its text: marks before that belong to it, an end of a slot after that closes behind it. */
function extended(way: Way, { target, text, mark, logWeight }: FragmentArc): Way {
  const next = { ...way, state: target, text: way.text + text, logWeight: way.logWeight + logWeight };
  if (mark === null) return next;
  const isAfter = mark.type === 'end' && way.text !== '';
  return isAfter ? { ...next, after: [...way.after, mark] } : { ...next, before: [...way.before, mark] };
}
