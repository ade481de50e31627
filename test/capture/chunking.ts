import fc from 'fast-check';

/** Lengths of chunks, to be repeated until the input is used up. */
export const chunkLengths = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 });

/** Cuts `whole` into chunks of the given lengths, used over and over. */
export function* split<T extends Uint8Array | Float32Array>(
  whole: T,
  lengths: readonly number[],
): Generator<T> {
  for (let start = 0, i = 0; start < whole.length; i++) {
    const end = start + lengths[i % lengths.length]!;
    yield whole.subarray(start, end) as T;
    start = end;
  }
}
