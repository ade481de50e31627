/** A word as the ways to say it: lists of tokens, none of them empty. */
export type Sayings = readonly (readonly number[])[];

/**
 * A known text as the states that an alignment passes through, in the topology of CTC: of each way to say a word its
 * tokens, with a blank between any two. The ways of all words lie one behind the other, and so do their states.
 */
export class AlignmentText {
  /** Number of words. */
  readonly size: number;
  /** Number of states. */
  readonly states: number;
  /** `[size + 1]` The first way to say each word. */
  readonly firstWay: Int32Array;
  /** `[ways + 1]` The first state of each way: its first and its last state are tokens, every other one is a blank. */
  readonly firstState: Int32Array;
  /** `[ways]` The word that a way says. */
  readonly word: Int32Array;
  /** `[states]` The token that a state emits. */
  readonly token: Int32Array;

  constructor(words: readonly Sayings[], blank: number) {
    const ways = words.flat();
    this.size = words.length;
    this.firstWay = startsOf(words.map((sayings) => sayings.length));
    this.firstState = startsOf(ways.map((tokens) => 2 * tokens.length - 1));
    this.word = Int32Array.from(words.flatMap((sayings, word) => sayings.map(() => word)));
    this.token = Int32Array.from(
      ways.flatMap((tokens) => tokens.flatMap((token, i) => (i === 0 ? [token] : [blank, token]))),
    );
    this.states = this.token.length;
  }

  /** The state that ends a way. */
  lastState(way: number): number {
    return this.firstState[way + 1]! - 1;
  }

  /** How many tokens a way has. */
  tokenCount(way: number): number {
    return (this.firstState[way + 1]! - this.firstState[way]! + 1) / 2;
  }
}

/** Where each of some lists begins when they lie one behind the other, and where the last ends. */
function startsOf(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) starts[i + 1] = starts[i]! + length;
  return starts;
}
