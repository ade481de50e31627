import { element } from './dom.js';
import { FLOOR_DB, LevelBallistics, meterShare } from './level.js';

const WORDS_EVERY_MS = 1000;

/** The level meter and the rings around the button. */
export class MeterView {
  #ballistics = new LevelBallistics();
  #meter = element('meter', HTMLMeterElement);
  #fill = element('meter-fill', HTMLElement);
  #hold = element('meter-hold', HTMLElement);
  #ring = element('ring-rms', HTMLElement);
  #peakRing = element('ring-peak', HTMLElement);
  #still = window.matchMedia('(prefers-reduced-motion: reduce)');
  #frame = 0;
  #wordsAtMs = 0;

  /** @param {{ rms: number, peak: number }} level dBFS */
  show(level) {
    this.#ballistics.accept(level, performance.now());
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const now = performance.now();
    const { rms, hold } = this.#ballistics.read(now);
    const share = meterShare(rms);
    const peak = meterShare(hold);
    this.#fill.style.clipPath = `inset(0 ${((1 - share) * 100).toFixed(1)}% 0 0)`;
    this.#hold.style.transform = `translateX(${(peak * 100).toFixed(1)}%)`;
    this.#fill.classList.toggle('loud', hold > -1);
    if (!this.#still.matches) this.#drawRings(share, peak);
    this.#say(rms, now);
    const quiet = rms <= FLOOR_DB && hold <= FLOOR_DB;
    this.#frame = quiet ? 0 : requestAnimationFrame(() => this.#draw());
  }

  /**
   * @param {number} share
   * @param {number} peak
   */
  #drawRings(share, peak) {
    this.#ring.style.transform = `scale(${(1 + share * 0.34).toFixed(3)})`;
    this.#peakRing.style.transform = `scale(${(1 + peak * 0.52).toFixed(3)})`;
  }

  /**
   * @param {number} rms dBFS
   * @param {number} now ms
   */
  #say(rms, now) {
    if (now - this.#wordsAtMs < WORDS_EVERY_MS) return;
    this.#wordsAtMs = now;
    this.#meter.value = Math.round(rms);
  }
}
