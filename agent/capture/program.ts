import { execFile } from 'node:child_process';

const ANSWER_MS = 5000;

/** What a program wrote and how it ended. */
export interface ProgramResult {
  readonly output: string;
  readonly failed: boolean;
}

/**
 * Runs a short-lived program, found through PATH; null when it is not installed. `env`: its environment, the own
 * one where it is absent.
 */
export function runProgram(
  name: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<ProgramResult | null> {
  const options = { timeout: ANSWER_MS, ...(env === undefined ? {} : { env }) };
  return new Promise((resolve) => {
    execFile(name, args, options, (error, stdout) => {
      const notStarted = typeof error?.code === 'string';
      resolve(notStarted ? null : { output: stdout, failed: error !== null });
    });
  });
}

/** Whether a program can be started. */
export async function isInstalled(name: string, env?: NodeJS.ProcessEnv): Promise<boolean> {
  return (await runProgram(name, ['--version'], env)) !== null;
}
