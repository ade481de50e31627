import type { CancelTimer, Clock } from '../clock.ts';
import { Acknowledger } from './acknowledger.ts';
import type { Frame, Receipt, ResumeOffer, ResumeWords } from './protocols/protocol.ts';
import { SentLog } from './sent-log.ts';
import type { Transport, TransportEvents } from './transport.ts';

export interface ResumableOptions {
  readonly session: string;
  /** What the client must show to get the session back. */
  readonly token: string;
  readonly words: ResumeWords;
  readonly clock: Clock;
  /** How long a session waits for its client. */
  readonly resumeMs: number;
  /** Size of the messages kept for the client until it has acknowledged them. */
  readonly bufferBytes: number;
  /** The wire is cut and the session waits. */
  readonly onDetached: () => void;
  /** Nothing is left to come back to; called once. */
  readonly onGone: (reason: 'ended' | 'expired') => void;
}

/** Close codes of a client that means it: without a code, in good order, and a page that is left. */
const MEANT = [1000, 1001, 1005];
const CUT = 1006;

/**
 * A connection that outlives its wire. To the session above it is one transport; below, a wire that was cut is
 * replaced when the client comes back in time. Both sides count the messages of the session: the client is told how
 * many arrived and sends the rest again, and it tells how many it got and is sent the rest again. What was closed while
 * the client had not yet acknowledged everything can be fetched in the same way.
 */
export class ResumableTransport implements Transport {
  readonly token: string;
  readonly session: string;
  readonly resumeOffer: ResumeOffer;
  readonly #options: ResumableOptions;
  readonly #log: SentLog;
  readonly #acknowledger: Acknowledger;
  #wire: Transport | null = null;
  #events: TransportEvents | null = null;
  #state: 'open' | 'closed' | 'gone' = 'open';
  /** How the session was closed, for a client that comes back later. */
  #closing: { readonly code: number; readonly reason: string } | null = null;
  #received: Receipt = { messages: 0, audioBytes: 0 };
  #paused = false;
  /** Whether the client broke the rules of the wire: it would do so again. */
  #isBreach = false;
  #cancelExpiry: CancelTimer | null = null;

  constructor(wire: Transport, options: ResumableOptions) {
    this.token = options.token;
    this.session = options.session;
    this.resumeOffer = { token: options.token, waitMs: options.resumeMs };
    this.#options = options;
    this.#log = new SentLog(options.bufferBytes);
    this.#acknowledger = new Acknowledger(options.clock, () => this.#acknowledgeReceived());
    this.#wire = wire;
  }

  get bufferedAmount(): number {
    return this.#wire?.bufferedAmount ?? 0;
  }

  /** Without a wire nothing can be heard either. */
  get isPaused(): boolean {
    return this.#paused || this.#wire === null;
  }

  listen(events: TransportEvents): void {
    this.#events = events;
    this.#acknowledger.start();
    if (this.#wire !== null) this.#listenTo(this.#wire);
  }

  /**
   * The client is back on a new wire and has `received` messages; a wire that still seems to stand is dropped. False
   * when messages that it needs are not kept any more: then the session is over.
   */
  attach(wire: Transport, received: number): boolean {
    this.#log.acknowledge(received);
    if (this.#log.hasLost) {
      this.expire();
      return false;
    }
    this.#cancelExpiry?.();
    const old = this.#wire;
    this.#wire = wire;
    old?.terminate();
    this.#listenTo(wire);
    this.#events?.alive();
    wire.send(this.#options.words.resumed(this.session, this.#received), ignore);
    for (const frame of this.#log.unacknowledged()) wire.send(frame, ignore);
    if (this.#closing !== null) wire.close(this.#closing.code, this.#closing.reason);
    else if (this.#paused) wire.pause();
    return true;
  }

  send(frame: Frame, done: () => void): void {
    this.#log.push(frame);
    if (this.#wire !== null) this.#wire.send(frame, done);
    else if (this.#log.hasLost) this.expire();
    else done();
  }

  acknowledge(messages: number): void {
    this.#log.acknowledge(messages);
  }

  ping(): void {
    this.#wire?.ping?.();
  }

  pause(): void {
    this.#paused = true;
    this.#wire?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#wire?.resume();
  }

  /** The other side is silent: the wire is given up, the session waits for a new one. */
  lose(): void {
    this.#wire?.terminate();
  }

  close(code: number, reason: string): void {
    this.#acknowledger.flush();
    this.#closing = { code, reason };
    this.#wire?.close(code, reason);
  }

  /** A session that was closed stays to be fetched; any other ends. */
  terminate(): void {
    if (this.#closing === null) this.expire();
    else if (this.#wire !== null) this.#wire.terminate();
    else this.#tellClosed(CUT);
  }

  /** Ends the session now, whoever may still come for it. Safe to call twice. */
  expire(): void {
    this.#log.acknowledge(this.#log.last);
    this.#wire?.terminate();
    this.#wire = null;
    this.#tellClosed(CUT);
    this.#leave('expired');
  }

  #listenTo(wire: Transport): void {
    const ifCurrent = (action: () => void) => {
      if (wire === this.#wire) action();
    };
    wire.listen({
      message: (frame) => ifCurrent(() => this.#receive(frame)),
      alive: () => ifCurrent(() => this.#events?.alive()),
      ping: (answer) => ifCurrent(() => this.#events?.ping(answer)),
      unreadable: (error) => ifCurrent(() => this.#events?.unreadable(error)),
      broken: (code, reason) =>
        ifCurrent(() => {
          this.#isBreach ||= code !== null;
          this.#events?.broken(code, reason);
        }),
      closed: (code) => ifCurrent(() => this.#onWireClosed(code)),
    });
  }

  #receive(frame: Frame): void {
    const { messages, audioBytes } = this.#received;
    const bytes = typeof frame === 'string' ? 0 : frame.length;
    this.#received = { messages: messages + 1, audioBytes: audioBytes + bytes };
    this.#acknowledger.received();
    this.#events?.message(frame);
  }

  #onWireClosed(code: number): void {
    this.#wire = null;
    // A client that answers our close has read all that was before it.
    const isDone = this.#closing !== null && code === this.#closing.code;
    if (isDone || this.#isBreach || (this.#closing === null && MEANT.includes(code))) {
      this.#tellClosed(code);
      this.#leave('ended');
      return;
    }
    this.#cancelExpiry = this.#options.clock.after(this.#options.resumeMs, () => this.expire());
    this.#options.onDetached();
    if (this.#closing !== null) this.#tellClosed(code);
  }

  #acknowledgeReceived(): void {
    this.#wire?.send(this.#options.words.acknowledgement(this.#received), ignore);
  }

  #tellClosed(code: number): void {
    if (this.#state === 'closed' || this.#state === 'gone') return;
    this.#state = 'closed';
    this.#acknowledger.stop();
    this.#events?.closed(code);
    if (this.#closing !== null && this.#log.isSettled) this.#leave('ended');
  }

  #leave(reason: 'ended' | 'expired'): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#cancelExpiry?.();
    this.#options.onGone(reason);
  }
}

function ignore(): void {}
