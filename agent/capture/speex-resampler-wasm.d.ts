/**
 * The part of speexdsp's resampler (speex_resampler.h) that `resampler.ts` uses, as Emscripten exports it.
 * Pointers are byte addresses in the module's memory; the HEAP views are renewed when that memory grows.
 */
declare module '@echogarden/speex-resampler-wasm' {
  export interface SpeexModule {
    readonly HEAPF32: Float32Array;
    readonly HEAPU32: Uint32Array;
    /** 0 when there is no memory. */
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    /** Returns the state's pointer and writes an error number to `error`; `quality` 0 to 10. */
    _speex_resampler_init(
      channels: number,
      inputRate: number,
      outputRate: number,
      quality: number,
      error: number,
    ): number;
    _speex_resampler_destroy(state: number): void;
    /** Drops the filter's delay at the start. */
    _speex_resampler_skip_zeros(state: number): number;
    /** Delay in input samples. */
    _speex_resampler_get_input_latency(state: number): number;
    /** Lengths are in samples: capacity on entry, consumed and written on return. */
    _speex_resampler_process_float(
      state: number,
      channel: number,
      input: number,
      inputLength: number,
      output: number,
      outputLength: number,
    ): number;
  }
  function load(): Promise<SpeexModule>;

  // biome-ignore lint/style/noDefaultExport: the package exports nothing else
  export { load as default };
}
