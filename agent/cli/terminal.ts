import { ownEnvironment } from '../config-load.ts';
import { type AgentError, toAgentError } from '../errors.ts';
import { unwritable } from './output-file.ts';

/** Why nothing more can be written to the standard output; null while all is well. */
let outputFailure: AgentError | null = null;

/**
 * Writes results to the standard output.
 * @throws {AgentError} `OUTPUT_UNWRITABLE` when what was written before did not arrive: more work would be in vain
 */
export function printText(text: string): void {
  if (outputFailure !== null) throw outputFailure;
  process.stdout.write(text);
}

/** Writes a line of results, as `printText`. */
export function printLine(text: string): void {
  printText(`${text}\n`);
}

/** The standard output for what draws on a terminal; `write` is `printText`. */
export const OUTPUT = {
  get isTTY(): boolean {
    return takesEscapeCodes(process.stdout);
  },
  get columns(): number {
    return process.stdout.columns;
  },
  get rows(): number {
    return process.stdout.rows;
  },
  hasColors: (): boolean => OUTPUT.isTTY && process.stdout.hasColors(),
  write: printText,
};

/** The standard error for what draws on a terminal. */
export const NOTES = {
  get isTTY(): boolean {
    return takesEscapeCodes(process.stderr);
  },
  get columns(): number {
    return process.stderr.columns;
  },
  write: (text: string): boolean => process.stderr.write(text),
};

/** `dumb` is a terminal that shows escape codes instead of doing what they say: Emacs, consoles of some CI services. */
function takesEscapeCodes(stream: { readonly isTTY: boolean }): boolean {
  return stream.isTTY && ownEnvironment()['TERM'] !== 'dumb';
}

/**
 * From now on faults of the standard output do not end the process: `printText` and `flushOutput` tell them. Those of the
 * standard error nobody is told: there is no place left for it, and results are worth more than notes.
 */
export function watchOutput(): void {
  process.stdout.on('error', failOutput);
  process.stderr.on('error', () => {});
}

/**
 * Resolves when all results are written.
 * @throws {AgentError} `OUTPUT_UNWRITABLE`
 */
export async function flushOutput(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.stdout.write('', (error) => {
      if (error != null) failOutput(error);
      resolve();
    });
  });
  if (outputFailure !== null) throw outputFailure;
}

/** Ends the process quietly when nobody reads its output any more, as `earshot transcribe … | head` does. */
function failOutput(error: NodeJS.ErrnoException): void {
  // process.exit() would cut ONNX Runtime off with a message of its own
  if (error.code === 'EPIPE') process.kill(process.pid, 'SIGTERM');
  else outputFailure ??= unwritable('the standard output', error);
}

/** Writes a note for people to the standard error, so that results can be piped. */
export function printNote(text: string): void {
  NOTES.write(`${text}\n`);
}

/** Writes an error to the standard error: code, message and the fields that say where. */
export function printError(error: unknown): AgentError {
  const agentError = toAgentError(error);
  const [first = '', ...rest] = agentError.message.split('\n');
  const fields = Object.entries(agentError.fields).map(([name, value]) => `${name}: ${formatField(value)}`);
  const lines = [first, ...rest, ...fields].map((line, index) => (index === 0 ? line : `  ${line}`));
  printNote(`earshot: ${agentError.code}: ${lines.join('\n')}`);
  return agentError;
}

function formatField(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
