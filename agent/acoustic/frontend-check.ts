import { AgentError } from '../errors.ts';
import type { FrontendParams } from '../frontend/frontend-params.ts';
import type { BundleDescription } from './bundle-schema.ts';

/** Meyda gives at most this many coefficients. */
const MAX_COEFFICIENTS = 40;

/**
 * The front end that a bundle asks for, when this version computes it.
 * @throws AgentError MODEL_FRONTEND naming the field, what is possible and what `model.json` has
 */
export function checkFrontend(description: BundleDescription, path: string): FrontendParams {
  const { type, bufferSize, hop, window, melBands, coefficients } = description.frontend;
  const demand = (ok: boolean, field: string, possible: string, got: string | number) => {
    if (ok) return;
    const message = `${path}: frontend.${field} must be ${possible} in this version of Earshot, got ${JSON.stringify(got)}.`;
    throw new AgentError('MODEL_FRONTEND', message, { fields: { field: `frontend.${field}` } });
  };
  demand(type === 'mfcc', 'type', '"mfcc"', type);
  demand(window === 'hanning', 'window', '"hanning"', window);
  demand((bufferSize & (bufferSize - 1)) === 0, 'bufferSize', 'a power of two', bufferSize);
  demand(hop <= bufferSize, 'hop', `at most bufferSize (${bufferSize})`, hop);
  const most = Math.min(melBands, MAX_COEFFICIENTS);
  demand(coefficients <= most, 'coefficients', `at most ${most}`, coefficients);
  return {
    type: 'mfcc',
    sampleRate: description.sampleRate,
    bufferSize,
    hop,
    window: 'hanning',
    melBands,
    coefficients,
  };
}
