import { nextLinkState } from './link-state.js';
import { probeRefusal } from './probe.js';
import { parseMessage, STOP_MESSAGE } from './protocol.js';
import { Resumption } from './resumption.js';
import { SilenceWatch } from './silence-watch.js';

/**
 * @import { LinkEvent, LinkState } from './link-state.js'
 * @import { Ready, Resumed, ServerMessage } from './protocol.js'
 *
 * `query` of `socketUrl`: for a session that can be resumed; `onResumed` is called instead of `onReady` when it is.
 * @typedef {{
 *   socketUrl: (query: Record<string, string>) => URL,
 *   probeUrl: () => URL,
 *   onState: (state: LinkState) => void,
 *   onReady: (ready: Ready) => void,
 *   onResumed?: (resumed: Resumed) => void,
 *   onMessage: (message: ServerMessage) => void,
 *   onDone: () => void,
 * }} LinkOptions
 */

/** Bytes on their way above which the page waits before it gives more. */
const MOST_BUFFERED_BYTES = 256 * 1024;

/** After a stop, a daemon that sends nothing for this long is not waited for. */
const FINISH_TIMEOUT_MS = 15_000;

/** A daemon that owes the page something and sends nothing for this long is behind a network that is gone. */
const SILENT_MS = 10_000;

/** Code of a close that is not meant as the end of the session. */
const CUT = 4900;

/** A WebSocket to the daemon that comes back by itself. */
export class Link {
  #options;
  /** @type {LinkState} */
  #state = { name: 'idle' };
  /** @type {WebSocket | undefined} */
  #socket;
  #timer = 0;
  #openedAtMs = 0;
  #resumption = new Resumption();
  #watch = new SilenceWatch(SILENT_MS, (silent) => {
    if (silent) this.#lose();
  });

  /** @param {LinkOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get state() {
    return this.#state;
  }

  /** Whether `send` may be called now. */
  get writable() {
    return this.#state.name === 'open' && this.bufferedBytes < MOST_BUFFERED_BYTES;
  }

  /** Bytes that the network has not taken yet. */
  get bufferedBytes() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  dial() {
    this.#handle({ type: 'dial' });
    this.#connect();
  }

  /** Connects at once instead of waiting for the next attempt. */
  retryNow() {
    if (this.#state.name === 'waiting') this.#retry();
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
    const socket = new WebSocket(this.#options.socketUrl(this.#resumption.query));
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => void this.#closed(socket, event.reason);
    this.#socket = socket;
    this.#watch.start();
  }

  /** Lets go of the socket and of what was planned. */
  #drop() {
    window.clearTimeout(this.#timer);
    this.#watch.stop();
    if (this.#socket) letGo(this.#socket);
    this.#socket = undefined;
  }

  /** Nobody has closed the connection, but nothing comes through any more. */
  #lose() {
    if (!this.#socket) return;
    letGo(this.#socket, CUT);
    void this.#closed(this.#socket, '');
  }

  /** @param {unknown} data */
  #receive(data) {
    if (typeof data !== 'string') return;
    const message = parseMessage(data);
    this.#resumption.heard(message);
    this.#watchBehind(message);
    if (this.#state.name === 'finishing') this.#waitForEnd();
    if (message) this.#take(message);
  }

  /** @param {ServerMessage} message */
  #take(message) {
    if (message.type === 'ready') {
      this.#opened();
      this.#options.onReady(message);
    } else if (message.type === 'resumed') {
      this.#opened();
      this.#options.onResumed?.(message);
    } else if (message.type === 'done') {
      this.#end();
    } else {
      if (message.type === 'ack') this.#acknowledge();
      this.#options.onMessage(message);
    }
  }

  #opened() {
    this.#openedAtMs = performance.now();
    this.#handle({ type: 'ready' });
  }

  #acknowledge() {
    const message = this.#resumption.acknowledge();
    if (message !== undefined) this.send(message);
  }

  /**
   * Signs of life come in a session that can be resumed, and levels behind a level. Else silence says nothing.
   * @param {ServerMessage | undefined} message
   */
  #watchBehind(message) {
    this.#watch.heard();
    if (message?.type === 'resumed' || message?.type === 'level') this.#watch.start();
    else if (message?.type === 'microphone') this.#watch.stop();
    else if (message?.type === 'ready' && !message.resume) this.#watch.stop();
  }

  /**
   * @param {WebSocket} socket
   * @param {string} reason the daemon gives the code of its error there
   */
  async #closed(socket, reason) {
    this.#watch.stop();
    if (reason !== '') this.#resumption.forget(); // the daemon has ended the session
    if (reason === 'RESUME_EXPIRED') {
      this.#connect();
      return;
    }
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

/**
 * A socket that was let go reports nothing more.
 * @param {WebSocket} socket
 * @param {number} [code]
 */
function letGo(socket, code) {
  socket.onmessage = null;
  socket.onclose = null;
  socket.close(code);
}
