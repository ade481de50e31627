/** Where a word lies in the rows; both steps are of the word. */
export interface AlignedSpan {
  readonly startStep: number;
  readonly endStep: number;
}

/** A word as the ways to say it: lists of tokens, none of them empty. */
export type Sayings = readonly (readonly number[])[];

/** Log-probs of a head, `[steps, width]`. */
export interface LogProbRows {
  readonly rows: Float32Array;
  readonly steps: number;
  readonly width: number;
  readonly blank: number;
}

const NONE = -1;

/**
 * Finds where each word of a known text was said: the most probable alignment (Viterbi) under the CTC topology of the
 * words in their order, each in the way to say it that fits best. Null: there are fewer steps than the text needs.
 */
export function forcedAlignment(log: LogProbRows, words: readonly Sayings[]): AlignedSpan[] | null {
  const states = new AlignmentStates(log.blank, words);
  const path = bestPath(log, states);
  return path && words.map((_, word) => spanOf(path, states, word));
}

/** The text as states: tokens, the blanks within words, and the blanks around words. */
class AlignmentStates {
  readonly token: number[] = [];
  /** Word that the token of a state is of, or -1 for a blank. */
  readonly word: number[] = [];
  /** States that may come directly before, the state itself among them. */
  readonly before: number[][] = [];
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly #blank: number;

  constructor(blank: number, words: readonly Sayings[]) {
    this.#blank = blank;
    let pause = this.#add(blank, NONE, []);
    let ends: number[] = [];
    const first = [pause];
    for (const [word, sayings] of words.entries()) {
      const chains = sayings.map((tokens) => this.#addSaying(tokens, word, { pause, ends }));
      if (word === 0) first.push(...chains.map((chain) => chain.first));
      ends = chains.map((chain) => chain.last);
      pause = this.#add(blank, NONE, ends);
    }
    this.first = first;
    this.last = [...ends, pause];
  }

  #addSaying(tokens: readonly number[], word: number, from: { pause: number; ends: readonly number[] }) {
    let [blank, before] = [from.pause, from.ends];
    const chain: number[] = [];
    for (const token of tokens) {
      const state = this.#add(token, word, [blank, ...before.filter((end) => this.token[end] !== token)]);
      chain.push(state);
      before = [state];
      if (chain.length < tokens.length) blank = this.#add(this.#blank, NONE, before);
    }
    return { first: chain[0]!, last: chain.at(-1)! };
  }

  #add(token: number, word: number, before: readonly number[]): number {
    const state = this.token.length;
    this.token.push(token);
    this.word.push(word);
    this.before.push([state, ...before]);
    return state;
  }
}

/** The state of each step on the most probable way through the states; null when there is none. */
function bestPath(
  { rows, steps, width }: LogProbRows,
  { token, before, first, last }: AlignmentStates,
): Int32Array | null {
  if (steps === 0) return null;
  const count = token.length;
  const from = new Int32Array(steps * count);
  let scores = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (const state of first) scores[state] = rows[token[state]!]!;
  for (let step = 1; step < steps; step += 1) {
    const next = new Float64Array(count);
    for (let state = 0; state < count; state += 1) {
      let best = state;
      for (const other of before[state]!) if (scores[other]! > scores[best]!) best = other;
      from[step * count + state] = best;
      next[state] = scores[best]! + rows[step * width + token[state]!]!;
    }
    scores = next;
  }
  let state = last.reduce((best, other) => (scores[other]! > scores[best]! ? other : best));
  if (scores[state] === Number.NEGATIVE_INFINITY) return null;
  const path = new Int32Array(steps);
  for (let step = steps - 1; step >= 0; step -= 1) {
    path[step] = state;
    state = from[step * count + state]!;
  }
  return path;
}

function spanOf(path: Int32Array, { word }: AlignmentStates, wanted: number): AlignedSpan {
  const startStep = path.findIndex((state) => word[state] === wanted);
  return { startStep, endStep: path.findLastIndex((state) => word[state] === wanted) };
}
