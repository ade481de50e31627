import { nextLinkState } from './link-state.js';
import { probeRefusal } from './probe.js';
import { parseMessage, STOP_MESSAGE } from './protocol.js';

/**
 * @import { LinkEvent, LinkState } from './link-state.js'
 * @import { Ready, ServerMessage } from './protocol.js'
 *
 * @typedef {{
 *   socketUrl: () => URL,
 *   probeUrl: () => URL,
 *   onState: (state: LinkState) => void,
 *   onReady: (ready: Ready) => void,
 *   onMessage: (message: ServerMessage) => void,
 *   onDone: () => void,
 * }} LinkOptions
 */

/** Bytes on their way above which the page waits before it gives more. */
const MOST_BUFFERED_BYTES = 256 * 1024;

/** After a stop, a daemon that sends nothing for this long is not waited for. */
const FINISH_TIMEOUT_MS = 15_000;

/** A WebSocket to the daemon that comes back by itself. */
export class Link {
  #options;
  /** @type {LinkState} */
  #state = { name: 'idle' };
  /** @type {WebSocket | undefined} */
  #socket;
  #timer = 0;
  #openedAtMs = 0;

  /** @param {LinkOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get state() {
    return this.#state;
  }

  /** Whether `send` may be called now. */
  get writable() {
    return this.#state.name === 'open' && (this.#socket?.bufferedAmount ?? 0) < MOST_BUFFERED_BYTES;
  }

  dial() {
    this.#handle({ type: 'dial' });
    this.#connect();
  }

  /** Connects at once instead of waiting for the next attempt. */
  retryNow() {
    if (this.#state.name === 'waiting') this.#retry();
    else if (this.#state.name === 'refused') this.dial();
  }

  /** @param {string | ArrayBufferView<ArrayBuffer>} data */
  send(data) {
    this.#socket?.send(data);
  }

  /** Asks an open connection for the last words; `onDone` follows. */
  finish() {
    this.send(STOP_MESSAGE);
    this.#handle({ type: 'finish' });
    this.#waitForEnd();
  }

  /** Closes at once. */
  hangUp() {
    this.#handle({ type: 'hang-up' });
    this.#drop();
  }

  #waitForEnd() {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#end(), FINISH_TIMEOUT_MS);
  }

  #end() {
    this.hangUp();
    this.#options.onDone();
  }

  #retry() {
    this.#handle({ type: 'retry' });
    this.#connect();
  }

  #connect() {
    this.#drop();
    this.#openedAtMs = Number.POSITIVE_INFINITY;
    const socket = new WebSocket(this.#options.socketUrl());
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => void this.#closed(socket, event.reason);
    this.#socket = socket;
  }

  /** Lets go of the socket and of what was planned; a socket that was let go reports nothing more. */
  #drop() {
    window.clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  /** @param {unknown} data */
  #receive(data) {
    const message = typeof data === 'string' ? parseMessage(data) : undefined;
    if (!message) return;
    if (this.#state.name === 'finishing') this.#waitForEnd();
    if (message.type === 'ready') {
      this.#openedAtMs = performance.now();
      this.#handle({ type: 'ready' });
      this.#options.onReady(message);
    } else if (message.type === 'done') {
      this.#end();
    } else {
      this.#options.onMessage(message);
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {string} reason the daemon gives the code of its error there
   */
  async #closed(socket, reason) {
    const wasOpen = Number.isFinite(this.#openedAtMs);
    const openMs = wasOpen ? performance.now() - this.#openedAtMs : 0;
    const refusal = wasOpen ? '' : await probeRefusal(this.#options.probeUrl());
    if (socket !== this.#socket) return;
    window.clearTimeout(this.#timer);
    this.#handle({ type: 'lost', openMs, code: reason || refusal || 'SERVER_GONE' });
    if (this.#state.name === 'waiting') {
      this.#timer = window.setTimeout(() => this.#retry(), this.#state.delayMs);
    }
  }

  /** @param {LinkEvent} event */
  #handle(event) {
    const next = nextLinkState(this.#state, event, Math.random());
    if (next === this.#state) return;
    this.#state = next;
    this.#options.onState(next);
  }
}
