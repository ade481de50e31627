import { basename, extname, join } from 'node:path';
import { AgentError } from '../errors.ts';
import { OrderedOutput } from './ordered-output.ts';
import { checkOutputFile } from './output-file.ts';
import type { TranscriptTarget } from './transcribe-run.ts';
import { TranscriptFile } from './transcript-file.ts';
import { createFormatter, FORMAT_EXTENSIONS, type TranscriptFormat } from './transcript-format.ts';

type TargetFactory = (file: string, index: number) => TranscriptTarget;

/** All transcripts on one output, in the order of the files; with several files, `text` names each. */
export function sharedTargets(
  files: readonly string[],
  format: TranscriptFormat,
  write: (text: string) => void,
): TargetFactory {
  const output = new OrderedOutput(files.length, write);
  return (file, index) => {
    const formatter = createFormatter(format, file);
    const named = format === 'text' && files.length > 1;
    const head = named ? `${index === 0 ? '' : '\n'}==> ${file} <==\n` : formatter.head;
    return {
      begin: () => output.write(index, head),
      take: (final) => output.write(index, formatter.format(final)),
      end: () => output.end(index),
    };
  };
}

/**
 * A file in `folder` for each transcript, named as its recording.
 * @throws {AgentError} `USAGE` when two would have the same name, `OUTPUT_UNWRITABLE`
 */
export async function fileTargets(
  files: readonly string[],
  format: TranscriptFormat,
  folder: string,
): Promise<TargetFactory> {
  const paths = files.map((file) => {
    const name = file === '-' ? 'stdin' : basename(file, extname(file));
    return join(folder, name + FORMAT_EXTENSIONS[format]);
  });
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) {
    throw new AgentError(
      'USAGE',
      `Two of the files would be written to ${twice}; transcribe them separately.`,
    );
  }
  await Promise.all(paths.map(checkOutputFile));
  return (file, index) => new TranscriptFile(paths[index]!, createFormatter(format, file));
}
