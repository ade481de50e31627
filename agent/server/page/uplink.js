import { startMessage } from './protocol.js';

/**
 * @import { AudioTape } from './audio-tape.js'
 * @import { Link } from './link.js'
 * @import { Wishes } from './task.js'
 */

/** One message holds at most this much sound; less when less is there. */
const CHUNK_SECONDS = 0.25;

const BYTES_PER_SAMPLE = 2;

/** Sends what is on a tape to the daemon, never more than the connection takes. */
export class Uplink {
  #tape;
  #link;
  #position = 0;
  #base = 0;
  /** In the stream of the session. */
  #sentBytes = 0;
  /** @type {number | undefined} Position up to which the daemon has the sound, where it says so. */
  #arrived;
  #lost = false;
  /** @type {{ start: number, end: number } | undefined} */
  #unheard;

  /**
   * @param {AudioTape} tape
   * @param {Link} link
   */
  constructor(tape, link) {
    this.#tape = tape;
    this.#link = link;
  }

  /** Seconds of the recording at which the stream of the present connection began. */
  get base() {
    return this.#base;
  }

  /** Seconds of the recording that were sent. */
  get sentSeconds() {
    return this.#position / this.#tape.sampleRate;
  }

  /** Whether sound between the last finished line and this connection is no longer on the tape. */
  get lost() {
    return this.#lost;
  }

  /** Seconds of the recording that no daemon has heard: they are no longer on the tape. */
  get unheard() {
    return this.#unheard;
  }

  /**
   * Starts a new stream at `seconds` of the recording, or at the oldest sound that is still there.
   * @param {number} seconds
   * @param {Wishes} wishes
   */
  begin(seconds, wishes) {
    const { start, sampleRate } = this.#tape;
    const heard = this.#arrived ?? this.#position;
    this.#unheard = start > heard ? { start: heard / sampleRate, end: start / sampleRate } : undefined;
    this.#arrived = undefined;
    this.#sentBytes = 0;
    const wanted = Math.round(seconds * sampleRate);
    this.#position = Math.max(wanted, start);
    this.#lost = this.#position > wanted;
    this.#base = this.sentSeconds;
    this.#link.send(startMessage(sampleRate, wishes));
  }

  /** @param {number} audioBytes of the session that the daemon has got */
  arrived(audioBytes) {
    this.#arrived = this.#position - (this.#sentBytes - audioBytes) / BYTES_PER_SAMPLE;
  }

  /**
   * Goes on with the stream behind what has arrived of it.
   * @param {number} audioBytes
   */
  resume(audioBytes) {
    this.#position -= (this.#sentBytes - audioBytes) / BYTES_PER_SAMPLE;
    this.#sentBytes = audioBytes;
    this.#arrived = this.#position;
  }

  /**
   * @param {number} [untilSeconds] of the recording; what comes later has to wait
   * @returns {boolean} whether the end of the tape is reached
   */
  pump(untilSeconds = Number.POSITIVE_INFINITY) {
    const until = Math.min(this.#tape.end, untilSeconds * this.#tape.sampleRate);
    const most = Math.round(CHUNK_SECONDS * this.#tape.sampleRate);
    while (this.#link.writable && this.#position < until) {
      this.#skipLost();
      const samples = this.#tape.read(this.#position, Math.min(most, Math.ceil(until - this.#position)));
      this.#link.send(samples);
      this.#position += samples.length;
      this.#sentBytes += samples.byteLength;
    }
    return this.#position >= this.#tape.end;
  }

  /** A connection slower than speech falls behind the tape: the times of the stream move on by what is lost. */
  #skipLost() {
    const lost = this.#tape.start - this.#position;
    if (lost <= 0) return;
    this.#position += lost;
    this.#base += lost / this.#tape.sampleRate;
  }
}
