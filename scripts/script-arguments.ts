import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Exit status for a command line that can not be understood, as of most Unix programs. */
const USAGE_ERROR = 2;

/**
 * `parseArgs` for a script: `--help` prints the comment at the head of its file, and what can not be understood ends the process
 * with a sentence instead of a stack trace.
 *
 * @param file path of the script, `import.meta.filename`
 */
export function scriptArguments<T extends ParseArgsConfig>(
  file: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  const options = { ...config.options, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const parsed = parseArgs<T>({ ...config, options });
    if (!('help' in parsed.values)) return parsed;
  } catch (error) {
    refuseArguments((error as Error).message);
  }
  process.stdout.write(`${headComment(readFileSync(file, 'utf8'))}\n`);
  process.exit();
}

/** Ends the process because of its command line. `problem` says what was expected and what was got. */
export function refuseArguments(problem: string): never {
  process.stderr.write(`${problem}\n--help says how to run this.\n`);
  process.exit(USAGE_ERROR);
}

/** The text of the JSDoc comment that a source file begins with. */
function headComment(source: string): string {
  const [comment = ''] = source.split('*/', 1);
  return comment.replace(/^\s*\/?\*+ ?/gm, '').trim();
}
