/**
 * Runs the benchmarks one after the other and writes what they measured, with the machine and the commit:
 *
 *     npm run bench                            all
 *     npm run bench -- decoder frontend        those whose name contains one of the words
 *     npm run bench -- --model models/en-small with this model instead of the tiny one of the tests
 *
 * Results: `test/artefacts/bench.json` and `test/artefacts/bench.md` (`--output FOLDER` for another place). Each
 * benchmark is a program that prints JSON for `--json`; its lists of records become tables.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineFacts, machineText } from '../../agent/cli/machine.ts';
import { markdownTable } from '../../agent/evaluation/table.ts';
import { refuseArguments, scriptArguments } from '../../scripts/script-arguments.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Fields = Record<string, Json>;

interface BenchmarkResult {
  readonly name: string;
  readonly output: Fields;
}

const ENDING = '.bench.ts';

const { values, positionals: words } = scriptArguments(import.meta.filename, {
  options: { model: { type: 'string' }, output: { type: 'string', default: join('test', 'artefacts') } },
  allowPositionals: true,
});

const machine = machineFacts();
const results = findBenchmarks().flatMap(runBenchmark);
const text = `# Benchmarks\n\n${machine.date}: ${machineText(machine)}\n\n${results.map(markdownOf).join('\n')}`;
mkdirSync(values.output, { recursive: true });
writeFileSync(join(values.output, 'bench.json'), `${JSON.stringify({ machine, results }, null, 2)}\n`);
writeFileSync(join(values.output, 'bench.md'), text);
process.stdout.write(text);

function findBenchmarks(): string[] {
  const names = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(ENDING))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort();
  if (names.length === 0) refuseArguments(`no benchmark has a name with one of: ${words.join(', ')}`);
  return names;
}

/** One that fails is reported, makes the whole run fail, and does not stop the others. */
function runBenchmark(file: string): BenchmarkResult[] {
  const name = file.slice(0, -ENDING.length);
  process.stderr.write(`${name} …\n`);
  const model = values.model === undefined ? [] : ['--model', values.model];
  const args = ['--import', 'tsx', join(import.meta.dirname, file), ...model, '--json'];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) return [{ name, output: JSON.parse(stdout) }];
  process.stderr.write(`${name} failed with exit code ${status}\n`);
  process.exitCode = 1;
  return [];
}

function markdownOf({ name, output }: BenchmarkResult): string {
  const { machine: _, ...fields } = output;
  const lists = Object.entries(fields).filter(([, value]) => Array.isArray(value));
  const facts = Object.entries(fields).filter(([, value]) => !Array.isArray(value));
  const factTable = facts.length === 0 ? [] : [recordTable([Object.fromEntries(facts)])];
  const tables = lists.map(([, records]) => recordTable(records as Fields[]));
  return [`## ${name}`, ...factTable, ...tables].join('\n\n').concat('\n');
}

function recordTable(records: readonly Fields[]): string {
  const rows = records.map(flatten);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((title) => {
    const isNumber = rows.every((row) => typeof (row[title] ?? 0) === 'number');
    return { title, align: isNumber ? ('right' as const) : ('left' as const) };
  });
  return markdownTable(
    columns,
    rows.map((row) => names.map((column) => cellText(row[column] ?? null))),
  );
}

/** `{ a: { b: 1 } }` → `{ 'a.b': 1 }` */
function flatten(record: Fields): Fields {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(flatten(value)).map(([inner, each]) => [`${key}.${inner}`, each])
        : [[key, value]],
    ),
  );
}

function cellText(value: Json): string {
  if (value === null) return '–';
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
