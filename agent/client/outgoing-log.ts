import type { SettingsLog } from './settings-log.ts';

/** One message on its way to the server. */
export interface Outgoing {
  readonly kind: 'start' | 'audio' | 'configure' | 'flush' | 'stop' | 'ack';
  readonly data: string | Uint8Array;
  /** Bytes of audio of the whole stream before this message, and in it. */
  readonly at: number;
  readonly length: number;
  /** Number of a change of the settings. */
  readonly id?: number | undefined;
}

/**
 * What a client has to send, and what it may have to send again: after a cut from the first message that did not
 * arrive, and to a new session from the end of the last final. What is neither is forgotten; so is, over
 * `limitBytes`, the oldest audio that has arrived but is in no final yet.
 */
export class OutgoingLog {
  readonly #limitBytes: number;
  readonly #settings: SettingsLog;
  #entries: Outgoing[] = [];
  /** Number that the first entry has, or would have, in the present session. */
  #firstNumber = 1;
  /** Entries given to the connection. */
  #sent = 0;
  /** Entries that have arrived. */
  #arrived = 0;
  /** Bytes of audio that finals cover. */
  #final = 0;
  #end = 0;

  constructor(limitBytes: number, settings: SettingsLog) {
    this.#limitBytes = limitBytes;
    this.#settings = settings;
  }

  /** Bytes of audio of the whole stream. */
  get end(): number {
    return this.#end;
  }

  /** Bytes that have not arrived. */
  get pendingBytes(): number {
    return this.#end - this.#arrivedEnd;
  }

  /** Whether the server has not got all that it is asked for. */
  get isBehind(): boolean {
    return this.#entries.slice(this.#arrived).some(({ kind }) => kind !== 'ack');
  }

  push(kind: Outgoing['kind'], data: string | Uint8Array, id?: number): void {
    const length = kind === 'audio' ? data.length : 0;
    this.#entries.push({ kind, data, at: this.#end, length, id });
    this.#end += length;
  }

  /** The next message to give to the connection. */
  next(): Outgoing | undefined {
    const entry = this.#entries[this.#sent];
    if (entry !== undefined) this.#sent++;
    return entry;
  }

  /** The server has this many messages of the session. */
  acknowledge(messages: number): void {
    const arrived = messages - this.#firstNumber + 1;
    this.#arrived = Math.max(this.#arrived, Math.min(arrived, this.#sent));
    this.#forget();
  }

  /** All that was given to the connection counts as arrived. */
  acknowledgeSent(): void {
    this.#arrived = this.#sent;
    this.#forget();
  }

  /** The session goes on at a new connection; the server has this many messages of it. */
  resume(messages: number): void {
    this.acknowledge(messages);
    this.#sent = this.#arrived;
  }

  /** A final covers the audio before `bytes`; one that answers a flush, that flush too. */
  settle(bytes: number, answersFlush: boolean): void {
    this.#final = Math.max(this.#final, bytes);
    if (answersFlush) {
      const index = this.#entries.findIndex(({ kind }) => kind === 'flush');
      if (index >= 0 && index < this.#arrived) this.#remove(index);
    }
    this.#forget();
  }

  /**
   * Everything that no final covers is to be sent to a new session, after `start`: its format, and the settings that
   * are in force there. Returns the bytes of audio before it: the position at which the new session begins.
   */
  restart(start: readonly string[]): number {
    const rest = this.#entries.filter(
      ({ kind, id }) => kind !== 'ack' && kind !== 'start' && !(id && this.#settings.isRefused(id)),
    );
    const audio = rest.filter(({ at, length }) => length === 0 || at + length > this.#final);
    this.#entries = audio.map((entry) => cutBefore(entry, this.#final));
    const begin = this.#entries.find(({ kind }) => kind === 'audio')?.at ?? this.#end;
    this.#entries.unshift(...start.map((data) => ({ kind: 'start', data, at: begin, length: 0 }) as const));
    this.#firstNumber = 1;
    this.#sent = 0;
    this.#arrived = 0;
    return begin;
  }

  /** Nothing will be sent any more. */
  clear(): void {
    this.#entries = [];
    this.#sent = 0;
    this.#arrived = 0;
  }

  /** Bytes of audio of the whole stream that have arrived. */
  get #arrivedEnd(): number {
    return this.#entries[this.#arrived]?.at ?? this.#end;
  }

  /** Drops from the front what will not be needed again. */
  #forget(): void {
    while (this.#arrived > 0) {
      const [first] = this.#entries as [Outgoing];
      const isCovered = first.kind === 'ack' || first.at + first.length <= this.#final;
      const isOverLimit = this.#arrivedEnd - first.at > this.#limitBytes;
      if (first.kind === 'stop' || (first.kind !== 'start' && !isCovered && !isOverLimit)) return;
      if (first.id !== undefined) {
        if (!this.#settings.isAnswered(first.id)) return;
        this.#settings.forget(first.id);
      }
      this.#remove(0);
    }
  }

  /** Takes out an entry that has arrived; those behind it keep their numbers. */
  #remove(index: number): void {
    this.#entries.splice(index, 1);
    this.#firstNumber++;
    this.#sent--;
    this.#arrived--;
  }
}

function cutBefore(entry: Outgoing, bytes: number): Outgoing {
  const cut = Math.min(Math.max(0, bytes - entry.at), entry.length);
  if (cut === 0 || typeof entry.data === 'string') return entry;
  return { ...entry, data: entry.data.subarray(cut), at: entry.at + cut, length: entry.length - cut };
}
