import { measureLevel } from './level.js';
import { LevelTrack } from './level-track.js';
import { COLUMNS_PER_SECOND } from './spectrogram-view.js';
import { Spectrum } from './spectrum.js';

/**
 * @import { MeterView } from './meter-view.js'
 * @import { Level } from './protocol.js'
 * @import { SpectrogramView } from './spectrogram-view.js'
 * @import { Transcript } from './transcript.js'
 */

/** The words under the spectrogram reach back this far: more than a wide screen shows. */
const LANE_SECONDS = 60;

/** Feeds meter and spectrogram from whatever sound there is. */
export class SoundView {
  #spectrogram;
  #meter;
  /** @type {Spectrum | undefined} */
  #spectrum;
  #hopSeconds = 1 / COLUMNS_PER_SECOND;
  #file = false;
  #levels = new LevelTrack(COLUMNS_PER_SECOND);

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
    this.#levels = new LevelTrack(COLUMNS_PER_SECOND);
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

  /**
   * @param {Level} level
   * @param {number} seconds of the recording up to which it reaches
   */
  level(level, seconds) {
    this.#meter.show(level);
    this.#levels.accept(level, seconds, this.#spectrogram);
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
