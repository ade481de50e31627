import { SENTENCE_END } from '../../agent/decoder/ngram-format.ts';
import { sortedPositions } from './position-sort.ts';

/** How often each n-gram of one order occurs; the arrays are those of `NgramLevel`. */
export interface CountLevel {
  readonly words: Uint32Array;
  readonly firstChild: Uint32Array;
  readonly counts: Uint32Array;
}

/**
 * Counts the n-grams of all orders up to `order` that lie within one sentence.
 * @param tokens word ids; every sentence begins with `<s>` and ends with `</s>`
 * @param wordCount ids are below this; there is a unigram for each of them, counted or not
 */
export function countNgrams(tokens: Uint32Array, order: number, wordCount: number): CountLevel[] {
  const positions = sortedPositions(tokens, order, wordCount);
  const levels = allocateLevels(tokens, positions, order, wordCount);
  const used = new Uint32Array(order);
  for (let i = 0; i < positions.length; i += 1) {
    const position = positions[i]!;
    const length = lengthAt(tokens, position, order);
    const shared = i === 0 ? 0 : sharedLength(tokens, positions[i - 1]!, position, length);
    levels[0]!.counts[tokens[position]!]! += 1;
    for (let k = 1; k < length; k += 1) {
      const level = levels[k]!;
      if (k >= shared) {
        level.words[used[k]!] = tokens[position + k]!;
        used[k]! += 1;
      }
      level.counts[used[k]! - 1]! += 1;
      if (k > 1 && k >= shared) levels[k - 1]!.firstChild[used[k - 1]!] = used[k]!;
      if (k === 1 && k >= shared) levels[0]!.firstChild[tokens[position]! + 1] = used[1]!;
    }
  }
  for (const level of levels.slice(0, -1)) carryForward(level.firstChild);
  return levels;
}

/** N-grams without followers get the end of the n-gram before as their own. */
function carryForward(ends: Uint32Array): void {
  for (let i = 1; i < ends.length; i += 1) if (ends[i]! < ends[i - 1]!) ends[i] = ends[i - 1]!;
}

function allocateLevels(
  tokens: Uint32Array,
  positions: Uint32Array,
  order: number,
  wordCount: number,
): CountLevel[] {
  const sizes = new Uint32Array(order);
  for (let i = 0; i < positions.length; i += 1) {
    const length = lengthAt(tokens, positions[i]!, order);
    const shared = i === 0 ? 0 : sharedLength(tokens, positions[i - 1]!, positions[i]!, length);
    for (let k = shared; k < length; k += 1) sizes[k]! += 1;
  }
  sizes[0] = wordCount;
  return Array.from(sizes, (size, k) => ({
    words: k === 0 ? Uint32Array.from({ length: size }, (_, id) => id) : new Uint32Array(size),
    firstChild: new Uint32Array(k < order - 1 ? size + 1 : 0),
    counts: new Uint32Array(size),
  }));
}

/** Words from `position` to the end of the sentence, at most `order`. */
function lengthAt(tokens: Uint32Array, position: number, order: number): number {
  let length = 1;
  while (length < order && tokens[position + length - 1] !== SENTENCE_END) length += 1;
  return length;
}

/** How many leading words two positions share, at most `length`. */
function sharedLength(tokens: Uint32Array, a: number, b: number, length: number): number {
  let shared = 0;
  while (shared < length && tokens[a + shared] === tokens[b + shared]) {
    if (tokens[a + shared] === SENTENCE_END) return shared + 1;
    shared += 1;
  }
  return shared;
}
