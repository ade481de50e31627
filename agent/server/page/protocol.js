/**
 * @import { Wishes } from './task.js'
 *
 * What the daemon sends on `/v1/stream` and `/v1/microphone`. Times are seconds of stream audio.
 *
 * @typedef {{ text: string, start: number, end: number, confidence: number }} Word
 * @typedef {{ type: 'ready', protocol: number, session: string, sampleRate: number,
 *   model?: { name: string, version: string, language: string }, task?: MicrophoneTask,
 *   resume?: { token: string, waitMs: number } }} Ready
 * @typedef {{ type: 'resumed', messages: number, audioBytes: number }} Resumed  what has arrived of a session that goes on
 * @typedef {{ type: 'ack', messages: number, audioBytes: number }} Ack  the same, now and then, as a sign of life
 * @typedef {{ type: 'dictation' } | { type: 'commands', grammars: readonly string[] }} ToldTask
 * @typedef {ToldTask | { type: 'wake', phrases: readonly string[], listenFor: ToldTask | null }} MicrophoneTask  of the
 *   daemon's own
 * @typedef {{ type: 'speech-start', time: number }} SpeechStart
 * @typedef {{ type: 'speech-end', time: number }} SpeechEnd
 * @typedef {{ type: 'wake', phrase: string, time: number, confidence: number }} Wake
 * @typedef {{ type: 'partial', segment: number, text: string, stable: string, start: number, end: number,
 *   words?: Word[], latencyMs?: number }} Partial
 * @typedef {{ name: string, value: string | number | boolean, text: string, start: number, end: number }} Slot
 * @typedef {{ name: string, slots: readonly Slot[] }} Intent
 * @typedef {'unlikely' | 'incomplete'} Refusal
 * @typedef {{ text: string, tokens: readonly { text: string, from: number, to: number }[] }} Readable
 * @typedef {{ type: 'final', segment: number, text: string, words: Word[], confidence: number, start: number,
 *   end: number, reason: string, latencyMs?: number, intent?: Intent, refusal?: Refusal, readable?: Readable }} Final
 * @typedef {Wake | SpeechStart | SpeechEnd | Partial | Final} TranscriptEvent
 * @typedef {'starting' | 'running' | 'restarting' | 'silent' | 'failed' | 'off'} MicrophoneState
 * @typedef {{ type: 'microphone', state: MicrophoneState, detail?: string, restarts?: number }} MicrophoneStatus
 * @typedef {{ type: 'level', rms: number, peak: number }} Level  dBFS
 * @typedef {{ type: 'error', code: string, message: string }} ErrorMessage
 * @typedef {{ type: 'done' }} Done
 * @typedef {Ready | Resumed | Ack | TranscriptEvent | MicrophoneStatus | Level | ErrorMessage | Done} ServerMessage
 */

const KNOWN = new Set([
  'ready',
  'resumed',
  'ack',
  'wake',
  'speech-start',
  'speech-end',
  'partial',
  'final',
  'microphone',
  'level',
  'error',
  'done',
]);

/**
 * Reads one text message. A type that this page does not know is skipped, so that the protocol can grow.
 * @param {string} text
 * @returns {ServerMessage | undefined}
 */
export function parseMessage(text) {
  const message = parseJson(text);
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  return KNOWN.has(String(message.type)) ? /** @type {ServerMessage} */ (message) : undefined;
}

/**
 * @param {ServerMessage} message
 * @returns {message is TranscriptEvent}
 */
export function isTranscriptEvent(message) {
  return (
    message.type === 'wake' ||
    message.type === 'partial' ||
    message.type === 'final' ||
    message.type === 'speech-start' ||
    message.type === 'speech-end'
  );
}

/**
 * The first message of a stream: what the binary messages hold, and what is wanted.
 * @param {number} sampleRate Hz
 * @param {Wishes} wishes
 * @returns {string}
 */
export function startMessage(sampleRate, { task, readable }) {
  // Dictation is what a stream begins with.
  const options = { partialWords: true, readable, ...(task.type === 'dictation' ? {} : { task }) };
  return JSON.stringify({ type: 'start', sampleRate, encoding: 's16le', channels: 1, options });
}

/**
 * Other wishes from this point of the sound on.
 * @param {Wishes} wishes
 * @returns {string}
 */
export function configureMessage(wishes) {
  return JSON.stringify({ type: 'configure', options: wishes });
}

/**
 * @param {number} messages that have come
 * @returns {string}
 */
export function acknowledgeMessage(messages) {
  return JSON.stringify({ type: 'ack', messages });
}

/** Ends the line that is being spoken. */
export const FLUSH_MESSAGE = JSON.stringify({ type: 'flush' });

export const STOP_MESSAGE = JSON.stringify({ type: 'stop' });

/**
 * @param {string} text
 * @returns {unknown} undefined when it is not JSON
 */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
