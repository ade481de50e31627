/**
 * What the default search through the lexicon costs a step of real speech, letters and language model included, on
 * recordings of `dev` beside the repository: over recordings, their mean, their median, and what 95 % stay below.
 *
 *     node --import tsx test/bench/search.bench.ts [--model FOLDER] [--limit N] [--json]
 */
import { join } from 'node:path';
import { machineFacts, machineText } from '../../agent/cli/machine.ts';
import { LexiconSearch } from '../../agent/decoder/lexicon-search.ts';
import { distribution } from '../../agent/evaluation/quantile.ts';
import { markdownNumbers } from '../../agent/evaluation/table.ts';
import type { ScoredClip } from '../../scripts/decoder-tuning/scored-clips.ts';
import { loadSearch, readRows, scoreClips } from '../../scripts/decoder-tuning/search-setup.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { hasRealSpeech, SPEECH_FOLDER, SPEECH_MISSING } from '../support/real-speech.ts';

const DATASETS = ['cv13delta', 'speechocean762', 'wuw2', 'kathleen'];
/** The first ones compile the code. */
const ROUNDS = 3;

const { values } = scriptArguments(import.meta.filename, {
  options: {
    model: { type: 'string', default: join('models', 'en-base') },
    limit: { type: 'string', default: '40' },
    json: { type: 'boolean' },
  },
});

if (hasRealSpeech()) await measure();
else if (values.json) process.stdout.write(JSON.stringify({ skipped: SPEECH_MISSING }));
else process.stdout.write(`search.bench is skipped: it ${SPEECH_MISSING}\n`);

async function measure(): Promise<void> {
  const { bundle, heads, resources, options } = await loadSearch(values.model);
  const manifest = join(SPEECH_FOLDER, 'manifest.tsv');
  const rows = await Promise.all(
    DATASETS.map((name) => readRows(manifest, { splits: ['dev'], datasets: [name] }, Number(values.limit))),
  );
  const clips = await scoreClips(bundle, rows.flat(), SPEECH_FOLDER, heads);
  const search = new LexiconSearch(resources, options, null);
  const results = DATASETS.map((name) => {
    const ofDataset = clips.filter(({ dataset }) => dataset === name);
    return { dataset: name, ...microsecondsPerStep(search, ofDataset) };
  });
  const table = markdownNumbers(
    Object.keys(results[0]!),
    results.map((result) => Object.values(result).map(String)),
  );
  const machine = machineFacts();
  const text = `${values.model}, ${machineText(machine)}; µs a step\n\n${table}\n`;
  process.stdout.write(values.json ? `${JSON.stringify({ machine, results }, null, 2)}\n` : text);
}

function microsecondsPerStep(search: LexiconSearch, clips: readonly ScoredClip[]) {
  let times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times = clips.map((clip) => timeOf(search, clip));
  const { count, mean, p50, p95 } = distribution(times)!;
  return { recordings: count, mean: Math.round(mean), p50: Math.round(p50), p95: Math.round(p95) };
}

function timeOf(search: LexiconSearch, { rows, steps }: ScoredClip): number {
  const start = performance.now();
  search.reset();
  search.accept(rows, steps);
  search.end();
  return (1000 * (performance.now() - start)) / steps;
}
