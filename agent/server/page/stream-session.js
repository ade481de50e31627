import { LagWatch } from './lag-watch.js';
import { Link } from './link.js';
import { configureMessage, isTranscriptEvent } from './protocol.js';
import { Uplink } from './uplink.js';

/**
 * @import { AudioTape } from './audio-tape.js'
 * @import { Lag } from './lag-watch.js'
 * @import { Resumed, ServerMessage, TranscriptEvent } from './protocol.js'
 * @import { RunObserver } from './run.js'
 * @import { ServerAddress } from './server-address.js'
 * @import { Wishes } from './task.js'
 * @import { Transcript } from './transcript.js'
 *
 * `offset`: seconds of the transcript at which the recording begins; `onWords` gets the event and the second of
 * the recording up to which it reaches; `onLag`, of a recording that goes on: how late its sound arrives, undefined when it
 * is no longer late; `onSkip`: sound is left out for that.
 * @typedef {{
 *   address: ServerAddress, tape: AudioTape, transcript: Transcript, offset: number, observer: RunObserver,
 *   wishes: () => Wishes,
 *   onWords: (event: TranscriptEvent, seconds: number) => void,
 *   onLag?: (lag: Lag | undefined) => void,
 *   onSkip?: () => void,
 * }} StreamSessionOptions
 */

/** The rest of a tape that the connection does not take at once is offered again after this pause. */
const PUMP_AGAIN_MS = 40;

const LOOK_MS = 1000;

/** Brings a tape to the daemon and its words to the transcript, over as many connections as it takes. */
export class StreamSession {
  #options;
  #link;
  #uplink;
  #complete = false;
  /** Whether there were other wishes since the session began. */
  #reconfigured = false;
  #timer = 0;
  #lagWatch = new LagWatch();
  #lagTimer = 0;
  /** What the daemon took for its newest words. */
  #daemonMs = 0;
  /** Seconds of the recording up to which everything is final: the next connection goes on here. */
  #finalSeconds = 0;

  /** @param {StreamSessionOptions} options */
  constructor(options) {
    const { address, observer } = options;
    this.#options = options;
    this.#link = new Link({
      socketUrl: (query) => address.socket('v1/stream', query),
      probeUrl: () => address.http('v1/stream'),
      onState: (state) => {
        this.#lagWatch.forget();
        observer.onLink(state);
      },
      onReady: (ready) => {
        this.#begin();
        observer.onReady(ready);
      },
      onResumed: (resumed) => this.#resume(resumed),
      onMessage: (message) => this.#receive(message),
      onDone: () => this.#end(),
    });
    this.#uplink = new Uplink(options.tape, this.#link, () => options.onSkip?.());
  }

  get open() {
    return this.#link.state.name === 'open';
  }

  start() {
    this.#link.dial();
    if (this.#options.onLag) this.#lagTimer = window.setInterval(() => this.#look(), LOOK_MS);
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
    window.clearInterval(this.#lagTimer);
    this.#options.transcript.cutLive();
    this.#markGaps(Number.POSITIVE_INFINITY);
    this.#options.observer.onEnd();
  }

  #begin() {
    const { transcript, offset, wishes } = this.#options;
    this.#reconfigured = false;
    this.#daemonMs = 0;
    this.#markGaps(this.#uplink.arrivedStreamSeconds);
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

  #look() {
    if (!this.open) return;
    const arrived = this.#uplink.arrivedSeconds;
    const behind = this.#options.tape.seconds - arrived;
    this.#options.onLag?.(this.#lagWatch.look({ behind, arrived, daemonMs: this.#daemonMs }));
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    const { observer } = this.#options;
    if (message.type === 'ack') this.#uplink.arrived(message.audioBytes);
    if (message.type === 'error') observer.onFault(message.code, message.message);
    if (isTranscriptEvent(message)) this.#show(message);
  }

  /** @param {TranscriptEvent} event */
  #show(event) {
    const { transcript, offset, observer, onWords } = this.#options;
    const start = 'start' in event ? event.start : event.time;
    const flushed = event.type === 'final' && event.reason === 'flush';
    if ('start' in event && !flushed) this.#markGaps(start);
    const base = this.#uplink.toRecording(start) - start;
    transcript.apply(event, offset + base);
    if ('latencyMs' in event) this.#daemonMs = event.latencyMs ?? 0;
    if ('end' in event) onWords(event, base + event.end);
    if (event.type === 'final') this.#finalSeconds = base + event.end;
    // The page only flushes where it leaves sound out.
    if (flushed) this.#markGap(Number.POSITIVE_INFINITY);
    observer.onTranscript();
    if (event.type === 'final') observer.onUnderstood(event.intent);
  }

  /** @param {number} untilSeconds of the stream */
  #markGaps(untilSeconds) {
    while (this.#markGap(untilSeconds)) {
      // one after the other
    }
  }

  /**
   * @param {number} untilSeconds of the stream
   * @returns {boolean} whether there was one up to there
   */
  #markGap(untilSeconds) {
    const gap = this.#uplink.takeGap(untilSeconds);
    if (!gap) return false;
    const { transcript, offset } = this.#options;
    transcript.cutLive();
    transcript.addGap(offset + gap.start, offset + gap.end);
    this.#finalSeconds = gap.end;
    return true;
  }
}
