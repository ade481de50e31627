import {
  type ChildProcess,
  type ExecFileException,
  execFile,
  type SpawnOptions,
  spawn,
} from 'node:child_process';
import { once } from 'node:events';
import { AgentError } from '../errors.ts';

/** A program that has not ended by then is killed, and gets no signal that it could ignore: it holds nothing. */
const ANSWER_MS = 5000;

/** Why a program can not be started that is not there, or is no program. */
const NOT_INSTALLED = new Set<unknown>(['ENOENT', 'EACCES', 'ENOTDIR']);

/** What a program wrote and how it ended. */
export interface ProgramResult {
  readonly output: string;
  readonly failed: boolean;
}

/**
 * Runs a short-lived program, found through PATH; null when it is not installed. `env`: its environment, the own
 * one where it is absent. Throws `RECORDER_FAILED` when it is there but can not be run.
 */
export async function runProgram(
  name: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<ProgramResult | null> {
  const options = {
    timeout: ANSWER_MS,
    killSignal: 'SIGKILL',
    ...(env === undefined ? {} : { env }),
  } as const;
  try {
    return await new Promise((resolve, reject) => {
      execFile(name, args, options, (error, stdout) => {
        if (typeof error?.code === 'string') reject(error);
        else resolve({ output: stdout, failed: error !== null });
      });
    });
  } catch (error) {
    // of some reasons Node.js tells the callback, the others it throws
    if (isMissing(error)) return null;
    throw notRun(name, error as ExecFileException);
  }
}

/**
 * Starts a program that goes on. Rejects with all that can prevent it: some of that Node.js throws, some it tells in the next
 * turn, and the process that it gives then may lack its pipes.
 */
export async function startProgram(
  name: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<ChildProcess> {
  const process = spawn(name, args, options);
  await once(process, 'spawn');
  return process;
}

/** Whether what prevents a program from being started is that it is not installed. */
export function isMissing(error: unknown): boolean {
  return NOT_INSTALLED.has((error as NodeJS.ErrnoException).code);
}

function notRun(name: string, cause: ExecFileException): AgentError {
  return new AgentError('RECORDER_FAILED', `${name} can not be run: ${cause.message}`, { cause });
}

/** Whether a program can be started. */
export async function isInstalled(name: string, env?: NodeJS.ProcessEnv): Promise<boolean> {
  return (await runProgram(name, ['--version'], env)) !== null;
}
