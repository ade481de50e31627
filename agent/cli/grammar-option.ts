import { Option } from 'commander';

/** `--grammar FILE` of the commands that recognize: commands instead of dictation. May be repeated. */
export function grammarOption(): Option {
  return new Option(
    '--grammar <file>',
    'listen for the commands of this grammar only; may be repeated',
  ).argParser((file: string, files: readonly string[] = []) => [...files, file]);
}
