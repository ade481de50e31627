/**
 * What the evaluation costs: normalising a sentence, aligning a pair of texts, a bootstrap interval. Run:
 * `node --import tsx test/bench/evaluation.bench.ts [--json]`.
 */
import { bootstrapInterval } from '../../agent/evaluation/bootstrap.ts';
import { characterErrors, wordErrors } from '../../agent/evaluation/error-counts.ts';
import { normalizeText } from '../../agent/evaluation/text-normalization.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';

const { values } = scriptArguments(import.meta.filename, {
  options: { model: { type: 'string' }, json: { type: 'boolean' } },
});

const WRITTEN = "On 3 May 1998, Mr. O'Neill paid $1,250.50 — 12% more — for 2 1/2 acres near St. Petersburg.";
const REFERENCE = normalizeText(WRITTEN);
const HYPOTHESIS = REFERENCE.replaceAll('e', 'a').replace(' for', '');
const SAMPLES = Array.from({ length: 1000 }, (_, index) => ({ errors: index % 5, reference: 10 }));

const subjects: Record<string, { rounds: number; run: () => unknown }> = {
  'normalise a sentence with numbers': { rounds: 5000, run: () => normalizeText(WRITTEN) },
  'normalise a plain sentence': { rounds: 20_000, run: () => normalizeText('We call it bear.') },
  'align 25 words': {
    rounds: 5000,
    run: () => wordErrors(REFERENCE.split(' '), HYPOTHESIS.split(' ')),
  },
  'align 130 characters': { rounds: 500, run: () => characterErrors(REFERENCE, HYPOTHESIS) },
  'interval over 1000 utterances': { rounds: 3, run: () => bootstrapInterval(SAMPLES) },
};

const results = Object.entries(subjects).map(([name, { rounds, run }]) => {
  for (let round = 0; round < rounds / 3; round++) run();
  const start = performance.now();
  for (let round = 0; round < rounds; round++) run();
  return { name, microseconds: ((performance.now() - start) * 1000) / rounds };
});
process.stdout.write(
  values.json
    ? `${JSON.stringify({ results }, null, 2)}\n`
    : results.map(({ name, microseconds }) => `${name.padEnd(36)} ${microseconds.toFixed(1)} µs\n`).join(''),
);
