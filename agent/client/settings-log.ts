import type { AgentError } from '../errors.ts';
import type { StreamOptions } from './stream-request.ts';

/** A change on its way: what the server made of it, and who waits to hear that. */
interface Change {
  readonly options: StreamOptions;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  state: 'asked' | 'taken' | 'refused';
}

/**
 * The changes of a stream's settings. Each is known by its number until the place in the audio at which it came is
 * behind the last final; from then on it counts only as part of what is in force there, which is where a new session
 * would begin.
 */
export class SettingsLog {
  readonly #changes = new Map<number, Change>();
  #last = 0;
  #inForce: StreamOptions | null = null;

  /** A new change. `answered` resolves when the server has taken it, and rejects when it has refused it. */
  add(options: StreamOptions): { readonly id: number; readonly answered: Promise<void> } {
    this.#last += 1;
    const id = this.#last;
    const answered = new Promise<void>((resolve, reject) => {
      this.#changes.set(id, { options, resolve, reject, state: 'asked' });
    });
    return { id, answered };
  }

  taken(id: number): void {
    const change = this.#changes.get(id);
    if (change === undefined) return;
    change.state = 'taken';
    change.resolve();
  }

  /** Returns whether somebody waited for it: a new session may refuse what the one before had taken. */
  refused(id: number, error: AgentError): boolean {
    const change = this.#changes.get(id);
    const isAwaited = change?.state === 'asked';
    if (change === undefined) return false;
    change.state = 'refused';
    change.reject(error);
    return isAwaited;
  }

  isAnswered(id: number): boolean {
    return this.#changes.get(id)?.state !== 'asked';
  }

  isRefused(id: number): boolean {
    return this.#changes.get(id)?.state === 'refused';
  }

  /** No session will be asked for it again by its number. */
  forget(id: number): void {
    const change = this.#changes.get(id);
    if (change?.state === 'taken') this.#inForce = { ...this.#inForce, ...change.options };
    this.#changes.delete(id);
  }

  /** What the changes that were forgotten come to, for a new session; null when there was none. */
  get inForce(): StreamOptions | null {
    return this.#inForce;
  }

  /** No answer will come any more. */
  abandon(error: Error): void {
    for (const { reject } of this.#changes.values()) reject(error);
    this.#changes.clear();
  }
}
