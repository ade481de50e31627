import type { Clock } from '../clock.ts';
import type { AudioSource, PcmChunk } from './audio-source.ts';
import { keepAlive } from './keep-alive.ts';
import { DEFAULT_SAMPLE_RATE } from './pcm-decoder.ts';

/** What to play, and how. */
export interface PacedSourceOptions {
  /** Opens the sound from its start: once, or with `loop` every time it has ended. */
  readonly open: () => Promise<AudioSource>;
  readonly clock: Clock;
  /** Hz of what `open` delivers; 16000 where it is absent. */
  readonly sampleRate?: number;
  /** Begin again at the end. */
  readonly loop?: boolean;
  /** Seconds of sound per second; 1 where it is absent. */
  readonly speed?: number;
  /** Milliseconds of sound per chunk; 20 where it is absent. */
  readonly chunkMs?: number;
}

/**
 * Sound at the pace of a microphone: a chunk comes out when its last sample would have been spoken. All times
 * count from the start, so that nothing drifts; after a reader has been slow, what was missed follows at once.
 */
export class PacedSource implements AudioSource {
  readonly sampleRate: number;
  readonly #options: PacedSourceOptions;
  readonly #chunkSamples: number;
  #current: AudioSource | null = null;
  #closed = false;
  #endWait: () => void = () => {};

  constructor(options: PacedSourceOptions) {
    this.#options = options;
    this.sampleRate = options.sampleRate ?? DEFAULT_SAMPLE_RATE;
    this.#chunkSamples = Math.max(1, Math.round(((options.chunkMs ?? 20) * this.sampleRate) / 1000));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
    const { clock, speed = 1 } = this.#options;
    const letGo = keepAlive();
    try {
      const start = clock.now();
      let played = 0;
      for await (const samples of this.#rounds()) {
        played += samples.length;
        await this.#until(start + (played / this.sampleRate / speed) * 1000);
        if (this.#closed) return;
        yield { samples };
      }
    } finally {
      letGo();
      await this.close();
    }
  }

  /** Ends the iteration, also one that waits. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#endWait();
    await this.#current?.close();
  }

  async *#rounds(): AsyncGenerator<Int16Array> {
    let heard = true;
    for (let round = 0; heard && !this.#closed && (round === 0 || this.#options.loop === true); round++) {
      heard = false;
      this.#current = await this.#options.open();
      for await (const { samples } of this.#current) {
        heard = true;
        for (let at = 0; at < samples.length; at += this.#chunkSamples) {
          yield samples.slice(at, at + this.#chunkSamples);
        }
      }
    }
  }

  async #until(dueMs: number): Promise<void> {
    const { clock } = this.#options;
    // Timers of Node.js may fire up to a millisecond early: look at the clock again.
    for (let leftMs = dueMs - clock.now(); leftMs > 0 && !this.#closed; leftMs = dueMs - clock.now()) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(leftMs, resolve);
        this.#endWait = () => {
          cancel();
          resolve();
        };
      });
    }
  }
}
