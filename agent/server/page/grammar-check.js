import { parseMessage, STOP_MESSAGE, startMessage } from './protocol.js';

/**
 * @import { ServerAddress } from './server-address.js'
 * @import { Wishes } from './task.js'
 */

const PATH = 'v1/stream';
/** Any: no sound is sent. */
const SAMPLE_RATE = 16000;

/** Asks the daemon about a grammar while nothing is listened to, by a stream without sound. */
export class GrammarCheck {
  #address;
  #onFault;
  /** @type {WebSocket | undefined} */
  #socket;

  /**
   * @param {ServerAddress} address
   * @param {(message: string) => void} onFault
   */
  constructor(address, onFault) {
    this.#address = address;
    this.#onFault = onFault;
  }

  /** @param {Wishes} wishes; a daemon that can not be asked finds no fault */
  ask(wishes) {
    this.drop();
    const socket = new WebSocket(this.#address.socket(PATH));
    this.#socket = socket;
    socket.onopen = () => {
      socket.send(startMessage(SAMPLE_RATE, wishes));
      socket.send(STOP_MESSAGE);
    };
    socket.onmessage = ({ data }) => {
      const message = parseMessage(String(data));
      if (message?.type === 'error' && /^(GRAMMAR|WAKE)/.test(message.code)) this.#onFault(message.message);
    };
  }

  /** Lets go of a question that has no answer yet. */
  drop() {
    if (!this.#socket) return;
    this.#socket.onmessage = null;
    this.#socket.onopen = null;
    this.#socket.close();
    this.#socket = undefined;
  }
}
