/** What a slot is filled with. */
export type SlotValue = string | number | boolean;

/** A grammar as a user gives it. */
export interface GrammarText {
  /** Names it in messages, and is the intent of sentences that state none. */
  readonly name: string;
  readonly text: string;
}

/** Phrases of whose words, in any order, something is said; that of the phrases is likelier. */
export interface PhraseList {
  readonly phrases: readonly string[];
  /** Stands in texts, once for each of its sounds, for what is none of the words; null: such speech is refused. */
  readonly unknown: string | null;
}

/** What a word means besides itself. */
export interface CommandAction {
  /** Marks that hold from the word on, in their order. */
  readonly before: readonly CommandMark[];
  /** Marks that hold behind it. */
  readonly after: readonly CommandMark[];
}

export type CommandMark =
  /** The sentence has intent number `intent`. */
  | { readonly type: 'intent'; readonly intent: number }
  /** A slot begins; `value` null: its words are its value. */
  | { readonly type: 'begin'; readonly slot: string; readonly value: SlotValue | null }
  /** The slot that began last ends. */
  | { readonly type: 'end' };

export interface CommandIntent {
  readonly name: string;
  /** Name of the grammar that the intent is from. */
  readonly grammar: string;
  /** Slots that have these values whatever was said. */
  readonly slots: Readonly<Record<string, SlotValue>>;
}

/**
 * A compiled grammar: for each place between words (0 is the begin of a sentence) a prefix tree of the pronunciations,
 * in model tokens, of the words that may come next. Immutable, and plain enough to be sent between threads; all streams
 * share it.
 *
 * Tree node `n` stands for token `nodeToken[n]`; the nodes after it are `firstChild[n]` to, without it,
 * `firstChild[n] + childCount[n]`. The words that end with it are `firstEnd[n]` to, without it, `firstEnd[n + 1]`: end `e`
 * spells `words.at(endWord[e])`, means `actions.at(endAction[e])`, costs `endLogWeight[e]` and leads to place `endPlace[e]`.
 * The first nodes of place `p` are `firstRoot[p]` to, without it, `firstRoot[p] + rootCount[p]`.
 */
export interface CommandGraph {
  readonly nodeToken: Uint16Array;
  readonly firstChild: Int32Array;
  readonly childCount: Uint16Array;
  /** `[nodes + 1]` */
  readonly firstEnd: Int32Array;
  readonly endWord: Int32Array;
  readonly endAction: Int32Array;
  readonly endPlace: Int32Array;
  /** Natural log. */
  readonly endLogWeight: Float32Array;
  /** Tokens of the word that ends. */
  readonly endLength: Uint16Array;
  readonly firstRoot: Int32Array;
  readonly rootCount: Uint16Array;
  /** Natural-log weight of ending a sentence at the place; -Infinity where it must go on. */
  readonly finalLogWeight: Float32Array;
  readonly words: Numbered<string>;
  readonly actions: Numbered<CommandAction>;
  readonly intents: readonly CommandIntent[];
}

/** Things by their numbers; an array is one. */
export interface Numbered<T> {
  at(number: number): T | undefined;
}

/** A graph as it comes from the compiler, with all its words and actions at hand. */
export interface CompiledGraph extends CommandGraph {
  readonly words: readonly string[];
  readonly actions: readonly CommandAction[];
}
