import { FLUSH_MESSAGE, startMessage } from './protocol.js';
import { Splices } from './splices.js';

/**
 * @import { AudioTape } from './audio-tape.js'
 * @import { Link } from './link.js'
 * @import { Wishes } from './task.js'
 *
 * Seconds of the recording.
 * @typedef {{ start: number, end: number }} Span
 */

/** One message holds at most this much sound; less when less is there. */
const CHUNK_SECONDS = 0.25;

const BYTES_PER_SAMPLE = 2;

/** Sends what is on a tape to the daemon, never more than the connection takes. */
export class Uplink {
  #tape;
  #link;
  #onSkip;
  #position = 0;
  #splices = new Splices();
  /** In the stream of the session. */
  #sentBytes = 0;
  /** @type {number | undefined} Of them the daemon has got so many, where it says so. */
  #arrivedBytes;
  #lost = false;
  /** @type {Span | undefined} */
  #unheard;

  /**
   * @param {AudioTape} tape
   * @param {Link} link
   * @param {() => void} onSkip sound is left out, as the connection did not take it while it was on the tape
   */
  constructor(tape, link, onSkip) {
    this.#tape = tape;
    this.#link = link;
    this.#onSkip = onSkip;
  }

  /** Seconds of the recording that have arrived, as far as is known. */
  get arrivedSeconds() {
    return this.#splices.at(this.#arrived) / this.#tape.sampleRate;
  }

  /** Seconds of the stream that have arrived, as far as is known. */
  get arrivedStreamSeconds() {
    return this.#arrived / this.#tape.sampleRate;
  }

  /** Whether sound between the last finished line and this connection is no longer on the tape. */
  get lost() {
    return this.#lost;
  }

  /** What no daemon has heard: it is no longer on the tape. */
  get unheard() {
    return this.#unheard;
  }

  /**
   * @param {number} seconds of the stream
   * @returns {number} seconds of the recording
   */
  toRecording(seconds) {
    const { sampleRate } = this.#tape;
    return this.#splices.at(seconds * sampleRate) / sampleRate;
  }

  /**
   * The oldest sound that was left out, of which nobody was told yet.
   * @param {number} untilSeconds of the stream
   * @returns {Span | undefined}
   */
  takeGap(untilSeconds) {
    const { sampleRate } = this.#tape;
    const gap = this.#splices.takeGap(untilSeconds * sampleRate);
    return gap && { start: gap.start / sampleRate, end: gap.end / sampleRate };
  }

  /**
   * Starts a new stream at `seconds` of the recording, or at the oldest sound that is still there.
   * @param {number} seconds
   * @param {Wishes} wishes
   */
  begin(seconds, wishes) {
    const { start, sampleRate } = this.#tape;
    const wanted = Math.round(seconds * sampleRate);
    const heard = Math.max(wanted, this.#splices.at(this.#arrived));
    this.#unheard = start > heard ? { start: heard / sampleRate, end: start / sampleRate } : undefined;
    this.#arrivedBytes = undefined;
    this.#sentBytes = 0;
    this.#position = Math.max(wanted, start);
    this.#lost = this.#position > wanted;
    this.#splices.begin(this.#position);
    this.#link.send(startMessage(sampleRate, wishes));
  }

  /** @param {number} audioBytes of the session that the daemon has got */
  arrived(audioBytes) {
    this.#arrivedBytes = audioBytes;
  }

  /**
   * Goes on with the stream behind what has arrived of it.
   * @param {number} audioBytes
   */
  resume(audioBytes) {
    this.#splices.cutAt(audioBytes / BYTES_PER_SAMPLE);
    this.#position = this.#splices.at(audioBytes / BYTES_PER_SAMPLE);
    this.#sentBytes = audioBytes;
    this.#arrivedBytes = audioBytes;
    if (this.#position < this.#tape.start) this.#skipTo(this.#tape.start);
  }

  /**
   * @param {number} [untilSeconds] of the recording; what comes later has to wait
   * @returns {boolean} whether the end of the tape is reached
   */
  pump(untilSeconds = Number.POSITIVE_INFINITY) {
    const until = Math.min(this.#tape.end, untilSeconds * this.#tape.sampleRate);
    const most = Math.round(CHUNK_SECONDS * this.#tape.sampleRate);
    while (this.#link.writable && this.#position < until) {
      if (this.#position < this.#tape.start) this.#leaveOut();
      const samples = this.#tape.read(this.#position, Math.min(most, Math.ceil(until - this.#position)));
      this.#link.send(samples);
      this.#position += samples.length;
      this.#sentBytes += samples.byteLength;
    }
    return this.#position >= this.#tape.end;
  }

  /** Samples of the stream; a daemon that does not say so has what the network has taken. */
  get #arrived() {
    return (this.#arrivedBytes ?? this.#sentBytes - this.#link.bufferedBytes) / BYTES_PER_SAMPLE;
  }

  /**
   * A connection slower than speech has fallen behind the tape. Half a tape is left out at once: sound that misses a moment
   * again and again holds no whole sentence.
   */
  #leaveOut() {
    this.#skipTo(Math.floor((this.#tape.start + this.#tape.end) / 2));
    this.#onSkip();
  }

  /**
   * The flush keeps words before and behind it apart.
   * @param {number} position
   */
  #skipTo(position) {
    this.#link.send(FLUSH_MESSAGE);
    this.#position = position;
    this.#splices.add(this.#sentBytes / BYTES_PER_SAMPLE, position);
  }
}
