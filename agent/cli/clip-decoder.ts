import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { startProgram } from '../capture/program.ts';
import type { LocatedAudio } from './audio-folder.ts';
import { unwritable } from './output-file.ts';

/** A short recording that lies on disk, as WAV where that could be had. */
export interface Clip {
  readonly path: string;
  /** Deletes what was made for it. */
  release(): Promise<void>;
}

const KEPT = async () => {};
/** As capture's reader of foreign formats does it: decoding only, rate and channels are changed later. */
const WAV_OUTPUT = ['-c:a', 'pcm_f32le', '-f', 'wav'];

/**
 * Turns many short recordings into WAV files. Starting ffmpeg costs ten times as much as decoding a sentence, so
 * that one process decodes a whole batch. Where the batch fails, the recordings stay as they are and are
 * read one by one, which also says which of them is damaged.
 */
export class ClipDecoder {
  /** Null until something is made: WAV files need no place to write to. */
  #folder: Promise<string> | null = null;
  #made = 0;

  /**
   * One clip for each recording, in their order.
   * @throws {AgentError} `OUTPUT_UNWRITABLE` when there is no place for what has to be made
   */
  async decode(recordings: readonly LocatedAudio[]): Promise<Clip[]> {
    const originals = await Promise.all(recordings.map((recording) => this.#extract(recording)));
    const compressed = originals.filter(({ path }) => !isWav(path));
    const decoded = new Map(
      await Promise.all(compressed.map(async (clip) => [clip, await this.#newPath('.wav')] as const)),
    );
    if (!(await runFfmpeg(compressed, [...decoded.values()]))) return originals;
    return Promise.all(
      originals.map(async (original) => {
        const path = decoded.get(original);
        if (path === undefined) return original;
        await original.release();
        return temporary(path);
      }),
    );
  }

  async close(): Promise<void> {
    const folder = await this.#folder?.catch(() => null);
    if (folder != null) await rm(folder, { recursive: true, force: true });
  }

  async #extract(recording: LocatedAudio): Promise<Clip> {
    if (recording.kind === 'file') return { path: recording.path, release: KEPT };
    const path = await this.#newPath(extname(recording.name));
    const bytes = await recording.archive.read(recording.name);
    await inTemporaryFolder(writeFile(path, bytes));
    return temporary(path);
  }

  async #newPath(extension: string): Promise<string> {
    this.#folder ??= inTemporaryFolder(mkdtemp(join(tmpdir(), 'earshot-clips-')));
    return join(await this.#folder, `${this.#made++}${extension}`);
  }
}

function isWav(path: string): boolean {
  return extname(path).toLowerCase() === '.wav';
}

function temporary(path: string): Clip {
  return { path, release: () => rm(path, { force: true }) };
}

/** @throws {AgentError} `OUTPUT_UNWRITABLE` where that fails */
function inTemporaryFolder<T>(written: Promise<T>): Promise<T> {
  return written.catch((cause: NodeJS.ErrnoException) => {
    const advice = 'Set TMPDIR to a folder with room that this user may write to.';
    throw unwritable(`the temporary folder "${tmpdir()}"`, cause, advice);
  });
}

/** Whether all were decoded. `false` also where ffmpeg can not be started: reading them one by one says why. */
async function runFfmpeg(inputs: readonly Clip[], outputs: readonly string[]): Promise<boolean> {
  if (inputs.length === 0) return true;
  const args = [
    ...['-v', 'quiet', '-nostdin', '-y'],
    ...inputs.flatMap(({ path }) => ['-protocol_whitelist', 'file', '-i', `file:${path}`]),
    ...outputs.flatMap((path, index) => ['-map', `${index}:a:0`, ...WAV_OUTPUT, path]),
  ];
  try {
    const [code] = await once(await startProgram('ffmpeg', args, { stdio: 'ignore' }), 'close');
    return code === 0;
  } catch {
    return false;
  }
}
