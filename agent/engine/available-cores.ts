import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * Cores that this process may keep busy, at least 1. The limit of a container is a quota of time, which Node.js 20
 * does not look at.
 * @param cgroup where the control groups are
 */
export function availableCores(cgroup = '/sys/fs/cgroup'): number {
  return Math.min(availableParallelism(), quotaCores(cgroup));
}

/** The quota of version 2 or else of version 1, both in time for each period; infinite where there is none. */
function quotaCores(cgroup: string): number {
  const read = (name: string) => readOrEmpty(join(cgroup, name));
  const text = read('cpu.max') || `${read('cpu/cpu.cfs_quota_us')} ${read('cpu/cpu.cfs_period_us')}`;
  const [quota, period] = text.trim().split(/\s+/).map(Number);
  const cores = Math.ceil(quota! / period!);
  return cores > 0 ? cores : Number.POSITIVE_INFINITY; // "max" and -1 are none
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // no control groups, or those of the other version
  }
}
