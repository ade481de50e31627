import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { AgentError } from '../errors.ts';
import { type ManifestRow, selectRows } from '../evaluation/manifest.ts';
import { readManifest } from './manifest-file.ts';
import { TarArchive } from './tar-archive.ts';

/** Recordings that lie together. */
export interface RecordingSet {
  /** Folder that the paths of the rows start from, as `AudioFolder` finds them. */
  readonly folder: string;
  /** Their text is empty where nobody wrote down what is said. */
  readonly rows: readonly ManifestRow[];
}

/** How manifests among the paths are read. */
export interface RecordingOptions {
  /** Folder that the paths in manifests start from; that of the manifest unless given. */
  readonly audioFolder?: string | undefined;
  /** Only these splits of manifests; empty: all. */
  readonly splits?: readonly string[];
}

const AUDIO = new Set(['.wav', '.opus', '.ogg', '.flac', '.mp3', '.m4a', '.mp4', '.aac', '.webm', '.wma']);

/**
 * The recordings that a path stands for: a manifest (`.tsv`), an archive (`.tar`), a folder with all below it, or one
 * audio file.
 * @throws {AgentError} `AUDIO_FILE_UNREADABLE` when there is no such path or nothing in it; `MANIFEST_INVALID`
 */
export async function recordingsAt(path: string, options: RecordingOptions = {}): Promise<RecordingSet> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, 'there is no such file or folder', cause);
  });
  if (found.isDirectory()) return named(path, resolve(path), await filesBelow(path));
  const extension = extname(path).toLowerCase();
  if (extension === '.tsv') return inManifest(path, options);
  if (extension === '.tar') return inArchive(path);
  return named(path, dirname(resolve(path)), [basename(path)]);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && isAudio(entry.name));
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

async function inArchive(path: string): Promise<RecordingSet> {
  const archive = await TarArchive.open(path);
  const set = basename(path, extname(path));
  try {
    const names = archive.names.filter(isAudio);
    const files = names.map((name) => (name.startsWith(`${set}/`) ? name : `${set}/${name}`));
    return named(path, dirname(resolve(path)), files);
  } finally {
    await archive.close();
  }
}

async function inManifest(
  path: string,
  { audioFolder, splits = [] }: RecordingOptions,
): Promise<RecordingSet> {
  const rows = selectRows(await readManifest(path), { splits });
  return { folder: audioFolder ?? dirname(path), rows };
}

function isAudio(name: string): boolean {
  return AUDIO.has(extname(name).toLowerCase());
}

function named(path: string, folder: string, files: readonly string[]): RecordingSet {
  if (files.length === 0) throw unreadable(path, 'there is no recording in it');
  const rows = [...files].sort().map((file) => ({ line: 0, file, text: '', dataset: '', split: '' }));
  return { folder, rows };
}

function unreadable(path: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('AUDIO_FILE_UNREADABLE', `${path}: ${problem}.`, { cause, fields: { path } });
}
