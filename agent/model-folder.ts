import { dirname, join } from 'node:path';

/** Folder of the model `name` beside the one in `folder`; null when `name` is not a plain name, but a path. */
export function modelBeside(folder: string, name: string): string | null {
  const isPlain = /^[^/\\]+$/.test(name) && name !== '.' && name !== '..';
  return isPlain ? join(dirname(folder), name) : null;
}
