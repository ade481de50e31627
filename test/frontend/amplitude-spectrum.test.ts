import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AmplitudeSpectrum } from '../../agent/frontend/amplitude-spectrum.ts';
import { Framer } from '../../agent/frontend/framer.ts';
import { DEFAULT_FRONTEND } from '../../agent/frontend/frontend-params.ts';
import { createMeyda } from '../../agent/frontend/mfcc.ts';
import { SIGNALS } from '../support/signals.ts';

const { bufferSize, hop } = DEFAULT_FRONTEND;
const meyda = createMeyda(DEFAULT_FRONTEND);
const weights = meyda.windowing(new Float32Array(bufferSize).fill(1), DEFAULT_FRONTEND.window);

/** Rounding of single precision. */
const LARGEST_RELATIVE_DIFFERENCE = 2 ** -23;
/** Amplitude; what is left in a bin that should be empty is rounding of double precision. */
const EMPTY = 1e-6;

describe('AmplitudeSpectrum', () => {
  for (const [name, samples] of Object.entries(SIGNALS)) {
    it(`is Meyda's, but for the last bit, on ${name}`, () => {
      const spectrum = new AmplitudeSpectrum(weights);
      new Framer(bufferSize, hop).accept(samples, (window) => {
        const expected = meyda.extract('amplitudeSpectrum', window);
        const amplitudes = spectrum.compute(window);
        assert.equal(amplitudes.length, expected.length);
        for (const [bin, amplitude] of expected.entries()) {
          const allowed = EMPTY + LARGEST_RELATIVE_DIFFERENCE * amplitude;
          assert.ok(
            Math.abs(amplitudes[bin]! - amplitude) <= allowed,
            `bin ${bin} is ${amplitudes[bin]}, Meyda has ${amplitude}`,
          );
        }
      });
    });
  }
});
