import { FLOOR_DB, measureLevel } from './level.js';
import { betweenLevels, fillLevelColumn } from './level-column.js';
import { COLUMNS_PER_SECOND } from './spectrogram-view.js';
import { ROWS, Spectrum } from './spectrum.js';

/**
 * @import { MeterView } from './meter-view.js'
 * @import { Level } from './protocol.js'
 * @import { SpectrogramView } from './spectrogram-view.js'
 * @import { Transcript } from './transcript.js'
 */

/** The words under the spectrogram reach back this far: more than a wide screen shows. */
const LANE_SECONDS = 60;

/** The daemon sends levels at most this often. */
const LEVELS_PER_SECOND = 10;

/** Feeds meter and spectrogram from whatever sound there is. */
export class SoundView {
  #spectrogram;
  #meter;
  /** @type {Spectrum | undefined} */
  #spectrum;
  #column = new Uint8Array(ROWS);
  #hopSeconds = 1 / COLUMNS_PER_SECOND;
  #file = false;
  #lastLevel = { rms: FLOOR_DB, peak: FLOOR_DB };

  /**
   * @param {SpectrogramView} spectrogram
   * @param {MeterView} meter
   */
  constructor(spectrogram, meter) {
    this.#spectrogram = spectrogram;
    this.#meter = meter;
  }

  /**
   * @param {{ offset: number, fileSeconds?: number }} picture `offset`: seconds of the transcript at its left edge;
   *   with `fileSeconds` it shows a whole file, without it scrolls
   */
  begin({ offset, fileSeconds = 0 }) {
    this.#file = fileSeconds > 0;
    this.#spectrum = undefined;
    this.#lastLevel = { rms: FLOOR_DB, peak: FLOOR_DB };
    this.#spectrogram.begin({ offset, fileSeconds });
    this.#hopSeconds = this.#file ? fileSeconds / this.#spectrogram.fileColumns : 1 / COLUMNS_PER_SECOND;
  }

  /**
   * @param {Float32Array} samples
   * @param {number} sampleRate Hz
   */
  sound(samples, sampleRate) {
    this.#spectrum ??= new Spectrum(sampleRate, this.#hopSeconds);
    this.#spectrum.accept(samples, (column) => this.#spectrogram.add(column));
    if (!this.#file) this.#meter.show(measureLevel(samples));
  }

  /** @param {Level} level */
  level(level) {
    this.#meter.show(level);
    const steps = COLUMNS_PER_SECOND / LEVELS_PER_SECOND;
    for (let step = 1; step <= steps; step += 1) {
      fillLevelColumn(betweenLevels(this.#lastLevel, level, step / steps), this.#column);
      this.#spectrogram.add(this.#column);
    }
    this.#lastLevel = level;
  }

  /** @param {Transcript} transcript */
  words(transcript) {
    const live = transcript.live;
    const end = live?.end ?? transcript.finalEnd;
    const old = transcript.lines.findLastIndex((line) => line.end < end - LANE_SECONDS);
    const recent = transcript.lines.slice(old + 1);
    const sure = recent.flatMap((line) => line.words.map((word) => ({ word, faint: false })));
    const stable = live?.stable.trim().split(/\s+/).filter(Boolean).length ?? 0;
    const unsure = (live?.words ?? []).map((word, index) => ({ word, faint: index >= stable }));
    this.#spectrogram.showWords([...sure, ...unsure], end);
  }
}
