/**
 * Sound on its way to the daemon. Keeps the last `keepSeconds`, so that a broken connection can go on at the
 * last finished line instead of losing what was said in between; older sound is dropped first. Positions
 * count samples from the start of the recording.
 */
export class AudioTape {
  /** Hz */
  sampleRate;
  #ring;
  #end = 0;

  /**
   * @param {number} sampleRate Hz
   * @param {number} keepSeconds
   */
  constructor(sampleRate, keepSeconds) {
    this.sampleRate = sampleRate;
    this.#ring = new Int16Array(Math.max(1, Math.ceil(sampleRate * keepSeconds)));
  }

  /** Position after the newest sample. */
  get end() {
    return this.#end;
  }

  /** Position of the oldest sample still kept. */
  get start() {
    return Math.max(0, this.#end - this.#ring.length);
  }

  /** Seconds recorded in all. */
  get seconds() {
    return this.#end / this.sampleRate;
  }

  /** @param {Int16Array} samples */
  append(samples) {
    const kept = samples.subarray(Math.max(0, samples.length - this.#ring.length));
    this.#end += samples.length - kept.length;
    const at = this.#end % this.#ring.length;
    const first = kept.subarray(0, this.#ring.length - at);
    this.#ring.set(first, at);
    this.#ring.set(kept.subarray(first.length), 0);
    this.#end += kept.length;
  }

  /**
   * A copy of what is kept from `position` on.
   * @param {number} position not before `start`
   * @param {number} most samples
   * @returns {Int16Array<ArrayBuffer>} empty at the end
   */
  read(position, most) {
    const length = Math.max(0, Math.min(most, this.#end - position));
    const copy = new Int16Array(length);
    const at = position % this.#ring.length;
    const first = this.#ring.subarray(at, Math.min(this.#ring.length, at + length));
    copy.set(first, 0);
    copy.set(this.#ring.subarray(0, length - first.length), first.length);
    return copy;
  }
}
