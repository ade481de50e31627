import type { Samples } from './samples.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Where the audio of a stream comes from, in chunks. */
export type AudioSource = AsyncIterable<Samples> | Iterable<Samples>;

/**
 * Gives the chunks of `source` to `take`, one after the other, until it ends or `signal` is aborted. A source that
 * waits for its next chunk by then is released at once: it might wait for ever, with a microphone open.
 */
export async function drainSource(
  source: AudioSource,
  signal: AbortSignal,
  take: (samples: Samples) => Promise<unknown>,
): Promise<void> {
  const chunks = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  try {
    for (;;) {
      const next = await unlessAborted(Promise.resolve(chunks.next()), signal);
      if (next === undefined || next.done) return;
      await take(next.value);
    }
  } finally {
    void release(chunks);
  }
}

/** Not waited for: a generator first gets to the end of what it waits for. */
async function release(chunks: Iterator<Samples> | AsyncIterator<Samples>): Promise<void> {
  try {
    await chunks.return?.();
  } catch {
    // nobody wants anything of it any more
  }
}
