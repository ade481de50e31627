import type { SlotValue } from '../decoder/command-graph.ts';
import type { SourcePosition } from './grammar-error.ts';

/**
 * A part of a sentence template. Text is exact: parts that no space separates make one word, as in `light[s]`.
 */
export type Expression =
  /** Spoken text without white space. */
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'space' }
  | { readonly type: 'sequence'; readonly items: readonly Expression[] }
  | { readonly type: 'alternatives'; readonly choices: readonly Choice[] }
  /** All of the items, in any order. */
  | { readonly type: 'permutation'; readonly items: readonly Expression[] }
  /** One value of a list, which fills the slot. */
  | { readonly type: 'list'; readonly list: string; readonly slot: string; readonly at: SourcePosition }
  /** A number of a range written in the template, `{brightness:0-100}`; it fills the slot. */
  | {
      readonly type: 'range';
      readonly range: NumberRange;
      readonly slot: string;
      readonly at: SourcePosition;
    }
  | { readonly type: 'rule'; readonly rule: string; readonly at: SourcePosition };

/** One of several alternatives. */
export interface Choice {
  readonly expression: Expression;
  /** Relative to the other choices; more is more likely. */
  readonly weight: number;
}

/** Whole numbers from `from` to `to`, both included. The slot's value is the number times `multiplier`. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly multiplier: number;
  /** Parts of 1 that may follow each number: 0.5 for halves, 0.1 to 0.9 for tenths. */
  readonly fractions: 'none' | 'halves' | 'tenths';
}

/** Something to say, and what it means. */
export interface ListValue {
  readonly spoken: Expression;
  /** `null`: the words as they were spoken. */
  readonly value: SlotValue | null;
  readonly weight: number;
}

export type SlotList =
  | { readonly type: 'values'; readonly values: readonly ListValue[] }
  | { readonly type: 'range'; readonly range: NumberRange };

/** A template that is a whole sentence. */
export interface Sentence {
  readonly expression: Expression;
  readonly at: SourcePosition;
  readonly weight: number;
}

/** Sentences that mean the same, with the lists and rules that they may use. */
export interface SentenceGroup {
  readonly intent: string;
  readonly sentences: readonly Sentence[];
  /** Slots that have these values whatever was said. */
  readonly slots: Readonly<Record<string, SlotValue>>;
  readonly lists: ReadonlyMap<string, SlotList>;
  readonly rules: ReadonlyMap<string, Expression>;
}

/** A grammar as it was read: not yet expanded. */
export interface Grammar {
  readonly name: string;
  readonly groups: readonly SentenceGroup[];
  /** Words that may be said before or after any sentence, such as "please". */
  readonly skipWords: readonly Expression[];
}
