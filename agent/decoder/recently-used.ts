/** Values by key, of which the one that was used longest ago is forgotten when there are too many. */
export class RecentlyUsed<T> {
  readonly #most: number;
  /** The one used longest ago first. */
  readonly #values = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value ?? key);
  }
}
