import { microphoneFault, PageFault } from './fault.js';
import { SilenceWatch } from './silence-watch.js';
import { ZeroWatch } from './zero-watch.js';

/**
 * `deviceId` empty: the system's default; `onSamples`: 20 ms of mono sound, -1 to 1; `onMissing`: the device is not
 * there, and the default one takes its place; `onDead`: whether no sound comes, be it for a while; `onZeros`: whether what
 * comes is nothing but zeros; `onGone`: for good.
 * @typedef {{ deviceId: string, onSamples: (samples: Float32Array) => void, onMissing: () => void,
 *   onDead: (dead: boolean) => void, onZeros: (zeros: boolean) => void, onGone: () => void }} MicrophoneOptions
 */

/** The rate of the recogniser; the browser's own resampler, with its low-pass, brings the sound to it. */
const WANTED_RATE = 16_000;

/** A microphone that is on brings samples all the time, however quiet it is. */
const DEAD_MS = 2000;

/**
 * Echo cancellation and noise suppression are made for calls and take away what a recogniser needs.
 * @type {MediaTrackConstraints}
 */
const CONSTRAINTS = {
  channelCount: 1,
  autoGainControl: true,
  echoCancellation: false,
  noiseSuppression: false,
};

/** A microphone of this device, from `open` to `close`. */
export class Microphone {
  #options;
  #watch;
  #zeros;
  #life = new AbortController();
  /** @type {MediaStream | undefined} */
  #stream;
  /** @type {AudioContext | undefined} */
  #context;

  /** @param {MicrophoneOptions} options */
  constructor(options) {
    this.#options = options;
    this.#watch = new SilenceWatch(DEAD_MS, options.onDead);
    this.#zeros = new ZeroWatch(options.onZeros);
  }

  /** Hz of the samples that `open` delivers. */
  get sampleRate() {
    return this.#context?.sampleRate ?? WANTED_RATE;
  }

  /**
   * Asks for the microphone and starts it. Call once.
   * @throws {PageFault}
   */
  async open() {
    const { deviceId, onMissing, onGone } = this.#options;
    if (!window.isSecureContext || !navigator.mediaDevices) throw new PageFault('insecure-origin');
    if (!('AudioWorkletNode' in window)) throw new PageFault('browser-too-old');
    try {
      this.#stream = await openDevice(deviceId, onMissing);
      const { context, source } = connectAt(this.#stream);
      this.#context = context;
      await context.audioWorklet.addModule(new URL('capture-worklet.js', import.meta.url));
      await context.resume();
      listen(context, source, (samples) => this.#hear(samples));
    } catch (error) {
      this.close();
      throw new PageFault(microphoneFault(error), { cause: error });
    }
    for (const track of this.#stream.getTracks()) track.addEventListener('ended', onGone);
    const { signal } = this.#life;
    this.#context.addEventListener('statechange', () => this.wake(), { signal });
    document.addEventListener('visibilitychange', () => this.wake(), { signal });
    this.#watch.start();
  }

  /** Systems put it to sleep, for a call or behind a locked screen, and may refuse to wake it before that is over. */
  wake() {
    if (this.#context?.state !== 'running') this.#context?.resume().catch(() => undefined);
  }

  /** Lets the microphone go. Safe to call twice. */
  close() {
    this.#life.abort();
    this.#watch.stop();
    this.#zeros.forget();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    // Closing can only fail when it is closed already.
    this.#context?.close().catch(() => undefined);
    this.#stream = undefined;
    this.#context = undefined;
  }

  /**
   * What comes from a microphone that the system has muted is no sound.
   * @param {Float32Array} samples
   */
  #hear(samples) {
    if (this.#stream?.getTracks().some((track) => track.muted)) this.#zeros.forget();
    else {
      this.#watch.heard();
      this.#zeros.hear(samples, this.sampleRate);
    }
    this.#options.onSamples(samples);
  }
}

/**
 * @returns {Promise<MediaDeviceInfo[]>} the microphones; without names until one was allowed once
 */
export async function listMicrophones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter((device) => device.kind === 'audioinput' && device.deviceId !== '');
}

/**
 * @param {string} deviceId
 * @param {() => void} onMissing
 */
async function openDevice(deviceId, onMissing) {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: constraints(deviceId) });
  } catch (error) {
    if (deviceId === '' || microphoneFault(error) !== 'microphone-missing') throw error;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS });
    onMissing();
    return stream;
  }
}

/** @param {string} deviceId */
function constraints(deviceId) {
  return deviceId === '' ? CONSTRAINTS : { ...CONSTRAINTS, deviceId: { exact: deviceId } };
}

/**
 * Firefox connects a microphone only to a context that runs at the rate of the device: there the sound goes
 * out at that rate, and the daemon resamples.
 * @param {MediaStream} stream
 */
function connectAt(stream) {
  const wanted = new AudioContext({ sampleRate: WANTED_RATE });
  try {
    return { context: wanted, source: wanted.createMediaStreamSource(stream) };
  } catch {
    wanted.close().catch(() => undefined);
    const native = new AudioContext();
    return { context: native, source: native.createMediaStreamSource(stream) };
  }
}

/**
 * @param {AudioContext} context
 * @param {AudioNode} source
 * @param {(samples: Float32Array) => void} onSamples
 */
function listen(context, source, onSamples) {
  const capture = new AudioWorkletNode(context, 'capture', { numberOfInputs: 1, numberOfOutputs: 0 });
  capture.port.onmessage = (message) => onSamples(message.data);
  source.connect(capture);
}
