import { readFile } from 'node:fs/promises';
import { buffer as readAll } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import type { PcmFormat } from '../capture/sample-format.ts';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import { ALIGNMENT_FORMATS, type AlignmentFormat } from './alignment-format.ts';
import { addConfigOptions, configFromOptions } from './config-options.ts';
import { parseRaw } from './option-parsers.ts';
import { checkOutputFile, writeOutputFile } from './output-file.ts';
import { Progress } from './progress.ts';
import { printNote, printText } from './terminal.ts';
import { decodeText } from './text-decoding.ts';

interface AlignOptions {
  readonly text?: string;
  readonly format: AlignmentFormat;
  readonly output?: string;
  readonly raw?: PcmFormat;
}

/** Notes on where text and recording do not fit that are printed; more only as their number. */
const MOST_NOTES = 30;

const HELP = `
The text is what is said in the recording, as people write it: numbers, capitals and punctuation may stand in
it, and line breaks mean nothing. Words that no dictionary has are read by the rules of letters; correct one in
the file of decoder.pronunciations. Recordings may be hours long.

Formats: json (a word a line: text, line, start, end, confidence), ctm, srt, vtt, textgrid (Praat).

Text and recording need not fit throughout. Words that were not found (in json they have no times), words that
fit badly and speech that is not in the text are told on standard error, with line and time. The exit code is 1
when words were not found. Settings: the section alignment of \`earshot config --reference\`.

Examples:
  earshot align interview.wav interview.txt > words.jsonl
  earshot align talk.mp3 talk.txt --format srt --output talk.srt
  earshot align yes.wav --text "yes please"
  earshot align chapter.flac chapter.txt --format textgrid --output chapter.TextGrid`;

/** `earshot align`: where each word of a known text is said in a recording. */
export function registerAlign(program: Command): void {
  const command = program
    .command('align')
    .description('find where each word of a known text is said in a recording')
    .argument('<recording>', 'audio file; - is standard input')
    .argument('[text]', 'file with the text, UTF-8 or UTF-16; - is standard input')
    .option('--text <text>', 'the text itself, instead of a file')
    .addOption(new Option('--format <format>', 'of the result').choices(ALIGNMENT_FORMATS).default('json'))
    .option('--output <file>', 'write the result there')
    .option(
      '--raw <encoding:rate:channels>',
      'a recording without header, for example s16le:16000:1',
      parseRaw,
    )
    .addHelpText('after', HELP)
    .action(async (recording: string, file: string | undefined, options: AlignOptions) => {
      await runAlign(recording, { file, ...options }, configFromOptions(command).config);
    });
  addConfigOptions(command, ['model.path', 'model.providers']);
}

async function runAlign(
  recording: string,
  options: AlignOptions & { readonly file: string | undefined },
  config: Config,
): Promise<void> {
  const { textWords } = await import('./text-words.ts');
  const words = textWords(await givenText(recording, options));
  if (options.output !== undefined) await checkOutputFile(options.output);
  const { openAudioFile } = await import('../capture/audio-file.ts');
  const { alignRecording } = await import('./align-run.ts');
  const { raw } = options;
  const progress = new Progress({ unit: 'seconds' });
  const found = await alignRecording({
    config,
    words,
    open: (sampleRate) => openAudioFile(recording, { sampleRate, ...(raw && { raw }) }),
    onProgress: (seconds) =>
      progress.update({ done: Math.round(seconds), total: null, audioSeconds: seconds }),
  }).finally(() => progress.clear());
  const { formatAlignment } = await import('./alignment-format.ts');
  const { alignmentNotes } = await import('./alignment-notes.ts');
  const result = formatAlignment(options.format, found, recording);
  if (options.output === undefined) printText(result);
  else await writeOutputFile(options.output, result);
  const names = { recording, text: options.file ?? 'text' };
  printNotes(alignmentNotes(found, names, config.alignment.minConfidence));
  if (found.unsayable.length > 0 || found.words.some(({ start }) => start === null)) process.exitCode = 1;
}

/** @throws AgentError USAGE when there is not one text */
async function givenText(recording: string, { file, text }: { file: string | undefined; text?: string }) {
  if ((file === undefined) === (text === undefined)) {
    throw new AgentError('USAGE', 'Expected the text once: as a file behind the recording, or with --text.');
  }
  if (text !== undefined) return text;
  if (file === '-' && recording === '-') {
    throw new AgentError('USAGE', 'Recording and text can not both be read from standard input.');
  }
  const bytes = file === '-' ? await readAll(process.stdin) : await readText(file!);
  return decodeText(bytes, file!);
}

async function readText(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: Error) => {
    throw new AgentError('USAGE', `The text ${file} can not be read: ${cause.message}`, { cause });
  });
}

function printNotes(notes: readonly string[]): void {
  for (const note of notes.slice(0, MOST_NOTES)) printNote(`earshot: ${note}`);
  if (notes.length > MOST_NOTES) {
    printNote(
      `earshot: ${notes.length - MOST_NOTES} more such places; the text may be of another recording.`,
    );
  }
}
