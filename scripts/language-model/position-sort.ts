/**
 * All positions of `tokens`, sorted by the `order` ids that begin there; ids beyond the end count as 0. A radix sort,
 * last word first (Knuth, "The Art of Computer Programming" 3, 5.2.5): time and memory grow with the text alone.
 */
export function sortedPositions(tokens: Uint32Array, order: number, wordCount: number): Uint32Array {
  let from = new Uint32Array(tokens.length);
  let to = new Uint32Array(tokens.length);
  for (let i = 0; i < from.length; i += 1) from[i] = i;
  for (let offset = order - 1; offset >= 0; offset -= 1) {
    const next = bucketStarts(tokens, wordCount, offset);
    for (let i = 0; i < from.length; i += 1) {
      const position = from[i]!;
      const id = idAt(tokens, position + offset);
      to[next[id]!] = position;
      next[id]! += 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** By id: how many positions have a smaller one at `offset`. */
function bucketStarts(tokens: Uint32Array, wordCount: number, offset: number): Uint32Array {
  const starts = new Uint32Array(wordCount);
  for (let i = 0; i < tokens.length; i += 1) starts[idAt(tokens, i + offset)]! += 1;
  let sum = 0;
  for (let id = 0; id < wordCount; id += 1) {
    const count = starts[id]!;
    starts[id] = sum;
    sum += count;
  }
  return starts;
}

function idAt(tokens: Uint32Array, position: number): number {
  return position < tokens.length ? tokens[position]! : 0;
}
