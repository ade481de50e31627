import type { AgentError } from '../errors.ts';
import type { TranscriptEvent } from '../transcript/transcript-event.ts';

/** Unread events above which a new partial replaces the unread one before it. */
const COLLAPSE_ABOVE = 256;

interface Reader {
  resolve(result: IteratorResult<TranscriptEvent>): void;
  reject(error: AgentError): void;
}

/**
 * The events of a stream on their way to its reader. For a reader that is far behind, partials are superseded by
 * newer ones of the same segment; everything else waits, and `EngineStream` pauses the source for it.
 */
export class EventBuffer {
  /** Oldest first. */
  readonly #unread: TranscriptEvent[] = [];
  readonly #readers: Reader[] = [];
  #state: 'open' | 'ended' | AgentError = 'open';

  /** Unread events. */
  get length(): number {
    return this.#unread.length;
  }

  push(event: TranscriptEvent): void {
    if (this.#state !== 'open') return;
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ done: false, value: event });
      return;
    }
    if (this.#unread.length > COLLAPSE_ABOVE && supersedes(event, this.#unread.at(-1))) this.#unread.pop();
    this.#unread.push(event);
  }

  /** After the unread events the iteration ends, or throws `error` once. */
  end(error?: AgentError): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    const [first, ...others] = this.#readers.splice(0);
    if (error && first) first.reject(error);
    else if (error) this.#state = error;
    else first?.resolve({ done: true, value: undefined });
    for (const reader of others) reader.resolve({ done: true, value: undefined });
  }

  /** Drops unread events. */
  clear(): void {
    this.#unread.length = 0;
  }

  async next(): Promise<IteratorResult<TranscriptEvent>> {
    const event = this.#unread.shift();
    if (event) return { done: false, value: event };
    const state = this.#state;
    if (state === 'open') return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
    this.#state = 'ended';
    if (state !== 'ended') throw state;
    return { done: true, value: undefined };
  }
}

function supersedes(event: TranscriptEvent, before: TranscriptEvent | undefined): boolean {
  return event.type === 'partial' && before?.type === 'partial' && event.segment === before.segment;
}
