import { readFile } from 'node:fs/promises';
import { AgentError } from '../errors.ts';
import { type ManifestRow, parseManifest } from '../evaluation/manifest.ts';

/**
 * All rows of the manifest at `path`.
 * @throws {AgentError} `MANIFEST_INVALID` when it can not be read or is none
 */
export async function readManifest(path: string): Promise<ManifestRow[]> {
  const content = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new AgentError('MANIFEST_INVALID', `Can not read the manifest ${path}: ${cause.message}`, {
      cause,
    });
  });
  return parseManifest(content, path);
}
