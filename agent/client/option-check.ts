import { AgentError } from '../errors.ts';
import { notAnAddress } from './socket-error.ts';
import type { StreamRequest } from './stream-request.ts';

const NUMBERS = ['connectTimeoutMs', 'lostAfterMs', 'bufferSeconds', 'giveUpAfterMs'] as const;
const ENCODINGS: readonly unknown[] = [undefined, 's16le', 'f32le'];

/**
 * The address among options that nobody may have checked before: not every program is written with types.
 * @throws {AgentError} `USAGE`, which names the option that is wrong
 */
export function checkedAddress(options: Partial<StreamRequest>): string {
  for (const name of NUMBERS) {
    const value = options[name];
    if (value !== undefined && !(typeof value === 'number' && value >= 0)) {
      throw new AgentError('USAGE', `${name}: expected a number that is not negative, got ${value}`);
    }
  }
  if (!ENCODINGS.includes(options.encoding)) {
    throw new AgentError('USAGE', `encoding: expected s16le or f32le, got ${options.encoding}`);
  }
  const { url } = options;
  if (typeof url === 'string' || url instanceof URL) return String(url);
  throw notAnAddress(url);
}
