import { ClockAlignment } from './clock-alignment.js';
import { Link } from './link.js';
import { isTranscriptEvent } from './protocol.js';

/**
 * @import { Level, MicrophoneStatus, ServerMessage } from './protocol.js'
 * @import { Run, RunObserver } from './run.js'
 * @import { ServerAddress } from './server-address.js'
 * @import { Transcript } from './transcript.js'
 */

const PATH = 'v1/microphone';

/** Each level is that of so much sound. */
const LEVEL_SECONDS = 0.1;

/** Levels come as steadily as the sound: after a shift larger than this some are missing. */
const LEVEL_JUMP_SECONDS = 1;

/**
 * Follows the daemon's own microphone: text and levels come in, no sound goes out.
 * @implements {Run}
 */
export class DaemonRun {
  #options;
  #link;
  #clock = new ClockAlignment();
  #levelClock = new ClockAlignment(LEVEL_JUMP_SECONDS);
  #levels = 0;
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
      onDone: () => this.#end(),
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
    this.#end();
  }

  retryNow() {
    this.#link.retryNow();
  }

  #end() {
    this.#options.transcript.cutLive();
    this.#options.observer.onEnd();
  }

  /**
   * Comes with every connection, and when sound comes again: the time of the daemon's stream stood still meanwhile, or is
   * that of another stream.
   * @param {MicrophoneStatus} status
   */
  #showMicrophone(status) {
    this.#clock = new ClockAlignment();
    this.#levelClock = new ClockAlignment(LEVEL_JUMP_SECONDS);
    this.#options.observer.onMicrophone(status);
  }

  /**
   * By the sound that the levels stand for rather than by their coming in: on a busy machine they are late, and come in
   * bursts.
   * @param {Level} level
   */
  #showLevel(level) {
    this.#levels += 1;
    const heard = this.#levels * LEVEL_SECONDS;
    this.#options.observer.onLevel(level, heard + this.#levelClock.align(heard, this.seconds));
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    const { observer, offset, transcript } = this.#options;
    if (message.type === 'level') this.#showLevel(message);
    else if (message.type === 'microphone') this.#showMicrophone(message);
    else if (message.type === 'error') observer.onFault(message.code, message.message);
    else if (isTranscriptEvent(message)) {
      const eventSeconds = 'end' in message ? message.end : message.time;
      transcript.apply(message, offset + this.#clock.align(eventSeconds, this.seconds));
      if ('latencyMs' in message) observer.onLatency({ daemonMs: message.latencyMs ?? 0 });
      observer.onTranscript();
    }
  }
}
