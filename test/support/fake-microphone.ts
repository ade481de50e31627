import type { PcmChunk } from '../../agent/capture/audio-source.ts';
import type { MicrophoneStatus } from '../../agent/capture/microphone-status.ts';
import { type MicrophoneSource, NO_MICROPHONE } from '../../agent/server/hub.ts';
import { EventQueue } from './event-queue.ts';

/** A microphone that hears what a test says. */
export class FakeMicrophone implements MicrophoneSource {
  readonly sampleRate = 16000;
  status: MicrophoneStatus = { ...NO_MICROPHONE, state: 'running', detail: '' };
  closed = false;
  readonly #chunks = new EventQueue<PcmChunk>();

  /** Sound comes in. */
  hear(seconds: number): void {
    this.#chunks.push({ samples: new Int16Array(seconds * this.sampleRate).fill(1000) });
  }

  /** The source breaks off, as when a file can not be read further. */
  fail(error: Error): void {
    this.#chunks.fail(error);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.#chunks.end();
  }

  [Symbol.asyncIterator](): AsyncIterator<PcmChunk> {
    return this.#chunks[Symbol.asyncIterator]();
  }
}
