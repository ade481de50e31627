/** `ln(e^a + e^b)` without overflow. `-Infinity` stands for probability zero. */
export function logAdd(a: number, b: number): number {
  const high = a > b ? a : b;
  const low = a > b ? b : a;
  if (low === Number.NEGATIVE_INFINITY) return high;
  return high + Math.log1p(Math.exp(low - high));
}

/** Index of the largest of `length` values from `offset` on, counted from `offset`; the first of equals. */
export function argmax(values: Float32Array, offset: number, length: number): number {
  let best = 0;
  for (let i = 1; i < length; i += 1) {
    if (values[offset + i]! > values[offset + best]!) best = i;
  }
  return best;
}

/** The logistic function: 0 to 1, one half at 0. */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
