const SAMPLE_RATE = 16000;

/** A source of numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Something that changes as speech does: syllables of a few harmonics with noise, and pauses. 16 kHz, int16.
 * The same seed gives the same samples.
 */
export function babble(seconds: number, seed = 1): Int16Array {
  const random = seededRandom(seed);
  const samples = new Int16Array(Math.round(seconds * SAMPLE_RATE));
  for (let start = 0; start < samples.length; ) {
    const end = Math.min(samples.length, start + Math.round((0.05 + 0.25 * random()) * SAMPLE_RATE));
    const gain = random() < 0.25 ? 5 : 1000 + 7000 * random();
    const pitch = 90 + 200 * random();
    const colour = 1 + 5 * random();
    for (let i = start; i < end; i++) {
      const phase = (2 * Math.PI * pitch * i) / SAMPLE_RATE;
      const voice = Math.sin(phase) + Math.sin(3 * phase) / colour + Math.sin(11 * phase) / (2 * colour);
      samples[i] = gain * (voice / 2 + 0.3 * (random() - 0.5));
    }
    start = end;
  }
  return samples;
}

/** Cuts samples into chunks whose lengths `nextLength` gives. */
export function* cut(samples: Int16Array, nextLength: () => number): Generator<Int16Array> {
  for (let start = 0; start < samples.length; ) {
    const end = start + Math.max(1, Math.round(nextLength()));
    yield samples.subarray(start, end);
    start = end;
  }
}
