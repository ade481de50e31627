import type { AudioSource } from '../capture/audio-source.ts';
import { PacedSource } from '../capture/paced-source.ts';
import type { Clock } from '../clock.ts';
import type { RecognizerStream, SpeechEngine, StreamOptions } from '../engine/speech-engine.ts';
import type { ObservedEvent } from '../evaluation/latency.ts';

export interface RecognitionOptions {
  readonly stream?: StreamOptions;
  /** Holds the audio back to the pace of speech by this clock; absent: as fast as the engine takes it. */
  readonly realtime?: Clock | undefined;
  readonly onEvent?: (observed: ObservedEvent) => void;
  /** Called with the audio as it is given to the engine, and the seconds of audio with it. */
  readonly onAudio?: (samples: Int16Array, seconds: number) => void;
}

export interface RecognitionResult {
  /** Length of the audio. */
  readonly seconds: number;
  /** When the engine was told that the audio has ended, on the scale of `ObservedEvent.at`. */
  readonly finishedAt: number;
}

/** What is given to the engine at once: the chunk of a usual recorder. */
const CHUNK_MS = 100;

/**
 * Runs a source to its end through a stream of its own, waiting whenever the engine is behind. Events are dated by
 * the clock in real time, else by the audio that the engine had heard.
 * @throws {AgentError} when the source can not be read or the engine fails; source and stream are closed then too
 */
export async function recognize(
  engine: SpeechEngine,
  source: AudioSource,
  options: RecognitionOptions,
): Promise<RecognitionResult> {
  const { realtime: clock, onEvent } = options;
  const paced = clock === undefined ? source : paceSource(source, clock);
  const startMs = clock?.now() ?? 0;
  const elapsed = () => (clock === undefined ? undefined : (clock.now() - startMs) / 1000);
  try {
    const stream = engine.createStream(options.stream);
    const listen = async () => {
      for await (const event of stream)
        onEvent?.({ event, at: elapsed() ?? stream.heardSeconds(event) ?? 0 });
    };
    const feedAll = async () => {
      const seconds = await feed(stream, paced, options);
      return { seconds, finishedAt: elapsed() ?? seconds };
    };
    const [result] = await Promise.all([feedAll(), listen()]);
    return result;
  } finally {
    await paced.close();
  }
}

function paceSource(source: AudioSource, clock: Clock): AudioSource {
  const { sampleRate } = source;
  return new PacedSource({ open: async () => source, clock, sampleRate, chunkMs: CHUNK_MS });
}

/** Resolves with the seconds of audio, after the stream was told that they were all. */
async function feed(
  stream: RecognizerStream,
  source: AudioSource,
  { onAudio }: RecognitionOptions,
): Promise<number> {
  const pieceSamples = Math.round((CHUNK_MS / 1000) * source.sampleRate);
  let fed = 0;
  try {
    for await (const { samples } of source) {
      for (let start = 0; start < samples.length; start += pieceSamples) {
        const piece = samples.subarray(start, start + pieceSamples);
        fed += piece.length;
        if (!stream.acceptPcm(piece)) await stream.drained();
        onAudio?.(piece, fed / source.sampleRate);
      }
    }
    stream.finish();
    return fed / source.sampleRate;
  } catch (error) {
    stream.close(); // ends the listening side
    throw error;
  }
}
