import { AgentError } from '../errors.ts';
import type { StartRequest } from './stream-request.ts';

export type Samples = Int16Array | Float32Array;

const ARRAY_OF_ENCODING = { s16le: 'Int16Array', f32le: 'Float32Array' };

/**
 * The bytes of samples, copied: who gave them may write over them.
 * @throws {AgentError} `USAGE` for samples of another encoding, whose bytes the server would take for noise
 */
export function bytesOf(samples: Samples, { encoding = 's16le' }: StartRequest): Uint8Array {
  const expected = ARRAY_OF_ENCODING[encoding];
  const got = Object.prototype.toString.call(samples).slice('[object '.length, -1);
  if (got !== expected) {
    throw new AgentError('USAGE', `Expected the samples as ${expected} (encoding ${encoding}), got ${got}.`);
  }
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength).slice();
}
