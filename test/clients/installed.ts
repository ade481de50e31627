import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

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
