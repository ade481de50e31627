import fc from 'fast-check';
import { TokenTable } from '../../agent/decoder/token-table.ts';

/** Blank (id 0) and the letters a, b, c … (ids 1, 2, 3 …), `size` tokens in all; '▁' is the last when asked for. */
export function letterTable(size: number, { words = false } = {}): TokenTable {
  const letters = Array.from({ length: size - 1 }, (_, i) => String.fromCharCode(97 + i));
  if (words) letters[letters.length - 1] = '▁';
  return TokenTable.parse(['<blank>', ...letters].join('\n'), { blank: 0, wordBoundary: words ? '▁' : null });
}

/** Rows of any weights as normalised natural-log probabilities. */
export function normalised(rows: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(
    rows.flatMap((row) => {
      const sum = row.reduce((a, b) => a + b, 0);
      return row.map((weight) => Math.log(weight / sum));
    }),
  );
}

/** Rows in which the token of `path` has the probability `peak` and the others share the rest. */
export function peaky(path: readonly number[], size: number, peak = 0.9): Float32Array {
  return normalised(
    path.map((token) =>
      Array.from({ length: size }, (_, i) => (i === token ? peak : (1 - peak) / (size - 1))),
    ),
  );
}

/** Arbitrary rows of `size` weights, between flat and peaky. */
export function anyRows(size: number, steps: { minLength: number; maxLength: number }) {
  const weight = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(1, 400));
  return fc.array(fc.array(weight, { minLength: size, maxLength: size }), steps);
}

/** A row's tokens without repeats and blanks. */
export function collapse(path: readonly number[], blank = 0): number[] {
  return path.filter((token, i) => token !== blank && token !== path[i - 1]);
}
