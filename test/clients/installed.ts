import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';

const CACHE = resolve('.cache/clients');
const HOW = 'is not installed; `npm run test:clients` installs it';

/** Why tests that need this npm package are skipped; false when it is there. */
export function lacksPackage(name: string): string | false {
  return existsSync(`${CACHE}/npm/node_modules/${name}/package.json`) ? false : `${name} ${HOW}`;
}

/** Why tests that need the clients in Python are skipped; false when they are there. */
export function lacksPython(): string | false {
  return existsSync(`${CACHE}/python/installed.txt`) ? false : `the Python environment of the clients ${HOW}`;
}

/** The module as it came from the registry. */
// biome-ignore lint/suspicious/noExplicitAny: the types of these packages are not installed
export function loadPackage(name: string): any {
  return createRequire(`${CACHE}/npm/package.json`)(name);
}

/** The Python that has the clients. */
export const CLIENT_PYTHON = `${CACHE}/python/bin/python3`;

/** Programs that came with the packages in Python. */
export const CLIENT_BIN = `${CACHE}/python/bin`;

/** A checkout of clients that no registry has. */
export interface Checkout {
  readonly folder: string;
  /** Why tests that need it are skipped; false when it is there. */
  readonly isLacking: string | false;
}

/** @param variable of the environment: names a folder to use instead of that which is fetched */
export function checkoutOf(repository: string, variable: string): Checkout {
  // biome-ignore lint/style/noProcessEnv: a test asks for what lies on the machine, not for a setting of Earshot
  const folder = process.env[variable] || `${CACHE}/${basename(repository)}`;
  const isLacking = `a checkout of github.com/${repository} ${HOW}, or ${variable} names one`;
  return { folder, isLacking: existsSync(folder) ? false : isLacking };
}
