import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { AgentError } from '../errors.ts';
import { OrderedOutput } from './ordered-output.ts';
import type { TranscriptTarget } from './transcribe-run.ts';
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
    return {
      head: named ? `${index === 0 ? '' : '\n'}==> ${file} <==\n` : formatter.head,
      format: (final) => formatter.format(final),
      write: (text) => output.write(index, text),
      end: async () => output.end(index),
    };
  };
}

/**
 * A file in `folder` for each transcript, named as its recording.
 * @throws {AgentError} `USAGE` when two would have the same name
 */
export function fileTargets(
  files: readonly string[],
  format: TranscriptFormat,
  folder: string,
): TargetFactory {
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
  return (file, index) => {
    const output = createWriteStream(paths[index]!);
    const failed = once(output, 'error').then(([error]) => Promise.reject(error));
    failed.catch(() => {}); // awaited at the end
    const formatter = createFormatter(format, file);
    return {
      head: formatter.head,
      format: (final) => formatter.format(final),
      write: (text) => output.write(text),
      end: async () => {
        output.end();
        await Promise.race([once(output, 'close'), failed]);
      },
    };
  };
}
