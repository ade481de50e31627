/** Rhasspy has three reasons: more than this is a bus gone wild, and what it sends is not to fill our memory. */
const MOST_REASONS = 64;

/** Reasons for which something is off; it is on when there are none. The reason without a name stands for all. */
export class HermesSwitch {
  readonly #reasons = new Set<string>();
  readonly #onChange: (isOff: boolean) => void;

  /** @param onChange not called by a reason that changes nothing */
  constructor(onChange: (isOff: boolean) => void) {
    this.#onChange = onChange;
  }

  get isOff(): boolean {
    return this.#reasons.size > 0;
  }

  /** Reasons too many become the one without a name: forgotten, they would let it be on while somebody wants it off. */
  off(reason: string): void {
    this.#change(() => {
      if (this.#reasons.has(reason)) return;
      this.#reasons.add(this.#reasons.size < MOST_REASONS ? reason : '');
    });
  }

  on(reason: string): void {
    this.#change(() => {
      if (reason === '') this.#reasons.clear();
      else this.#reasons.delete(reason);
    });
  }

  #change(change: () => void): void {
    const wasOff = this.isOff;
    change();
    if (this.isOff !== wasOff) this.#onChange(this.isOff);
  }
}
