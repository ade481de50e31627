import { durationText } from './duration-text.ts';
import { NOTES } from './terminal.ts';
import { columnsOf } from './terminal-size.ts';

/** How far a long job is. */
export interface ProgressState {
  /** In `unit`, 0 to `total`. */
  readonly done: number;
  /** `null` when nobody knows. */
  readonly total: number | null;
  /** Seconds of audio computed so far. */
  readonly audioSeconds: number;
}

/** Where progress goes: standard error, as far as it is used. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** What is counted: `files`, `utterances`. */
  readonly unit: string;
  readonly output?: ProgressOutput;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

const TERMINAL_INTERVAL_MS = 100;
const PIPE_INTERVAL_MS = 10_000;

/**
 * Shows how far a job is and how long it will still take: in a terminal as one line that rewrites itself, in a
 * pipe as a plain line every ten seconds.
 */
export class Progress {
  readonly #unit: string;
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  readonly #startMs: number;
  #shownMs: number;
  #visible = false;

  constructor({ unit, output = NOTES, now = () => performance.now() }: ProgressOptions) {
    this.#unit = unit;
    this.#output = output;
    this.#now = now;
    this.#startMs = now();
    this.#shownMs = this.#startMs;
  }

  /** Cheap to call often: it writes only when it is time to. */
  update(state: ProgressState): void {
    const now = this.#now();
    const interval = this.#output.isTTY ? TERMINAL_INTERVAL_MS : PIPE_INTERVAL_MS;
    if (now - this.#shownMs < interval) return;
    this.#shownMs = now;
    const line = this.#line(state, (now - this.#startMs) / 1000);
    if (!this.#output.isTTY) {
      this.#output.write(`${line}\n`);
      return;
    }
    this.#visible = true;
    this.#output.write(`\r\x1b[2K${line.slice(0, columnsOf(this.#output) - 1)}`);
  }

  /** Takes the line away, so that other output can follow. The next `update` brings it back. */
  clear(): void {
    if (this.#visible) this.#output.write('\r\x1b[2K');
    this.#visible = false;
  }

  #line({ done, total, audioSeconds }: ProgressState, elapsed: number): string {
    const parts = [
      total === null
        ? `${countText(done)} ${this.#unit}`
        : `${countText(done)} of ${countText(total)} ${this.#unit}`,
      `${(audioSeconds / Math.max(elapsed, 0.001)).toFixed(1)}× real time`,
      `${durationText(elapsed)} gone`,
    ];
    if (total !== null && done > 0 && total > 0) {
      parts.splice(1, 0, `${Math.floor((100 * done) / total)} %`);
      parts.push(`${durationText((elapsed * (total - done)) / done)} left`);
    }
    return parts.join(' · ');
  }
}

function countText(count: number): string {
  return Number.isInteger(count) ? String(count) : count.toFixed(1);
}
