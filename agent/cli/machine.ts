import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT, PACKAGE_VERSION } from '../package-info.ts';

/** What a measurement ran on: without it numbers can not be compared. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly earshot: string;
  /** Commit of the source tree, with `+` when it has changes; `null` outside of one. */
  readonly commit: string | null;
  /** ISO 8601. */
  readonly date: string;
}

export function machineFacts(): MachineFacts {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    earshot: PACKAGE_VERSION,
    commit: sourceCommit(),
    date: new Date().toISOString(),
  };
}

/** The facts in one line for people. */
export function machineText(facts: MachineFacts): string {
  const { cpu, cores, memoryGiB, system, node, earshot, commit } = facts;
  const version = commit === null ? earshot : `${earshot} (${commit})`;
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, Earshot ${version}`;
}

function sourceCommit(): string | null {
  if (!existsSync(join(PACKAGE_ROOT, '.git'))) return null; // an installed package
  try {
    return execFileSync('git', ['describe', '--always', '--dirty=+', '--exclude=*'], {
      cwd: PACKAGE_ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null; // git is not installed
  }
}
