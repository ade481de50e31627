import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { LocatedAudio } from './audio-folder.ts';

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
  readonly #folder: string;
  #made = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<ClipDecoder> {
    return new ClipDecoder(await mkdtemp(join(tmpdir(), 'earshot-clips-')));
  }

  /** One clip for each recording, in their order. */
  async decode(recordings: readonly LocatedAudio[]): Promise<Clip[]> {
    const originals = await Promise.all(recordings.map((recording) => this.#extract(recording)));
    const compressed = originals.filter(({ path }) => !isWav(path));
    const decoded = new Map(compressed.map((clip) => [clip, this.#newPath('.wav')]));
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
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #extract(recording: LocatedAudio): Promise<Clip> {
    if (recording.kind === 'file') return { path: recording.path, release: KEPT };
    const path = this.#newPath(extname(recording.name));
    await writeFile(path, await recording.archive.read(recording.name));
    return temporary(path);
  }

  #newPath(extension: string): string {
    return join(this.#folder, `${this.#made++}${extension}`);
  }
}

function isWav(path: string): boolean {
  return extname(path).toLowerCase() === '.wav';
}

function temporary(path: string): Clip {
  return { path, release: () => rm(path, { force: true }) };
}

/** Whether all were decoded; `false` also where ffmpeg is not installed. */
async function runFfmpeg(inputs: readonly Clip[], outputs: readonly string[]): Promise<boolean> {
  if (inputs.length === 0) return true;
  const process = spawn(
    'ffmpeg',
    [
      ...['-v', 'quiet', '-nostdin', '-y'],
      ...inputs.flatMap(({ path }) => ['-protocol_whitelist', 'file', '-i', `file:${path}`]),
      ...outputs.flatMap((path, index) => ['-map', `${index}:a:0`, ...WAV_OUTPUT, path]),
    ],
    { stdio: 'ignore' },
  );
  const ended = once(process, 'close').then(([code]) => code === 0);
  return ended.catch(() => false); // ffmpeg is not installed
}
