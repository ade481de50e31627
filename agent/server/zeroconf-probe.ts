import type { CancelTimer, Clock } from '../clock.ts';

export interface NameProbeOptions {
  readonly clock: Clock;
  /** Asks who has the name. */
  readonly ask: () => void;
  /** Nobody has it. */
  readonly onFree: () => void;
}

const PROBES = 3;
/** RFC 6762, section 8.1 */
const PROBE_PAUSE_MS = 250;

/** Asks whether others have a name before it is taken. Whoever hears that somebody has it starts anew with another. */
export class NameProbe {
  readonly #options: NameProbeOptions;
  #cancel: CancelTimer = () => {};

  constructor(options: NameProbeOptions) {
    this.#options = options;
  }

  /** Begins, after `delayMs` and a while that no two share: of those that begin at once one is done first. */
  start(delayMs = 0): void {
    this.#schedule(delayMs + Math.random() * PROBE_PAUSE_MS, PROBES);
  }

  /** Safe to call twice. */
  stop(): void {
    this.#cancel();
  }

  #schedule(delayMs: number, probesLeft: number): void {
    const { clock, ask, onFree } = this.#options;
    this.#cancel();
    this.#cancel = clock.after(delayMs, () => {
      if (probesLeft === 0) {
        onFree();
        return;
      }
      ask();
      this.#schedule(PROBE_PAUSE_MS, probesLeft - 1);
    });
  }
}
