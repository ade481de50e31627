import type { AudioSource, PcmChunk } from '../capture/audio-source.ts';
import { keepAlive } from '../capture/keep-alive.ts';
import { PacedSource } from '../capture/paced-source.ts';
import type { Clock } from '../clock.ts';
import type { SpeechEngine } from '../engine/speech-engine.ts';
import { type Distribution, distribution } from '../evaluation/quantile.ts';

export interface LoadOptions {
  /** Speakers at once. */
  readonly streams: number;
  /** How long they speak. */
  readonly seconds: number;
  /** What they say, again and again, each beginning somewhere else in it. At the engine's rate. */
  readonly recording: Int16Array;
  readonly clock: Clock;
}

/** How an engine fares under a number of live streams. Latencies in milliseconds from audio given to event. */
export interface LoadResult {
  readonly streams: number;
  readonly partial: Distribution | null;
  readonly final: Distribution | null;
  /** Cores that the engine's workers kept busy. */
  readonly cores: number;
  /** Seconds of computing per second of audio. */
  readonly rtf: number;
  /** Streams per run of the model, on average. */
  readonly meanBatch: number;
  /** Resident memory of the process at the end. */
  readonly rssMiB: number;
  /** Audio that was lost because the engine was too far behind. */
  readonly overrunSeconds: number;
}

/** As a usual client sends it. */
const CHUNK_MS = 40;

/** Runs live streams, paced in real time, against an engine and measures what their speakers would wait. */
export async function measureLoad(engine: SpeechEngine, options: LoadOptions): Promise<LoadResult> {
  const { streams, clock } = options;
  const before = engine.stats();
  const startMs = clock.now();
  const partials: number[] = [];
  const finals: number[] = [];
  await Promise.all(
    Array.from({ length: streams }, (_, index) => speak(engine, { ...options, index, partials, finals })),
  );
  const after = engine.stats();
  const busySeconds = after.busySeconds - before.busySeconds;
  const runs = after.batchSizes.map((count, size) => count - (before.batchSizes[size] ?? 0));
  return {
    streams,
    partial: distribution(partials),
    final: distribution(finals),
    cores: busySeconds / ((clock.now() - startMs) / 1000),
    rtf: busySeconds / (after.audioSeconds - before.audioSeconds),
    meanBatch: sum(runs.map((count, size) => count * size)) / Math.max(1, sum(runs)),
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
    overrunSeconds: after.overrunSeconds - before.overrunSeconds,
  };
}

interface Speaker extends LoadOptions {
  readonly index: number;
  readonly partials: number[];
  readonly finals: number[];
}

async function speak(engine: SpeechEngine, speaker: Speaker): Promise<void> {
  const { index, streams, clock, recording } = speaker;
  await pause(clock, (CHUNK_MS * index) / streams); // speakers do not breathe in step
  const stream = engine.createStream();
  const listen = async () => {
    for await (const event of stream) {
      const latencyMs = stream.latencyMs(event);
      if (latencyMs === undefined) continue;
      if (event.type === 'partial') speaker.partials.push(latencyMs);
      if (event.type === 'final') speaker.finals.push(latencyMs);
    }
  };
  const feed = async () => {
    const { sampleRate } = engine;
    const offset = Math.floor((recording.length * index) / streams);
    const sound = new Repeated(recording, { sampleRate, offset, samples: speaker.seconds * sampleRate });
    const open = async () => sound;
    const paced = new PacedSource({ open, clock, sampleRate, chunkMs: CHUNK_MS });
    for await (const { samples } of paced) stream.acceptPcm(samples); // a live speaker does not wait
    stream.finish();
  };
  await Promise.all([feed(), listen()]);
}

/** A recording again and again, up to a number of samples. */
class Repeated implements AudioSource {
  readonly sampleRate: number;
  readonly #recording: Int16Array;
  readonly #offset: number;
  readonly #samples: number;

  constructor(recording: Int16Array, parts: { sampleRate: number; offset: number; samples: number }) {
    this.#recording = recording;
    this.sampleRate = parts.sampleRate;
    this.#offset = parts.offset;
    this.#samples = parts.samples;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
    let left = this.#samples;
    for (let start = this.#offset; left > 0; start = 0) {
      const samples = this.#recording.subarray(start, start + left);
      left -= samples.length;
      yield { samples };
    }
  }

  async close(): Promise<void> {}
}

async function pause(clock: Clock, ms: number): Promise<void> {
  const letGo = keepAlive();
  await new Promise<void>((resolve) => clock.after(ms, resolve));
  letGo();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
