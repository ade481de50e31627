/**
 * What a feature vector costs, beside Meyda's own `extract('mfcc')`. Run:
 * `node --import tsx test/bench/frontend.bench.ts [--json]`.
 */
import { cpus } from 'node:os';
import { FeatureExtractor } from '../../agent/frontend/feature-extractor.ts';
import { DEFAULT_FRONTEND } from '../../agent/frontend/frontend-params.ts';
import { createMeyda, Mfcc } from '../../agent/frontend/mfcc.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { SIGNALS } from '../support/signals.ts';

const { values } = scriptArguments(import.meta.filename, {
  options: { model: { type: 'string' }, json: { type: 'boolean' } },
});

const ROUNDS = 40;
const WARM_UP = 10;
const { bufferSize, coefficients } = DEFAULT_FRONTEND;
const samples = SIGNALS['white noise']!;
const window = Float32Array.from(samples.subarray(0, bufferSize));
const out = new Float32Array(coefficients);

const meyda = createMeyda(DEFAULT_FRONTEND);
const mfcc = new Mfcc(DEFAULT_FRONTEND);
const extractor = new FeatureExtractor(DEFAULT_FRONTEND);
const frames = Math.floor((samples.length - bufferSize) / DEFAULT_FRONTEND.hop) + 1;
const rows = new Float32Array((frames + 4) * coefficients);

/** Each computes `frames` feature vectors or spectra. */
const subjects: Record<string, () => void> = {
  "Meyda.extract('mfcc')": () => {
    for (let i = 0; i < frames; i++) meyda.extract('mfcc', window);
  },
  'Meyda, spectrum only': () => {
    for (let i = 0; i < frames; i++) meyda.extract('amplitudeSpectrum', window);
  },
  'our coefficients of a window': () => {
    for (let i = 0; i < frames; i++) mfcc.compute(window, out, 0);
  },
  'our front end, framing included': () => {
    extractor.accept(samples);
    extractor.read(rows, 0, extractor.framesReady);
  },
};

/** Median microseconds per frame. */
function measure(subject: () => void): number {
  const times: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const start = process.hrtime.bigint();
    subject();
    const microseconds = Number(process.hrtime.bigint() - start) / 1000 / frames;
    if (round >= WARM_UP) times.push(microseconds);
  }
  return times.sort((a, b) => a - b)[ROUNDS / 2]!;
}

const results = Object.entries(subjects).map(([name, subject]) => ({
  name,
  microsecondsPerFrame: Number(measure(subject).toFixed(1)),
}));
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown' };
if (values.json) {
  process.stdout.write(`${JSON.stringify({ machine, results }, null, 2)}\n`);
} else {
  process.stdout.write(
    `${machine.cpu}, Node ${machine.node}; median of ${ROUNDS} rounds of ${frames} frames\n`,
  );
  for (const { name, microsecondsPerFrame } of results) {
    process.stdout.write(`${name.padEnd(32)} ${microsecondsPerFrame.toFixed(1).padStart(7)} µs/frame\n`);
  }
}
