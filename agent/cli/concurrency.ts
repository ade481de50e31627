/**
 * Calls `task` for every item, at most `limit` at a time, taking the next item only when there is room. The first
 * failure ends it: no further item is taken, and the failure is thrown when the running tasks have ended.
 */
export async function forEachConcurrently<T>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = iterate(items);
  const runner = async () => {
    try {
      for await (const item of { [Symbol.asyncIterator]: () => iterator }) await task(item);
    } finally {
      await iterator.return();
    }
  };
  const results = await Promise.allSettled(Array.from({ length: limit }, runner));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** One generator that several readers share: it answers them one after the other. */
async function* iterate<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, void, void> {
  yield* items;
}
