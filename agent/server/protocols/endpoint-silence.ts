/**
 * Other systems listen for silence with a detector of its own; ours counts steps without letters, and within a word
 * those may be a fifth of a second. A shorter pause than this would tear words apart.
 */
const LEAST_SILENCE_MS = 300;

/** The silence that ends a segment when a client of another system asks for `wishedMs`. */
export function endpointSilenceMs(wishedMs: number): number {
  return Math.max(wishedMs, LEAST_SILENCE_MS);
}
