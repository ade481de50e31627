// Prints the quality and cost of the resampler as a Markdown table:
//   node --import tsx scripts/measure-resampler.ts
import { createResampler } from '../agent/capture/resampler.ts';
import { MEASURED_RATES, measureQuality, type ResamplerQuality } from './resampler-quality.ts';

const COST_SECONDS = 20;

/** Milliseconds of computing for a second of audio in chunks of 20 ms: the best of five runs. */
function costMs(inputRate: number, outputRate: number): number {
  const chunk = new Float32Array(inputRate / 50).fill(0.1);
  const runs = Array.from({ length: 5 }, () => {
    const resampler = createResampler(inputRate, outputRate);
    const start = performance.now();
    for (let i = 0; i < COST_SECONDS * 50; i++) resampler.process(chunk);
    resampler.close();
    return (performance.now() - start) / COST_SECONDS;
  });
  return Math.min(...runs);
}

function row(quality: ResamplerQuality): string {
  const { inputRate, outputRate } = quality;
  const cells = [
    `${inputRate} → ${outputRate}`,
    quality.rippleDb.toFixed(5),
    quality.halfPowerEdge.toFixed(3),
    quality.rejectionDb.toFixed(1),
    quality.lookaheadMs.toFixed(1),
    costMs(inputRate, outputRate).toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}

const lines = [
  '| Hz | ripple to 0.85 Nyquist, dB | -3 dB at (Nyquist = 1) | alias or image rejection, dB | look-ahead, ms | ms per second of audio |',
  '|---|---|---|---|---|---|',
  ...MEASURED_RATES.map(([inputRate, outputRate]) => row(measureQuality(inputRate, outputRate))),
];
process.stdout.write(`${lines.join('\n')}\n`);
