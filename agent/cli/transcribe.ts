import { type Command, Option } from 'commander';
import type { PcmFormat } from '../capture/sample-format.ts';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import { grammarTask } from '../grammar-files.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { grammarOption } from './grammar-option.ts';
import { addHotwordOptions, type HotwordOptionValues, hotwordsOf } from './hotword-options.ts';
import { batchEngine, loadEngine } from './load-engine.ts';
import { countParser, parseRaw } from './option-parsers.ts';
import { openOutputFolder } from './output-file.ts';
import { Progress } from './progress.ts';
import { printNote, printText } from './terminal.ts';
import { TRANSCRIPT_FORMATS, type TranscriptFormat } from './transcript-format.ts';

interface TranscribeCommandOptions extends HotwordOptionValues {
  readonly format: TranscriptFormat;
  readonly json?: true;
  readonly output?: string;
  readonly jobs?: number;
  readonly realtime?: true;
  readonly raw?: PcmFormat;
  readonly decoder?: 'greedy' | 'beam' | 'lexicon';
  readonly readable?: true;
  readonly grammar?: readonly string[];
}

const DEFAULT_JOBS = 8;

const HELP = `
WAV files are read directly, everything else through ffmpeg when it is installed. - reads standard input.
Progress goes to standard error, and so does which WAV, FLAC, MP3, Ogg or AIFF file was cut. A file that fails
does not stop the others; the exit code is then 1.
With --output a transcript has its name when it is whole, and ends in .part until then.

Examples:
  earshot transcribe interview.wav
  earshot transcribe talks/*.mp3 --format srt --output subtitles
  earshot transcribe --readable dictation.wav
  earshot transcribe meeting.wav --hotwords-file names.txt
  earshot transcribe call.wav --json | jq -r .text
  arecord -q -t raw -f S16_LE -r 16000 | earshot transcribe - --raw s16le:16000:1`;

/** `earshot transcribe`: recordings to text, as fast as the machine can. */
export function registerTranscribe(program: Command): void {
  const command = program
    .command('transcribe')
    .description('transcribe recordings, as fast as the machine can')
    .argument('<files...>', 'audio files; - is standard input')
    .addOption(
      new Option('--format <format>', 'of the transcript').choices(TRANSCRIPT_FORMATS).default('text'),
    )
    .option('--json', 'the same as --format json: every final event as a line')
    .option('--output <folder>', 'write a file for each recording there')
    .option('--jobs <n>', 'recordings at once', countParser(1))
    .option('--realtime', 'play at the pace of speech')
    .option('--raw <encoding:rate:channels>', 'files without a header, for example s16le:16000:1', parseRaw)
    .addOption(new Option('--decoder <search>', 'search').choices(['greedy', 'beam', 'lexicon']))
    .option('--readable', 'numbers, times, money, capitals and full stops as people write them')
    .addOption(grammarOption())
    .addHelpText('after', HELP)
    .action(async (files: readonly string[], options: TranscribeCommandOptions) => {
      await runTranscribe(files, options, configFromOptions(command).config);
    });
  addHotwordOptions(command);
  addConfigOptions(command, ['model.path', 'model.providers']);
}

async function runTranscribe(
  files: readonly string[],
  options: TranscribeCommandOptions,
  config: Config,
): Promise<void> {
  const { transcribeFiles } = await import('./transcribe-run.ts');
  const progress = new Progress({ unit: files.length === 1 ? 'file' : 'files' });
  const target = await createTargets(files, options, (text) => {
    progress.clear();
    printText(text);
  });
  const jobs = Math.min(options.jobs ?? DEFAULT_JOBS, files.length);
  const engine = await loadEngine(config, batchEngine(config, jobs));
  try {
    await transcribeFiles(engine, files, {
      jobs,
      realtime: options.realtime ?? false,
      ...(options.raw === undefined ? {} : { raw: options.raw }),
      stream: {
        partials: false,
        ...(options.decoder === undefined ? {} : { decoder: options.decoder }),
        ...(options.readable === undefined ? {} : { readable: options.readable }),
        ...(await grammarTask(options.grammar)),
        ...(await hotwordsOf(options)),
      },
      target,
      onProgress: (state) => progress.update(state),
      onCut: (file, heardSeconds, statedSeconds) => {
        progress.clear();
        const missed =
          statedSeconds === null
            ? ', without the end that its format has: it was cut'
            : ` of ${statedSeconds.toFixed(1)} s`;
        printNote(`earshot: ${file} ends after ${heardSeconds.toFixed(1)} s${missed}`);
      },
      onFailure: (file, { code, message }) => {
        progress.clear();
        printNote(`earshot: ${file}: ${code}: ${message}`);
        process.exitCode = 1;
      },
    });
  } finally {
    progress.clear();
    await engine.close();
  }
}

async function createTargets(
  files: readonly string[],
  options: TranscribeCommandOptions,
  write: (text: string) => void,
) {
  const { fileTargets, sharedTargets } = await import('./transcript-target.ts');
  const format = options.json ? 'json' : options.format;
  if (options.output !== undefined) {
    await openOutputFolder(options.output);
    return fileTargets(files, format, options.output);
  }
  if (files.length > 1 && (format === 'srt' || format === 'vtt')) {
    throw new AgentError('USAGE', `Several files as ${format} need --output <folder>.`);
  }
  return sharedTargets(files, format, write);
}
