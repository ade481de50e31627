import type { AgentError } from '../errors.ts';

interface Waiter {
  resolve(): void;
  reject(error: AgentError): void;
}

/** Changes of a stream's settings that the worker has not answered yet. */
export class SettingsRequests {
  readonly #waiters = new Map<number, Waiter>();
  #next = 0;

  /** Sends a request by its number and waits for the answer. */
  ask(send: (request: number) => void): Promise<void> {
    const request = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiters.set(request, { resolve, reject });
      send(request);
    });
  }

  /** The worker took the settings, or refused them. */
  answer(request: number, error?: AgentError): void {
    const waiter = this.#waiters.get(request);
    this.#waiters.delete(request);
    if (error === undefined) waiter?.resolve();
    else waiter?.reject(error);
  }

  /** No answer will come any more. */
  abandon(error: AgentError): void {
    for (const request of [...this.#waiters.keys()]) this.answer(request, error);
  }
}
