/**
 * Writes what a model gets wrong, by examples that nobody picked, as `ERRORS.md` of its bundle:
 *
 *     npx tsx agent/main.ts eval MANIFEST --split dev --json results.json
 *     npx tsx scripts/evaluation/write-error-page.ts models/en-base results.json
 *
 * The recordings must be of one split; the page says of which.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MachineFacts, machineText } from '../../agent/cli/machine.ts';
import type { UtteranceResult } from '../../agent/evaluation/utterance-result.ts';
import { refuseArguments, scriptArguments } from '../script-arguments.ts';
import { errorPage } from './error-page.ts';

/** What of the results of `earshot eval --json` serves here. */
interface Evaluation {
  readonly machine: MachineFacts;
  readonly options: { readonly split?: readonly string[] };
  readonly results: readonly UtteranceResult[];
}

const { positionals } = scriptArguments(import.meta.filename, { allowPositionals: true });
const [bundle, resultsPath] = positionals;
if (bundle === undefined || resultsPath === undefined) {
  refuseArguments('expected a bundle and the results of earshot eval --json');
}
const { name, version } = JSON.parse(readFileSync(join(bundle, 'model.json'), 'utf8'));
const { machine, options, results } = JSON.parse(readFileSync(resultsPath, 'utf8')) as Evaluation;
const [split, ...others] = options.split ?? [];
if (split === undefined || others.length > 0) {
  refuseArguments(`${resultsPath}: expected results of one split, got ${options.split?.join(', ') ?? 'all'}`);
}
const page = errorPage(results, {
  model: `${name} ${version}`,
  split,
  commands: [
    `earshot eval MANIFEST --audio FOLDER --model models/${name} --split ${split} --json results.json`,
    `npx tsx scripts/evaluation/write-error-page.ts models/${name} results.json`,
  ],
  machine: machineText(machine),
});
writeFileSync(join(bundle, 'ERRORS.md'), page);
