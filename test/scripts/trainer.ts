import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const TRAINER_ENVIRONMENT = '.cache/training';
export const TRAINER_PYTHON = join(TRAINER_ENVIRONMENT, 'bin/python');
const LONGEST_SECONDS = 540;

/** Why tests that need the trainer are skipped; false when its packages are there. */
export function lacksTrainer(): string | false {
  if (existsSync(join(TRAINER_ENVIRONMENT, 'installed.txt'))) return false;
  return 'the Python environment of the trainer is not there; `bash scripts/training/install.sh` makes it';
}

/** Runs a program to its end, which must be good, and ends it with all that it started when it takes too long. */
export function runProgram(
  program: string,
  args: readonly string[],
  variables: Record<string, string> = {},
): string {
  // biome-ignore lint/style/noProcessEnv: programs get the environment of the test, not settings of Earshot
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env; // a test program among them is to report to nobody
  const env = { ...inherited, OMP_NUM_THREADS: '1', PYTHONPATH: 'scripts', ...variables };
  const command = ['--kill-after=5', String(LONGEST_SECONDS), program, ...args];
  const { status, stdout, stderr } = spawnSync('timeout', command, { env, encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${args.join(' ')}:\n${stdout}\n${stderr}`);
  return stdout;
}
