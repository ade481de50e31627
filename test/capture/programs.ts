import { spawnSync } from 'node:child_process';

/** The reason to skip a test when one of the programs is not installed; false when all are. */
export function skipWithout(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => spawnSync(program, ['--version']).error !== undefined);
  const list = missing.join(', ');
  return missing.length === 0
    ? false
    : `needs ${list}, not installed: scripts/install-test-tools.sh installs it`;
}
