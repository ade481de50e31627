import { access } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { AgentError } from '../errors.ts';
import { TarArchive } from './tar-archive.ts';

/** A recording that was found: as a file of its own, or inside an archive. */
export type LocatedAudio =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'archived'; readonly name: string; readonly archive: TarArchive };

/**
 * The recordings that a manifest names. `set/a.opus` is the file of that name in the folder, or else an entry of
 * `set.tar` there, which may be called `a.opus` or `set/a.opus`. Archives are indexed when first needed.
 */
export class AudioFolder {
  readonly #folder: string;
  readonly #archives = new Map<string, Promise<TarArchive | null>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws {AgentError} `AUDIO_FILE_UNREADABLE` when it is nowhere */
  async locate(file: string): Promise<LocatedAudio> {
    const path = isAbsolute(file) ? file : join(this.#folder, file);
    if (await exists(path)) return { kind: 'file', path };
    const name = file.split(sep).join('/');
    const slash = name.indexOf('/');
    const archivePath = join(this.#folder, `${name.slice(0, slash)}.tar`);
    const archive = slash > 0 ? await this.#archive(archivePath) : null;
    const entry = [name.slice(slash + 1), name].find((candidate) => archive?.has(candidate));
    if (archive !== null && entry !== undefined) return { kind: 'archived', name: entry, archive };
    const looked = archive === null ? '' : ` nor in ${archivePath}`;
    throw new AgentError('AUDIO_FILE_UNREADABLE', `There is no ${path}${looked}.`, { fields: { file } });
  }

  async close(): Promise<void> {
    const archives = await Promise.all(this.#archives.values());
    await Promise.all(archives.map((archive) => archive?.close()));
  }

  #archive(path: string): Promise<TarArchive | null> {
    let archive = this.#archives.get(path);
    if (archive === undefined) {
      archive = exists(path).then((there) => (there ? TarArchive.open(path) : null));
      this.#archives.set(path, archive);
    }
    return archive;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
