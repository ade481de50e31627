import { element, setAttribute, setText } from './dom.js';
import { isSource } from './run.js';
import { clock } from './time-format.js';

/**
 * @import { MicrophoneState } from './protocol.js'
 * @import { Source } from './run.js'
 *
 * @typedef {'idle' | 'starting' | 'running' | 'finishing'} Phase
 */

/** @type {Record<Source, Record<Phase, string>>} */
const HINTS = {
  microphone: {
    idle: 'Press to speak',
    starting: 'Allow the microphone',
    running: 'Listening',
    finishing: 'Last words',
  },
  file: {
    idle: 'Choose or drop a file',
    starting: 'Reading the file',
    running: 'Recognising',
    finishing: 'Recognising',
  },
  daemon: {
    idle: 'Press to follow',
    starting: 'Connecting',
    running: 'Following',
    finishing: 'Last words',
  },
};

/** @type {Record<Source, string>} */
const START_LABELS = {
  microphone: 'Start listening',
  file: 'Choose an audio file',
  daemon: 'Follow the daemon’s microphone',
};

/** @type {Record<Source, string>} */
const WELCOMES = {
  microphone: 'Say something.',
  file: 'Drop a recording.',
  daemon: 'Follow the room.',
};

/** @type {Record<MicrophoneState, string>} */
const MICROPHONE_HINTS = {
  starting: 'Microphone starting',
  running: 'Following',
  restarting: 'Microphone restarting',
  silent: 'Microphone silent',
  failed: 'Microphone failed',
  off: 'Microphone off',
};

/** The source, the button and what is going on. */
export class DockView {
  #root = document.documentElement;
  #sources = element('sources', HTMLFieldSetElement);
  #go = element('go', HTMLButtonElement);
  #icon = element('go-icon', SVGUseElement);
  #hint = element('hint', HTMLElement);
  #detail = element('microphone-detail', HTMLElement);
  #elapsed = element('elapsed', HTMLElement);
  #welcome = element('welcome-title', HTMLElement);
  /** @type {Source} */
  #source = 'microphone';
  /** @type {Phase} */
  #phase = 'idle';

  /** @param {{ onPress: () => void, onSource: () => void }} handlers */
  constructor({ onPress, onSource }) {
    this.#go.addEventListener('click', onPress);
    this.#sources.addEventListener('change', (event) => {
      const value = event.target instanceof HTMLInputElement ? event.target.value : '';
      if (isSource(value)) this.select(value);
      onSource();
    });
    // Browsers keep the choice of a radio button over a reload.
    const checked = this.#sources.querySelector('input:checked');
    const value = checked instanceof HTMLInputElement ? checked.value : '';
    this.select(isSource(value) ? value : 'microphone');
  }

  get source() {
    return this.#source;
  }

  /** @param {Source} source */
  select(source) {
    this.#source = source;
    const input = this.#sources.querySelector(`[value=${source}]`);
    if (input instanceof HTMLInputElement) input.checked = true;
    this.show(this.#phase);
  }

  /** @param {Phase} phase */
  show(phase) {
    this.#phase = phase;
    const idle = phase === 'idle';
    this.#root.dataset['phase'] = phase;
    this.#root.dataset['source'] = this.#source;
    this.#sources.disabled = !idle;
    this.#elapsed.hidden = idle;
    setAttribute(this.#go, 'aria-label', idle ? START_LABELS[this.#source] : 'Stop');
    this.#go.title = idle ? 'Space' : 'Stop (Space)';
    setAttribute(this.#icon, 'href', idle ? `#i-${this.#source}` : '#i-stop');
    setText(this.#hint, HINTS[this.#source][phase]);
    setText(this.#welcome, WELCOMES[this.#source]);
    setText(this.#detail, '');
  }

  /**
   * @param {MicrophoneState} state
   * @param {string} detail what happened to it and what to do; empty when all is well
   */
  showMicrophone(state, detail) {
    setText(this.#hint, MICROPHONE_HINTS[state]);
    setText(this.#detail, detail);
  }

  /**
   * @param {number} seconds
   * @param {number} [total] 0 while it is not known
   */
  showElapsed(seconds, total) {
    const text = total === undefined ? clock(seconds) : `${clock(seconds)} / ${clock(total)}`;
    setText(this.#elapsed, total === 0 ? '' : text);
  }
}
