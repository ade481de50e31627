/**
 * How late the sound arrives, and what holds it up.
 * @typedef {{ seconds: number, cause: 'network' | 'daemon' }} Lag
 */

/** From here on words come noticeably late; a daemon tells only every 3 s what has arrived when it reads nothing. */
const LATE_SECONDS = 5;

/** Less is as good as nothing. */
const CAUGHT_UP_SECONDS = 2;

/** Looks back at which the sound must have been no later, or it is on its way to catch up. */
const LOOKS = 8;

/** A daemon that takes longer for what has arrived is behind itself. */
const SLOW_DAEMON_MS = 2000;

/** Finds out that sound arrives more slowly than it is spoken. */
export class LagWatch {
  /** @type {{ behind: number, arrived: number }[]} */
  #looks = [];
  #late = false;

  /**
   * Call once a second.
   * @param {{ behind: number, arrived: number, daemonMs: number }} now seconds by which sound arrives late, seconds of the
   *   recording that have arrived, and what the daemon took for its newest words
   * @returns {Lag | undefined} while the connection does not keep up
   */
  look({ behind, arrived, daemonMs }) {
    const earlier = this.#looks.length < LOOKS ? undefined : this.#looks.shift();
    this.#looks.push({ behind, arrived });
    if (behind < CAUGHT_UP_SECONDS) this.#late = false;
    else if (earlier && behind >= LATE_SECONDS && behind >= earlier.behind) this.#late = true;
    if (!this.#late) return undefined;
    // A network that is only slow brings something; a daemon that loads or is overrun reads nothing.
    const stuck = daemonMs > SLOW_DAEMON_MS || arrived === earlier?.arrived;
    return { seconds: behind, cause: stuck ? 'daemon' : 'network' };
  }

  /** What was seen says nothing about the next connection. */
  forget() {
    this.#looks = [];
    this.#late = false;
  }
}
