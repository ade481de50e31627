import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import type { Config } from '../config.ts';
import type { SpeechEngine, StreamOptions } from '../engine/speech-engine.ts';
import { type ManifestRow, selectRows } from '../evaluation/manifest.ts';
import { alignedLines, summaryTable, worstHeading } from '../evaluation/report-table.ts';
import { worst } from '../evaluation/summary.ts';
import { grammarTask } from '../grammar-files.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { type Evaluation, evaluate } from './evaluation-run.ts';
import { grammarOption } from './grammar-option.ts';
import { addHotwordOptions, type HotwordOptionValues, hotwordsOf } from './hotword-options.ts';
import { batchEngine, loadEngine } from './load-engine.ts';
import { machineFacts, machineText } from './machine.ts';
import { readManifest } from './manifest-file.ts';
import { collectNames, countParser } from './option-parsers.ts';
import { checkOutputFile, writeOutputFile } from './output-file.ts';
import { Progress } from './progress.ts';
import { printLine, printNote, printText } from './terminal.ts';

interface EvalOptions extends HotwordOptionValues {
  readonly audio?: string;
  readonly dataset?: readonly string[];
  readonly split?: readonly string[];
  readonly limit?: number;
  readonly json?: string;
  readonly worst?: number;
  readonly markdown?: true;
  readonly decoder?: 'greedy' | 'beam' | 'lexicon';
  readonly grammar?: readonly string[];
  readonly jobs?: number;
  readonly realtime?: true;
  readonly endpointing?: true;
}

const DEFAULT_JOBS = 32;
const DEFAULT_REALTIME_JOBS = 4;

const HELP = `
The manifest is a tab-separated table with a header. Columns, in any order: file (path, relative to --audio)
and text; optional dataset and split; others are left alone. set/a.opus may also lie in set.tar.
Both texts are normalised by the rules of the model's language (numbers spelled out, letters and apostrophes)
before they are compared.

Latency: with --realtime measured on the clock, from the end of a word's sound to the partial that shows it for
good. Without, in audio time: how much more audio the engine had to hear first, computing not counted.
Stable: the same, to the partial that promises the word; decoder.stableCertainty and stableAfterMs set how
soon. Churn: words that partials took back, per word of the finals; changed: their share of the words that
partials showed.
The final latency counts from the end of the recording, or of the last word with --endpointing.

Examples:
  earshot eval manifest.tsv --audio recordings
  earshot eval manifest.tsv --split test --json results.json --worst 20
  earshot eval manifest.tsv --dataset an4 --limit 50 --realtime`;

/** `earshot eval`: WER, CER, speed, latency and churn over the rows of a manifest. */
export function registerEval(program: Command): void {
  const command = program
    .command('eval')
    .description('measure accuracy, speed and latency on recordings whose text is known')
    .argument('<manifest.tsv>', 'table with the columns file and text')
    .option('--audio <folder>', 'folder that paths start from (default: that of the manifest)')
    .option('--dataset <name>', 'only these data sets; may be repeated', collectNames)
    .option('--split <name>', 'only these splits; may be repeated', collectNames)
    .option('--limit <n>', 'only the first n rows', countParser(1))
    .option('--json <file>', 'write everything, every utterance too, as JSON; - is standard output')
    .option('--worst <n>', 'list the n utterances with the most wrong words', countParser(1))
    .option('--markdown', 'print the table as Markdown')
    .addOption(new Option('--decoder <search>', 'search').choices(['greedy', 'beam', 'lexicon']))
    .addOption(grammarOption())
    .option('--jobs <n>', 'recordings at once', countParser(1))
    .option('--realtime', 'play at the pace of speech and measure latency on the clock')
    .option('--endpointing', 'let pauses end segments (default: one final per recording)')
    .addHelpText('after', HELP)
    .action(async (manifest: string, options: EvalOptions) => {
      await runEval(manifest, options, configFromOptions(command).config);
    });
  addHotwordOptions(command);
  addConfigOptions(command, ['model.path', 'model.providers']);
}

async function runEval(manifest: string, options: EvalOptions, config: Config): Promise<void> {
  const rows = await readRows(manifest, options);
  if (options.json !== undefined && options.json !== '-') await checkOutputFile(options.json);
  const jobs = options.jobs ?? (options.realtime ? DEFAULT_REALTIME_JOBS : DEFAULT_JOBS);
  const engine = await loadEngine(config, batchEngine(config, jobs));
  try {
    const evaluation = await evaluateRows(engine, rows, { manifest, options, jobs });
    const report = {
      machine: machineFacts(),
      model: engine.stats(),
      manifest,
      options: { ...options, jobs },
    };
    await writeReport(evaluation, report, options);
    if (evaluation.failures.length > 0) process.exitCode = 1;
  } finally {
    await engine.close();
  }
}

async function readRows(manifest: string, options: EvalOptions): Promise<ManifestRow[]> {
  return selectRows(await readManifest(manifest), {
    datasets: options.dataset ?? [],
    splits: options.split ?? [],
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  });
}

async function evaluateRows(
  engine: SpeechEngine,
  rows: readonly ManifestRow[],
  { manifest, options, jobs }: { manifest: string; options: EvalOptions; jobs: number },
): Promise<Evaluation> {
  const progress = new Progress({ unit: 'utterances' });
  const stream: StreamOptions = {
    endpoint: { enabled: options.endpointing ?? false },
    ...(options.decoder === undefined ? {} : { decoder: options.decoder }),
    ...(await grammarTask(options.grammar)),
    ...(await hotwordsOf(options)),
  };
  try {
    return await evaluate(engine, rows, {
      audioFolder: options.audio ?? dirname(manifest),
      jobs,
      realtime: options.realtime ?? false,
      stream,
      onProgress: ({ utterances, audioSeconds }) => {
        progress.update({ done: utterances, total: rows.length, audioSeconds });
      },
    });
  } finally {
    progress.clear();
  }
}

async function writeReport(
  evaluation: Evaluation,
  report: { readonly machine: ReturnType<typeof machineFacts> },
  options: EvalOptions,
): Promise<void> {
  const latency = options.realtime ? 'real time' : 'audio time';
  if (options.json !== undefined) {
    const failures = evaluation.failures.map(({ row, error }) => ({
      ...{ line: row.line, file: row.file },
      ...{ code: error.code, message: error.message },
    }));
    const text = `${JSON.stringify({ ...report, latency, ...evaluation, failures }, null, 1)}\n`;
    if (options.json === '-') printText(text);
    else await writeOutputFile(options.json, text);
  }
  if (options.json !== '-') printReport(evaluation, machineText(report.machine), options);
  for (const { row, error } of evaluation.failures) {
    printNote(`earshot: line ${row.line}: ${error.code}: ${error.message}`);
  }
}

function printReport({ summaries, results }: Evaluation, machine: string, options: EvalOptions): void {
  printLine(summaryTable(summaries, options.markdown ? 'markdown' : 'plain'));
  printLine(`\nLatency in ${options.realtime ? 'real' : 'audio'} time. ${machine}`);
  for (const result of worst(results, options.worst ?? 0)) {
    printLine(`\n${worstHeading(result)}\n${alignedLines(result)}`);
  }
}
