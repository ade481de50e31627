import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fft } from '../../../agent/server/page/fft.js';

/** The definition, in quadratic time. */
function slowPower(samples: Float32Array): number[] {
  const size = samples.length;
  return Array.from({ length: size / 2 + 1 }, (_, k) => {
    let real = 0;
    let imaginary = 0;
    samples.forEach((sample, n) => {
      real += sample * Math.cos((2 * Math.PI * k * n) / size);
      imaginary -= sample * Math.sin((2 * Math.PI * k * n) / size);
    });
    return real ** 2 + imaginary ** 2;
  });
}

test('the power of each bin is that of the definition', () => {
  for (const size of [2, 8, 512]) {
    const samples = Float32Array.from(
      { length: size },
      (_, n) => Math.sin(n * 0.37) + 0.5 * Math.cos(n * n * 0.01),
    );
    const power = new Float32Array(size / 2 + 1);
    const fft = new Fft(size);
    fft.power(samples, power);
    fft.power(samples, power); // buffers are used again
    slowPower(samples).forEach((expected, k) => {
      assert.ok(Math.abs((power[k] ?? 0) - expected) < 1e-3 * (1 + expected), `size ${size}, bin ${k}`);
    });
  }
});
