import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import type { Interfaces } from './network-watch.ts';

/** Made when the system was installed; systemd and D-Bus keep it there. */
const ID_FILE = '/etc/machine-id';
const HEX_DIGITS = 12;

export interface MachineNameSources {
  readonly idFile?: string;
  readonly interfaces?: Interfaces;
}

/**
 * What names this machine for good: interfaces come, go and change their addresses, and each new name is a new device in
 * Home Assistant. Machines without an id have their first hardware address, as Wyoming's own services have it.
 */
export function machineName({
  idFile = ID_FILE,
  interfaces = networkInterfaces(),
}: MachineNameSources = {}): string {
  return idName(idFile) ?? hardwareName(interfaces) ?? hostname();
}

/** The id itself must not be told to the network (machine-id(5)). */
function idName(idFile: string): string | null {
  const id = textOf(idFile).trim();
  if (!/^[0-9a-f]{32}$/.test(id)) return null; // in the image of a container it is empty
  return createHmac('sha256', id).update('earshot').digest('hex').slice(0, HEX_DIGITS);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function hardwareName(interfaces: Interfaces): string | null {
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  const external = all.find(({ internal, mac }) => !internal && mac !== '00:00:00:00:00:00');
  return external?.mac.replaceAll(':', '') ?? null;
}
