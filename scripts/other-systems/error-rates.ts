/**
 * Compares systems on the recordings that the first of them heard: words wrong by data set, as a Markdown table.
 *
 *     npx tsx scripts/other-systems/error-rates.ts whisper=runs/whisper.tsv en-base=results.json [--together SET,SET …]
 *
 * A file that ends in .json has the results of `earshot eval --json`, any other what transcribe.py wrote. --together gives
 * several data sets one row.
 */
import { readFileSync } from 'node:fs';
import { refuseArguments, scriptArguments } from '../script-arguments.ts';
import { errorRateTable, type System, systemOfResults, systemOfTable } from './heard-recordings.ts';

const { values, positionals } = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: { together: { type: 'string', multiple: true, default: [] } },
});
if (positionals.length === 0) refuseArguments('expected NAME=FILE of one system at least');
try {
  const table = errorRateTable(
    positionals.map(readSystem),
    values.together.map((names) => names.split(',')),
  );
  process.stdout.write(`${table}\n`);
} catch (error) {
  refuseArguments((error as Error).message);
}

function readSystem(argument: string): System {
  const [name = '', path = ''] = argument.split('=', 2);
  if (path === '') refuseArguments(`expected NAME=FILE, got: ${argument}`);
  const content = readFileSync(path, 'utf8');
  return path.endsWith('.json') ? systemOfResults(name, content) : systemOfTable(name, content);
}
