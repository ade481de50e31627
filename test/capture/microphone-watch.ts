import { Microphone, type MicrophoneOptions } from '../../agent/capture/microphone.ts';
import type { MicrophoneStatus } from '../../agent/capture/microphone-status.ts';

/** For what never comes; a busy machine is only slow. */
const DEADLINE_MS = 120_000;

interface Waiter {
  readonly met: () => boolean;
  readonly resolve: () => void;
}

/** Opens the product's microphone and notes all that comes out of it. */
export class MicrophoneWatch {
  readonly microphone: Microphone;
  readonly statuses: MicrophoneStatus[] = [];
  #samples = new Int16Array(1 << 16);
  #length = 0;
  readonly #waiters = new Set<Waiter>();
  readonly #reading: Promise<void>;

  constructor(options: Partial<MicrophoneOptions> & Pick<MicrophoneOptions, 'env'>) {
    this.microphone = new Microphone({
      recorder: 'auto',
      device: '',
      dataTimeoutMs: 30_000,
      silenceTimeoutMs: 600_000,
      restartMinMs: 10,
      restartMaxMs: 100,
      onStatus: (status) => {
        this.statuses.push(status);
        this.#wake();
      },
      ...options,
    });
    this.#reading = this.#read();
  }

  get states(): string[] {
    return this.statuses.map((status) => status.state);
  }

  /** All samples so far. */
  get samples(): Int16Array {
    return this.#samples.subarray(0, this.#length);
  }

  /** Waits for the first status after the given number of them for which `wanted` holds; returns it. */
  async status(wanted: (status: MicrophoneStatus) => boolean, after = 0): Promise<MicrophoneStatus> {
    const find = () => this.statuses.slice(after).find(wanted);
    await this.until('status', () => find() !== undefined);
    return find()!;
  }

  /** Waits until `met` holds; it is asked again after every chunk and every status. */
  async until(what: string, met: () => boolean): Promise<void> {
    if (met()) return;
    await new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`${what}: not in time; ${JSON.stringify(this.statuses)}`));
      const deadline = setTimeout(late, DEADLINE_MS);
      const waiter: Waiter = {
        met,
        resolve: () => {
          clearTimeout(deadline);
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      this.#waiters.add(waiter);
    });
  }

  async close(): Promise<void> {
    await this.microphone.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const { samples } of this.microphone) {
      this.#keep(samples);
      this.#wake();
    }
  }

  #keep(samples: Int16Array): void {
    if (this.#length + samples.length > this.#samples.length) {
      const larger = new Int16Array(2 * (this.#length + samples.length));
      larger.set(this.samples);
      this.#samples = larger;
    }
    this.#samples.set(samples, this.#length);
    this.#length += samples.length;
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) {
      if (waiter.met()) waiter.resolve();
    }
  }
}
