import { element, setText } from './dom.js';
import { delay } from './time-format.js';

/**
 * @import { Lag } from './lag-watch.js'
 * @import { LinkState } from './link-state.js'
 * @import { Ready } from './protocol.js'
 * @import { Latency } from './run.js'
 */

/** @type {Record<Lag['cause'], string>} */
const LAG_TEXTS = { network: 'Network too slow', daemon: 'Daemon busy' };

/** State of the connection, the model behind it and the latency. */
export class LinkView {
  #link = element('link', HTMLElement);
  #text = element('link-text', HTMLElement);
  #latency = element('latency', HTMLElement);
  #value = element('latency-value', HTMLElement);
  #label = element('latency-label', HTMLElement);
  #model = element('model', HTMLElement);
  #countdown = 0;
  #late = false;

  /** @param {LinkState} state */
  show(state) {
    window.clearInterval(this.#countdown);
    this.#late = false;
    if (state.name === 'open') this.#say('good', 'Connected');
    else if (state.name === 'connecting')
      this.#say('busy', state.attempt === 0 ? 'Connecting' : 'Reconnecting');
    else if (state.name === 'finishing') this.#say('busy', 'Last words');
    else if (state.name === 'refused') this.#say('bad', 'Refused');
    else if (state.name === 'waiting') this.#countDown(state.delayMs);
    if (state.name !== 'open') this.#latency.hidden = true;
  }

  /** @param {Lag | undefined} lag of an open connection */
  showLag(lag) {
    if (lag) {
      this.#say('busy', LAG_TEXTS[lag.cause], `${Math.round(lag.seconds)} s behind`);
      this.#latency.hidden = true;
    } else if (this.#late) this.#say('good', 'Connected');
    this.#late = lag !== undefined;
  }

  /**
   * While nothing runs.
   * @param {boolean} reachable
   */
  showReachable(reachable) {
    window.clearInterval(this.#countdown);
    this.#say(reachable ? 'idle' : 'bad', reachable ? 'Daemon ready' : 'Daemon not reachable');
  }

  /** @param {Ready} ready */
  showModel({ model }) {
    if (!model) return;
    this.#model.hidden = false;
    setText(this.#model, `Model ${model.name} ${model.version}, ${model.language}`);
    this.#link.title = `Model ${model.name} ${model.version}`;
  }

  /** @param {Latency} latency */
  showLatency({ heardMs, speed, daemonMs }) {
    if (this.#late) return; // said already
    this.#latency.hidden = false;
    if (speed !== undefined) this.#measure(`${speed.toFixed(speed < 10 ? 1 : 0)}×`, 'real time');
    else if (heardMs !== undefined) this.#measure(delay(heardMs), 'behind you');
    else this.#measure(delay(daemonMs ?? 0), 'in the daemon');
    const share = daemonMs === undefined ? '' : `, ${delay(daemonMs)} of it in the daemon`;
    this.#latency.title =
      heardMs === undefined ? '' : `From your voice to the word on the screen: ${delay(heardMs)}${share}`;
  }

  /**
   * @param {string} value
   * @param {string} label
   */
  #measure(value, label) {
    setText(this.#value, value);
    setText(this.#label, label);
  }

  /** @param {number} delayMs */
  #countDown(delayMs) {
    const until = performance.now() + delayMs;
    const say = () => {
      const seconds = Math.max(1, Math.ceil((until - performance.now()) / 1000));
      this.#say('bad', 'Connection lost', `${seconds} s`);
    };
    say();
    this.#countdown = window.setInterval(say, 500);
  }

  /**
   * @param {'idle' | 'good' | 'busy' | 'bad'} tone
   * @param {string} text
   * @param {string} [seconds] written without announcement: a status that changes every second is a nuisance
   */
  #say(tone, text, seconds = '') {
    this.#link.dataset['tone'] = tone;
    this.#link.dataset['seconds'] = seconds;
    setText(this.#text, text);
  }
}
