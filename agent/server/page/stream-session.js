import { Link } from './link.js';
import { configureMessage, isTranscriptEvent } from './protocol.js';
import { Uplink } from './uplink.js';

/**
 * @import { AudioTape } from './audio-tape.js'
 * @import { Resumed, ServerMessage, TranscriptEvent } from './protocol.js'
 * @import { RunObserver } from './run.js'
 * @import { ServerAddress } from './server-address.js'
 * @import { Wishes } from './task.js'
 * @import { Transcript } from './transcript.js'
 *
 * `offset`: seconds of the transcript at which the recording begins; `onWords` gets the event and the second of
 * the recording up to which it reaches.
 * @typedef {{
 *   address: ServerAddress, tape: AudioTape, transcript: Transcript, offset: number, observer: RunObserver,
 *   wishes: () => Wishes,
 *   onWords: (event: TranscriptEvent, seconds: number) => void,
 * }} StreamSessionOptions
 */

/** The rest of a tape that the connection does not take at once is offered again after this pause. */
const PUMP_AGAIN_MS = 40;

/** Brings a tape to the daemon and its words to the transcript, over as many connections as it takes. */
export class StreamSession {
  #options;
  #link;
  #uplink;
  #complete = false;
  /** Whether there were other wishes since the session began. */
  #reconfigured = false;
  #timer = 0;
  /** Seconds of the recording up to which everything is final: the next connection goes on here. */
  #finalSeconds = 0;

  /** @param {StreamSessionOptions} options */
  constructor(options) {
    const { address, observer } = options;
    this.#options = options;
    this.#link = new Link({
      socketUrl: (query) => address.socket('v1/stream', query),
      probeUrl: () => address.http('v1/stream'),
      onState: observer.onLink,
      onReady: (ready) => {
        this.#begin();
        observer.onReady(ready);
      },
      onResumed: (resumed) => this.#resume(resumed),
      onMessage: (message) => this.#receive(message),
      onDone: () => this.#end(),
    });
    this.#uplink = new Uplink(options.tape, this.#link);
  }

  get sentSeconds() {
    return this.#uplink.sentSeconds;
  }

  get open() {
    return this.#link.state.name === 'open';
  }

  start() {
    this.#link.dial();
  }

  retryNow() {
    this.#link.retryNow();
  }

  /**
   * Sends what the tape holds.
   * @param {number} [untilSeconds] of the recording
   */
  pump(untilSeconds) {
    if (!this.open) return;
    const atEnd = this.#uplink.pump(untilSeconds);
    if (!this.#complete) return;
    if (atEnd) this.#link.finish();
    else this.#pumpLater();
  }

  /** Nothing more will be put on the tape: the rest is sent, once the daemon is there, then the last words are awaited. */
  complete() {
    this.#complete = true;
    this.pump();
  }

  /**
   * @param {Wishes} wishes from now on
   * @returns {boolean} whether the daemon was told; else it is told at the next connection
   */
  configure(wishes) {
    this.#reconfigured = true;
    if (this.open) this.#link.send(configureMessage(wishes));
    return this.open;
  }

  abort() {
    this.#link.hangUp();
    this.#end();
  }

  /** What can not become final any more, because the daemon did not answer, stays as it is. */
  #end() {
    this.#options.transcript.cutLive();
    this.#options.observer.onEnd();
  }

  #begin() {
    const { transcript, offset, wishes } = this.#options;
    this.#reconfigured = false;
    this.#uplink.begin(this.#finalSeconds, wishes());
    const { lost, unheard } = this.#uplink;
    if (lost) transcript.cutLive();
    if (unheard) transcript.addGap(offset + unheard.start, offset + unheard.end);
    if (this.#complete) this.pump();
  }

  /**
   * The session goes on behind what has arrived of it. Wishes may be among what has not, so that they are sent again.
   * @param {Resumed} resumed
   */
  #resume({ messages, audioBytes }) {
    if (messages === 0) {
      this.#begin();
      return;
    }
    this.#uplink.resume(audioBytes);
    if (this.#reconfigured) this.#link.send(configureMessage(this.#options.wishes()));
    if (this.#complete) this.pump();
  }

  /** No new sound comes that would bring the rest of the tape along, nor the stop behind it. */
  #pumpLater() {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.pump(), PUMP_AGAIN_MS);
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    const { transcript, offset, observer, onWords } = this.#options;
    if (message.type === 'ack') this.#uplink.arrived(message.audioBytes);
    if (message.type === 'error') observer.onFault(message.code, message.message);
    if (!isTranscriptEvent(message)) return;
    transcript.apply(message, offset + this.#uplink.base);
    if ('end' in message) onWords(message, this.#uplink.base + message.end);
    if (message.type === 'final') this.#finalSeconds = this.#uplink.base + message.end;
    observer.onTranscript();
    if (message.type === 'final') observer.onUnderstood(message.intent);
  }
}
