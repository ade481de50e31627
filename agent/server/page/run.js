/**
 * @import { Lag } from './lag-watch.js'
 * @import { LinkState } from './link-state.js'
 * @import { Intent, Level, MicrophoneStatus, Ready } from './protocol.js'
 * @import { Wishes } from './task.js'
 *
 * One press of the button: from a source of sound to text, until it is stopped or over. There is one kind of
 * run for each source; `stop` ends it politely, `abort` at once.
 * @typedef {{
 *   start: () => Promise<void>,
 *   stop: () => void,
 *   abort: () => void,
 *   retryNow: () => void,
 *   configure?: (wishes: Wishes) => boolean,
 *   useMicrophone?: (deviceId: string) => Promise<void>,
 *   readonly seconds: number,
 * }} Run
 *
 * What a run tells the page; `seconds` of `onLevel`: of the run up to which the level reaches; `onDead`: whether the
 * microphone brings no sound; `onZeros`: whether it brings nothing but zeros; `onLag`: how late the sound arrives, undefined when it is not; `onStop`: it stops by itself, the last words follow.
 * @typedef {{
 *   onLink: (state: LinkState) => void,
 *   onReady: (ready: Ready) => void,
 *   onTranscript: () => void,
 *   onUnderstood: (intent: Intent | undefined) => void,
 *   onSound: (samples: Float32Array, sampleRate: number) => void,
 *   onFile: (seconds: number) => void,
 *   onLevel: (level: Level, seconds: number) => void,
 *   onLatency: (latency: Latency) => void,
 *   onLag: (lag: Lag | undefined) => void,
 *   onMicrophone: (status: MicrophoneStatus) => void,
 *   onDead: (dead: boolean) => void,
 *   onZeros: (zeros: boolean) => void,
 *   onFault: (code: string, message?: string) => void,
 *   onStop: () => void,
 *   onEnd: () => void,
 * }} RunObserver
 *
 * `heardMs`: from sound to screen; `speed`: seconds of audio a second; `daemonMs`: the daemon's own share.
 * @typedef {{ heardMs?: number, speed?: number, daemonMs?: number }} Latency
 */

/** The kinds of run, in the order in which the page offers them. */
export const SOURCES = /** @type {const} */ (['microphone', 'file', 'daemon']);

/** @typedef {typeof SOURCES[number]} Source */

/**
 * @param {unknown} value
 * @returns {value is Source}
 */
export function isSource(value) {
  return SOURCES.some((source) => source === value);
}
