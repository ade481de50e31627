import { microphoneFault, PageFault } from './fault.js';

/** The rate of the recogniser; the browser's own resampler, with its low-pass, brings the sound to it. */
const WANTED_RATE = 16_000;

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

/** The microphone of this device. */
export class Microphone {
  /** @type {MediaStream | undefined} */
  #stream;
  /** @type {AudioContext | undefined} */
  #context;

  /** Hz of the samples that `open` delivers. */
  get sampleRate() {
    return this.#context?.sampleRate ?? WANTED_RATE;
  }

  /**
   * Asks for the microphone and starts it.
   * @param {{ deviceId: string, onSamples: (samples: Float32Array) => void, onGone: () => void }} options
   *   `deviceId` empty: the system's default; `onSamples`: 20 ms of mono sound, -1 to 1
   * @throws {PageFault}
   */
  async open({ deviceId, onSamples, onGone }) {
    if (!window.isSecureContext || !navigator.mediaDevices) throw new PageFault('insecure-origin');
    if (!('AudioWorkletNode' in window)) throw new PageFault('browser-too-old');
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: constraints(deviceId) });
      const { context, source } = connectAt(this.#stream);
      this.#context = context;
      await context.audioWorklet.addModule(new URL('capture-worklet.js', import.meta.url));
      await context.resume();
      listen(context, source, onSamples);
    } catch (error) {
      this.close();
      throw new PageFault(microphoneFault(error), { cause: error });
    }
    for (const track of this.#stream.getTracks()) track.addEventListener('ended', onGone);
  }

  /** Lets the microphone go. Safe to call twice. */
  close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    // Closing can only fail when it is closed already.
    this.#context?.close().catch(() => undefined);
    this.#stream = undefined;
    this.#context = undefined;
  }
}

/**
 * @returns {Promise<MediaDeviceInfo[]>} the microphones; without names until one was allowed once
 */
export async function listMicrophones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter((device) => device.kind === 'audioinput' && device.deviceId !== '');
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
