import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const packageJson = z.object({ name: z.string(), version: z.string() });

/** Folder that holds package.json, whether this runs from source or from `dist`. */
export const PACKAGE_ROOT = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

/** Version of this package. */
export const PACKAGE_VERSION = packageJson.parse(
  JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')),
).version;

/** A path as the user means it: in the working directory when it exists there, else in the package. */
export function resolvePackagePath(path: string): string {
  const local = resolve(path);
  return existsSync(local) ? local : resolve(PACKAGE_ROOT, path);
}

function findPackageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findPackageRoot(dirname(folder));
}
