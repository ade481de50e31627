/**
 * Runs in the audio thread: mixes what the microphone delivers to mono and hands it to the page in chunks of
 * 20 ms, as transferred buffers.
 *
 * The globals of an AudioWorkletGlobalScope that are used here.
 * @typedef {{ sampleRate: number, AudioWorkletProcessor: new () => { readonly port: MessagePort },
 *   registerProcessor: (name: string, processor: unknown) => void }} WorkletScope
 */

const scope = /** @type {WorkletScope} */ (/** @type {unknown} */ (globalThis));

const CHUNKS_PER_SECOND = 50;

class CaptureProcessor extends scope.AudioWorkletProcessor {
  #chunk = new Float32Array(Math.round(scope.sampleRate / CHUNKS_PER_SECOND));
  #filled = 0;

  /**
   * @param {readonly (readonly Float32Array[])[]} inputs [input][channel][128 samples]
   * @returns {boolean} true: keep running
   */
  process(inputs) {
    const channels = inputs[0] ?? [];
    const length = channels[0]?.length ?? 0;
    for (let i = 0; i < length; i += 1) {
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.#chunk[this.#filled] = sum / channels.length;
      this.#filled += 1;
      if (this.#filled === this.#chunk.length) this.#post();
    }
    return true;
  }

  #post() {
    this.port.postMessage(this.#chunk, [this.#chunk.buffer]);
    this.#chunk = new Float32Array(Math.round(scope.sampleRate / CHUNKS_PER_SECOND));
    this.#filled = 0;
  }
}

scope.registerProcessor('capture', CaptureProcessor);
