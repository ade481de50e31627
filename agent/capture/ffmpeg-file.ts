import type { ChildProcess } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AgentError } from '../errors.ts';
import { ByteInput } from './byte-input.ts';
import { containerOf, OGG } from './container-signature.ts';
import { type AudioFile, DecodedSource } from './decoded-source.ts';
import { type StatedLength, statedLength } from './ffmpeg-log.ts';
import { installHint } from './install-hint.ts';
import { endsOgg } from './ogg-end.ts';
import { PcmDecoder } from './pcm-decoder.ts';
import { isMissing, startProgram } from './program.ts';
import { TextTail } from './text-tail.ts';
import { WavHeaderReader } from './wav-header.ts';

// The protocols keep a playlist from opening addresses of a network.
const INPUT = ['-hide_banner', '-nostdin', '-nostats', '-protocol_whitelist', 'file,pipe', '-i'];
const OUTPUT = ['-vn', '-map', '0:a:0', '-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1'];
/** Paths that lead somewhere else in another process. */
const DESCRIPTOR = /^\/(dev\/stdin$|dev\/fd\/|proc\/self\/|proc\/thread-self\/)/;
const PIPE_HINT =
  ' MP4 and M4A mostly end with what is needed first: give the file by its name, or make it with -movflags +faststart.';

/** How to run ffmpeg. */
export interface FfmpegOptions {
  /** Hz of the samples that come out. */
  readonly sampleRate: number;
  /** Environment of the process; the own one where it is absent. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Opens audio of any format that the installed ffmpeg reads. ffmpeg only decodes: channels and rate are changed
 * here, as for every source. A file is opened by ffmpeg itself, because some formats need seeking. Throws
 * `AUDIO_FORMAT_UNSUPPORTED`, with a hint when ffmpeg is not installed.
 */
export async function openWithFfmpeg(input: ByteInput, options: FfmpegOptions): Promise<AudioFile> {
  const path = await sharedPath(input);
  const lacksEnd = await stopsShort(input, path);
  const run = await FfmpegRun.start(input, path, options.env);
  const output = new ByteInput(input.name, null, run.stdout);
  if ((await output.peek(0)) === null) await run.end(true);
  return new DecodedSource({
    bytes: untilEnd(output, run),
    // ffmpeg writes a WAV header, which states what really comes.
    decoder: new PcmDecoder({ encoding: 'f32le', sampleRate: 48000, channels: 1 }, options.sampleRate),
    ...run.statedLength,
    lacksEnd,
    release: async () => {
      input.close(); // a pipe may be waiting for bytes
      run.kill();
    },
  });
}

async function* untilEnd(output: ByteInput, run: FfmpegRun): AsyncGenerator<Uint8Array> {
  const header = new WavHeaderReader();
  let sampleBytes = 0;
  for await (const piece of output) {
    sampleBytes += piece.length - header.accept(piece);
    yield piece;
  }
  await run.end(sampleBytes === 0);
}

class FfmpegRun {
  readonly stdout: Readable;
  readonly #process: ChildProcess;
  readonly #name: string;
  readonly #isPiped: boolean;
  readonly #log: TextTail;
  readonly #exit: Promise<unknown>;
  #killed = false;

  private constructor(name: string, isPiped: boolean, process: ChildProcess) {
    this.#name = name;
    this.#isPiped = isPiped;
    this.#process = process;
    this.stdout = process.stdout!;
    this.#log = new TextTail(process.stderr!);
    this.#exit = new Promise((resolve) => process.once('close', resolve));
    // A signal that can not be sent is no error: the process is gone.
    process.on('error', () => {});
  }

  /** @param path of the input for ffmpeg; null: it gets it through a pipe */
  static async start(
    input: ByteInput,
    path: string | null,
    env: NodeJS.ProcessEnv | undefined,
  ): Promise<FfmpegRun> {
    const piped = path === null;
    const process = await startProgram('ffmpeg', [...INPUT, piped ? 'pipe:0' : `file:${path}`, ...OUTPUT], {
      stdio: [piped ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      ...(env === undefined ? {} : { env }),
    }).catch((error: Error) => {
      input.close();
      throw isMissing(error) ? notInstalled(input.name, error) : notStarted(input.name, error);
    });
    // ffmpeg may stop reading before the end; what it made of the input counts, not the broken pipe.
    if (piped) pipeline(input, process.stdin!).catch(() => {});
    else input.close();
    return new FfmpegRun(input.name, piped, process);
  }

  /** As ffmpeg found it in the file's head: known when the first bytes come out. */
  get statedLength(): StatedLength {
    return statedLength(this.#log.text);
  }

  /** Waits for the end of the process and throws `AUDIO_FORMAT_UNSUPPORTED` when it failed or found no sample. */
  async end(isEmpty: boolean): Promise<void> {
    await this.#exit;
    const failed = this.#process.exitCode !== 0;
    if (this.#killed || !(failed || isEmpty)) return;
    const message = failed
      ? `ffmpeg can not read ${this.#name}: ${this.#log.lastLine}`
      : `ffmpeg finds no sound in ${this.#name}.${this.#isPiped ? PIPE_HINT : ''}`;
    throw new AgentError('AUDIO_FORMAT_UNSUPPORTED', message);
  }

  kill(): void {
    this.#killed = true;
    this.#process.kill('SIGKILL');
  }
}

/** Whether an Ogg file has no end: its length is that of its last page, so that ffmpeg takes it for whole. */
async function stopsShort(input: ByteInput, path: string | null): Promise<boolean> {
  const head = await input.peek(0);
  if (path === null || head === null || containerOf(head) !== OGG) return false;
  return !(await endsOgg(path).catch(() => true)); // of one that is gone ffmpeg tells
}

/** The path under which ffmpeg finds the file as well; null for what it gets through a pipe. */
async function sharedPath({ name, size }: ByteInput): Promise<string | null> {
  if (size === null) return null; // what was read of a pipe to find its format is read already
  if (!DESCRIPTOR.test(name)) return name;
  const path = await realpath(name).catch(() => null); // a deleted file has none
  return path === null || DESCRIPTOR.test(path) ? null : path;
}

function notInstalled(name: string, cause: unknown): AgentError {
  const message = `${name} is not a WAV file with PCM or float samples. Other formats need ffmpeg: ${installHint('ffmpeg')}`;
  return new AgentError('AUDIO_FORMAT_UNSUPPORTED', message, { cause });
}

function notStarted(name: string, cause: Error): AgentError {
  const message = `Can not read ${name}: ffmpeg can not be started: ${cause.message}`;
  return new AgentError('AUDIO_FILE_UNREADABLE', message, { cause });
}
