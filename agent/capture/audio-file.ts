import type { Readable } from 'node:stream';
import { AgentError } from '../errors.ts';
import { type ByteInput, openByteInput } from './byte-input.ts';
import { BIG_ENDIAN_WAV, containerOf } from './container-signature.ts';
import type { AudioFile } from './decoded-source.ts';
import { openWithFfmpeg } from './ffmpeg-file.ts';
import { DEFAULT_SAMPLE_RATE } from './pcm-decoder.ts';
import { isOutOfRange, type PcmFormat } from './sample-format.ts';
import { openRawFile, openWavFile } from './wav-file.ts';
import { isWav } from './wav-header.ts';

/** How to open an audio file. */
export interface AudioFileOptions {
  /** Hz of the samples that come out; 16000 where it is absent. */
  readonly sampleRate?: number;
  /** The bytes have no header and are written like this. */
  readonly raw?: PcmFormat;
  /** What `-` reads; standard input where it is absent. */
  readonly stdin?: Readable;
  /** Gives up the opening, which with a pipe waits for its first bytes. */
  readonly signal?: AbortSignal;
  /** Environment in which ffmpeg runs; the own one where it is absent. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Opens an audio file, or standard input for the path `-`, as a source of mono samples. WAV is read here, in
 * pieces and at any length; everything else goes through ffmpeg when it is installed. Throws
 * `AUDIO_FILE_UNREADABLE` and `AUDIO_FORMAT_UNSUPPORTED`. Iterate the result or close it.
 */
export async function openAudioFile(path: string, options: AudioFileOptions = {}): Promise<AudioFile> {
  const { signal } = options;
  const input = await openByteInput(path, options.stdin ?? process.stdin);
  const close = () => input.close();
  signal?.addEventListener('abort', close);
  if (signal?.aborted === true) close();
  try {
    return await openInput(input, options);
  } catch (error) {
    close();
    throw error;
  } finally {
    signal?.removeEventListener('abort', close);
  }
}

async function openInput(input: ByteInput, options: AudioFileOptions): Promise<AudioFile> {
  const sampleRate = options.sampleRate ?? DEFAULT_SAMPLE_RATE;
  if (options.raw !== undefined) return openRawFile(input, options.raw, sampleRate);
  const wav = await startsAsWav(input);
  if (!wav) return await openWithFfmpeg(input, { sampleRate, env: options.env });
  try {
    return await openWavFile(input, sampleRate);
  } catch (error) {
    // A WAV file can hold compressed audio (ADPCM, GSM, MP3), but ffmpeg changes neither channels nor rate.
    if (!(error instanceof AgentError) || error.code !== 'AUDIO_FORMAT_UNSUPPORTED') throw error;
    if (isOutOfRange(error)) throw error;
    return await openWithFfmpeg(input, { sampleRate, env: options.env });
  }
}

/** The first piece may be shorter than the magic when it comes through a pipe. */
async function startsAsWav(input: ByteInput): Promise<boolean> {
  const pieces: Uint8Array[] = [];
  for (let index = 0; ; index++) {
    const piece = await input.peek(index);
    if (piece === null) {
      if (index > 0) return false;
      throw new AgentError('AUDIO_FILE_UNREADABLE', `${input.name} is empty.`);
    }
    pieces.push(piece);
    const start = Buffer.concat(pieces);
    if (containerOf(start) === BIG_ENDIAN_WAV) {
      const message = `${input.name} is a big-endian WAV file (RIFX), which is not read: convert it to one that starts with RIFF.`;
      throw new AgentError('AUDIO_FORMAT_UNSUPPORTED', message);
    }
    const wav = isWav(start);
    if (wav !== 'unknown') return wav;
  }
}
