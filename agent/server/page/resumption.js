import { acknowledgeMessage } from './protocol.js';

/** @import { ServerMessage } from './protocol.js' */

/** A session that outlives its connection: what brings it back, and how much of it has come. */
export class Resumption {
  #token = '';
  #received = 0;
  #acknowledged = 0;

  /** @returns {Record<string, string>} what the next connection asks for */
  get query() {
    if (this.#token === '') return { resume: 'new' };
    return { resume: this.#token, received: String(this.#received) };
  }

  /**
   * Counts as the daemon does, which is why a message that this page does not know counts too.
   * @param {ServerMessage | undefined} message
   */
  heard(message) {
    if (message?.type === 'ready') {
      this.#token = message.resume?.token ?? '';
      this.#received = 0;
      this.#acknowledged = 0;
    }
    if (message?.type !== 'ack' && message?.type !== 'resumed') this.#received += 1;
  }

  /**
   * The daemon keeps what was not acknowledged: it is told now and then.
   * @returns {string | undefined} a message, when something came since the last one
   */
  acknowledge() {
    if (this.#received === this.#acknowledged) return undefined;
    this.#acknowledged = this.#received;
    return acknowledgeMessage(this.#received);
  }

  /** The session is over: the next connection begins another. */
  forget() {
    this.#token = '';
  }
}
