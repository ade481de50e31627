import { ClockAlignment } from './clock-alignment.js';
import { Link } from './link.js';
import { isTranscriptEvent } from './protocol.js';

/**
 * @import { ServerMessage } from './protocol.js'
 * @import { Run, RunObserver } from './run.js'
 * @import { ServerAddress } from './server-address.js'
 * @import { Transcript } from './transcript.js'
 */

const PATH = 'v1/microphone';

/**
 * Follows the daemon's own microphone: text and levels come in, no sound goes out.
 * @implements {Run}
 */
export class DaemonRun {
  #options;
  #link;
  #clock = new ClockAlignment();
  #startedAtMs = 0;

  /**
   * @param {{ address: ServerAddress, transcript: Transcript, offset: number, observer: RunObserver }} options
   */
  constructor(options) {
    const { address, observer } = options;
    this.#options = options;
    this.#link = new Link({
      socketUrl: () => address.socket(PATH, { levels: '1' }),
      probeUrl: () => address.http(PATH),
      onState: observer.onLink,
      onReady: observer.onReady,
      onMessage: (message) => this.#receive(message),
      onDone: observer.onEnd,
    });
  }

  get seconds() {
    return this.#startedAtMs === 0 ? 0 : (performance.now() - this.#startedAtMs) / 1000;
  }

  async start() {
    this.#startedAtMs = performance.now();
    this.#link.dial();
  }

  stop() {
    this.abort();
  }

  abort() {
    this.#link.hangUp();
    this.#options.transcript.cutLive();
    this.#options.observer.onEnd();
  }

  retryNow() {
    this.#link.retryNow();
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    const { observer, offset, transcript } = this.#options;
    if (message.type === 'level') observer.onLevel(message);
    else if (message.type === 'microphone') observer.onMicrophone(message);
    else if (message.type === 'error') observer.onFault(message.code, message.message);
    else if (isTranscriptEvent(message)) {
      const eventSeconds = 'end' in message ? message.end : message.time;
      transcript.apply(message, offset + this.#clock.align(eventSeconds, this.seconds));
      if ('latencyMs' in message) observer.onLatency({ daemonMs: message.latencyMs ?? 0 });
      observer.onTranscript();
    }
  }
}
