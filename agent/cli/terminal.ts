import { type AgentError, toAgentError } from '../errors.ts';

/** Writes a line of results to the standard output. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Ends the process quietly when nobody reads its output any more, as `earshot transcribe … | head` does. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.kill(process.pid, 'SIGTERM'); // process.exit() would cut ONNX Runtime off with a message of its own
  });
}

/** Writes a note for people to the standard error, so that results can be piped. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
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
