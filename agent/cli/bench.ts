import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { Config } from '../config.ts';
import type { SpeechEngine } from '../engine/speech-engine.ts';
import { AgentError } from '../errors.ts';
import { PACKAGE_ROOT } from '../package-info.ts';
import { type BenchReport, benchPlot, benchText, isWithin } from './bench-report.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { loadEngine } from './load-engine.ts';
import { machineFacts } from './machine.ts';
import { parsePositive } from './option-parsers.ts';
import { checkOutputFile, writeOutputFile } from './output-file.ts';
import type { LoadResult } from './stream-load.ts';
import { printLine, printNote } from './terminal.ts';

interface BenchOptions {
  readonly streams: readonly number[];
  readonly seconds: number;
  readonly limit: number;
  readonly json?: string | true;
  readonly plot?: string;
}

/** In a source tree; an installed package has no recordings. */
const DEFAULT_RECORDING = join(PACKAGE_ROOT, 'test', 'fixtures', 'speech', 'two-sentences.wav');

const HELP = `
Plays a recording into more and more live streams at once, each at the pace of speech, and measures how long the
words take from the audio to the partial that shows them: computing, batching and waiting. It ends when that is
over the limit. Leave the machine alone meanwhile.

Examples:
  earshot bench
  earshot bench meeting.wav --streams 1,8,16,24 --seconds 30
  earshot bench --json bench.json --plot bench.svg`;

/** `earshot bench`: how many live streams this machine carries, and how fast it answers. */
export function registerBench(program: Command): void {
  const command = program
    .command('bench')
    .description('measure live streams against latency on this machine')
    .argument('[recording]', 'speech to play (default: a recording of the source tree)')
    .option('--streams <list>', 'numbers of streams', parseStreams, [1, 2, 4, 8, 16, 32, 64])
    .option('--seconds <n>', 'how long each number speaks', parsePositive, 10)
    .option('--limit <ms>', 'partial latency (95 %) that is too slow', parsePositive, 300)
    .option('--json [file]', 'print JSON, or write it to a file beside the table')
    .option('--plot <file.svg>', 'draw the latencies')
    .addHelpText('after', HELP)
    .action(async (recording: string | undefined, options: BenchOptions) => {
      await runBench(recording, options, configFromOptions(command).config);
    });
  addConfigOptions(command, ['model.path', 'model.providers']);
}

async function runBench(recording: string | undefined, options: BenchOptions, config: Config): Promise<void> {
  for (const path of [options.json, options.plot]) if (typeof path === 'string') await checkOutputFile(path);
  const engine = await loadEngine(config, {
    maxStreams: Math.max(config.engine.maxStreams, ...options.streams),
  });
  try {
    const samples = await readSamples(recording ?? defaultRecording(), engine.sampleRate);
    const loads = await climb(engine, samples, options);
    const { model, provider, precision, workers } = engine.stats();
    const { limit: limitMs, seconds } = options;
    const report = { machine: machineFacts(), model, provider, precision, workers, limitMs, seconds, loads };
    await writeReport(report, options);
  } finally {
    await engine.close();
  }
}

/** One number of streams after the other, until one is too many. */
async function climb(
  engine: SpeechEngine,
  recording: Int16Array,
  { streams, seconds, limit }: BenchOptions,
): Promise<LoadResult[]> {
  const { measureLoad } = await import('./stream-load.ts');
  const loads: LoadResult[] = [];
  for (const count of streams) {
    printNote(`${count} ${count === 1 ? 'stream' : 'streams'} for ${seconds} s …`);
    const load = await measureLoad(engine, { streams: count, seconds, recording, clock: SYSTEM_CLOCK });
    loads.push(load);
    if (!isWithin(load, limit)) break;
  }
  return loads;
}

async function writeReport(report: BenchReport, { json, plot }: BenchOptions): Promise<void> {
  const text = JSON.stringify(report, null, 2);
  if (typeof json === 'string') await writeOutputFile(json, `${text}\n`);
  if (plot !== undefined) await writeOutputFile(plot, benchPlot(report));
  printLine(json === true ? text : benchText(report));
}

async function readSamples(file: string, sampleRate: number): Promise<Int16Array> {
  const { openAudioFile } = await import('../capture/audio-file.ts');
  const samples: number[] = [];
  for await (const chunk of await openAudioFile(file, { sampleRate })) {
    for (const sample of chunk.samples) samples.push(sample);
  }
  if (samples.length === 0) throw new AgentError('AUDIO_FILE_UNREADABLE', `${file} holds no sound.`);
  return Int16Array.from(samples);
}

function defaultRecording(): string {
  if (existsSync(DEFAULT_RECORDING)) return DEFAULT_RECORDING;
  throw new AgentError('USAGE', 'Give a recording of speech: earshot bench speech.wav');
}

function parseStreams(text: string): number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  throw new InvalidArgumentError('Expected whole numbers with commas, for example 1,2,4,8.');
}
