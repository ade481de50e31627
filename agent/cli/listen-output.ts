import type { FollowEvent } from '../client/follow-microphone.ts';
import { LiveLine, type Terminal } from './live-line.ts';
import { printLine, printNote } from './terminal.ts';

/** Shows what is heard while it is being heard. */
export interface ListenOutput {
  take(event: FollowEvent): void;
  /** The listening ends: nothing that was heard may be lost. */
  end(): void;
}

/** Every event as a line of JSON, just as the server's protocol has it. */
export class JsonOutput implements ListenOutput {
  take(event: FollowEvent): void {
    if (event.type === 'connected') printLine(JSON.stringify(event.ready));
    else if (event.type === 'disconnected') printNote(statusText(event) ?? '');
    else printLine(JSON.stringify(event));
  }

  end(): void {}
}

/**
 * For people: finals as lines. In a terminal the partial rewrites itself below them; elsewhere only what is final
 * comes out. States go to `note`.
 */
export class TextOutput implements ListenOutput {
  readonly #line: LiveLine | null;
  readonly #print: (text: string) => void;
  readonly #note: (text: string) => void;
  #partial = '';

  /** `terminal`: `null` when the output is none. */
  constructor(terminal: Terminal | null, { print = printLine, note = printNote } = {}) {
    const line = terminal === null ? null : new LiveLine(terminal);
    this.#line = line;
    this.#print = (text) => (line === null ? print(text) : line.print(text));
    this.#note = note;
  }

  take(event: FollowEvent): void {
    switch (event.type) {
      case 'partial':
        this.#partial = event.text;
        this.#line?.show(event.text, event.stable);
        return;
      case 'final':
        this.#partial = '';
        if (event.text === '') this.#line?.clear();
        else this.#print(event.text);
        return;
      default:
        this.#tell(statusText(event));
    }
  }

  /** A partial that no final will follow is printed as it stands. */
  end(): void {
    if (this.#partial !== '') this.#print(this.#partial);
    this.#partial = '';
  }

  #tell(status: string | null): void {
    if (status === null) return;
    this.#line?.clear();
    this.#note(status);
  }
}

/** What a state means, in words; `null` for events that are no news. */
function statusText(event: FollowEvent): string | null {
  switch (event.type) {
    case 'connected':
      return `Listening (${event.ready.model.name} ${event.ready.model.version}).`;
    case 'disconnected':
      return `${event.error.message} Trying again in ${(event.retryInMs / 1000).toFixed(1)} s.`;
    case 'error':
      return `${event.code}: ${event.message}`;
    case 'microphone':
      if (event.state === 'running') return event.restarts > 0 ? 'The microphone is back.' : null;
      return event.state === 'starting' || event.state === 'off'
        ? null
        : `Microphone ${event.state}: ${event.detail}`;
    default:
      return null;
  }
}
