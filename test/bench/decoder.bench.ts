/**
 * What a step of each search costs, and what it allocates. Run: `node --import tsx test/bench/decoder.bench.ts
 * [--json]`; with `--expose-gc --min-semi-space-size=256 --max-semi-space-size=256` before `--import` it shows the
 * bytes allocated per step too (the large young generation keeps the collector from hiding them).
 *
 * Posteriors: "peaky" as a trained CTC model gives them (a token every third step, else a sure blank), "flat" random
 * ones, the worst case: every token is worth trying at every step. The search through the lexicon has the lexicon and
 * the language model of the bundle in models/en-base, 40 phonemes, and phonemes at random, which make more words
 * possible than speech does.
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { defaultConfig } from '../../agent/config.ts';
import { createDecoder, type HeadRow } from '../../agent/decoder/create-decoder.ts';
import { loadDecoderResources, shareLexiconTree } from '../../agent/engine/load-decoder-resources.ts';
import { streamSettings } from '../../agent/engine/stream-settings.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';

const { values } = scriptArguments(import.meta.filename, {
  options: { model: { type: 'string' }, json: { type: 'boolean' } },
});

const STEPS = 500; // 20 s of audio: the longest segment
const ROUNDS = 60;
const WARM_UP = 20;

const bundle = await loadBundle(fileURLToPath(new URL('../../models/en-base', import.meta.url)));
const resources = loadDecoderResources(bundle, shareLexiconTree(bundle));

const { wake, ...decoding } = streamSettings(defaultConfig(), bundle.description, {}).decoder;
const usual = {
  ...decoding,
  task: { type: 'dictation' },
  stableAfterSteps: 38,
  certainAfterSteps: 10,
  wake: { ...wake, refractorySteps: 34, pauseSteps: 12 },
} as const;
/** Words of the lexicon from all over it. */
const hotwords = Array.from({ length: 100 }, (_, i) => ({ text: resources.lexicon!.word(1200 * i + 7) }));
const searches: Record<string, Parameters<typeof createDecoder>[1]> = {
  greedy: { ...usual, search: 'greedy', beamWidth: 1 },
  'beam 8': { ...usual, search: 'beam', beamWidth: 8 },
  'beam 32': { ...usual, search: 'beam', beamWidth: 32 },
  'no letters': { ...usual, search: 'lexicon', spellingWeight: 0 },
  lexicon: { ...usual, search: 'lexicon' },
  'hotwords 100': { ...usual, search: 'lexicon', hotwords: { list: hotwords, boost: 4, max: 100 } },
};

/** `[STEPS, tokens]` log-probs of random logits; on each step one token's logit is raised by `peak(step)`. */
function logProbs(tokens: number, peak: (step: number) => number): Float32Array {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const rows = Array.from({ length: STEPS }, (_, step) => {
    const logits = Array.from({ length: tokens }, () => 3 * random());
    const peakToken = step % 3 === 0 ? 1 + Math.floor(random() * (tokens - 1)) : 0;
    logits[peakToken]! += peak(step);
    const sum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
    return logits.map((logit) => logit - sum);
  });
  return Float32Array.from(rows.flat());
}

/** Rows of all heads, side by side. */
function sideBySide(heads: readonly HeadRow[], peak: (step: number) => number): Float32Array {
  const parts = heads.map(({ length }) => ({ length, rows: logProbs(length, peak) }));
  const steps = Array.from({ length: STEPS }, (_, step) => step);
  return Float32Array.from(
    steps.flatMap((step) =>
      parts.flatMap(({ length, rows }) => [...rows.subarray(step * length, (step + 1) * length)]),
    ),
  );
}

const peaks: Record<string, (step: number) => number> = {
  peaky: (step) => (step % 3 === 0 ? 8 : 14),
  flat: () => 0,
};

interface Result {
  readonly search: string;
  readonly posteriors: string;
  readonly microsecondsPerStep: number;
  readonly bytesPerStep: number | null;
}

function measure(search: string, posteriors: string): Result {
  const { decoder, heads } = createDecoder(resources, searches[search]!);
  const input = sideBySide(heads, peaks[posteriors]!);
  const round = () => {
    decoder.accept(input, STEPS);
    decoder.reset();
  };
  for (let i = 0; i < WARM_UP; i += 1) round();
  const times: number[] = [];
  const collect = globalThis.gc;
  collect?.();
  const heap = process.memoryUsage().heapUsed;
  for (let i = 0; i < ROUNDS; i += 1) {
    const start = process.hrtime.bigint();
    round();
    times.push(Number(process.hrtime.bigint() - start) / 1000 / STEPS);
  }
  const bytes = process.memoryUsage().heapUsed - heap;
  times.sort((a, b) => a - b);
  return {
    search,
    posteriors,
    microsecondsPerStep: Number(times[ROUNDS / 2]!.toFixed(2)),
    bytesPerStep: collect ? Math.max(0, Math.round(bytes / ROUNDS / STEPS)) : null,
  };
}

const results = Object.keys(peaks).flatMap((input) =>
  Object.keys(searches).map((search) => measure(search, input)),
);
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown' };
if (values.json) process.stdout.write(`${JSON.stringify({ machine, results }, null, 2)}\n`);
else {
  process.stdout.write(`${machine.cpu}, Node ${machine.node}; median of ${ROUNDS} rounds\n`);
  for (const { search, posteriors, microsecondsPerStep, bytesPerStep } of results) {
    const line = [
      search.padEnd(12),
      posteriors.padEnd(6),
      microsecondsPerStep.toFixed(2).padStart(8),
      'µs/step',
    ];
    process.stdout.write(`${line.join(' ')}  ${bytesPerStep ?? '?'} bytes/step\n`);
  }
}
