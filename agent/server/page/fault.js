/**
 * Everything that can go wrong, in words for the person in front of the page. `remedy` names the button that
 * helps: enter a token, choose a microphone, or try again.
 * @typedef {{ title: string, text: string, remedy?: Remedy }} Fault
 * @typedef {'token' | 'device' | 'retry'} Remedy
 */

/** @type {Record<string, Fault>} */
const FAULTS = {
  // this browser and its microphone
  'insecure-origin': {
    title: 'The browser keeps the microphone locked here',
    text: 'Microphones work only on https pages and on localhost. Open this page on the machine itself, forward the port (ssh -L 2750:localhost:2750), or put it behind https. Files and the daemon’s own microphone work from here, too.',
  },
  'browser-too-old': {
    title: 'This browser can not record sound',
    text: 'It has no AudioWorklet. Any Chromium, Firefox or Safari of the last years has one.',
  },
  'microphone-denied': {
    title: 'The microphone is not allowed',
    text: 'The browser refused access for this page. Allow the microphone in the site settings, beside the address, then try again.',
    remedy: 'retry',
  },
  'microphone-missing': {
    title: 'No microphone found',
    text: 'Plug one in, or look whether it is switched off in the sound settings, then try again.',
    remedy: 'retry',
  },
  'microphone-not-there': {
    title: 'The chosen microphone is not there',
    text: 'The system’s default listens in its place.',
    remedy: 'device',
  },
  'microphone-dead': {
    title: 'No sound comes from the microphone',
    text: 'It may be muted, or the system has taken it for something else. Nothing is heard until it is back.',
    remedy: 'retry',
  },
  'microphone-busy': {
    title: 'The microphone does not start',
    text: 'Another program may be holding it. Close that program, then try again.',
    remedy: 'retry',
  },
  'microphone-unplugged': {
    title: 'The microphone is gone',
    text: 'It was unplugged or switched off. What was said before is kept.',
    remedy: 'retry',
  },
  'words-lost': {
    title: 'Words are lost',
    text: 'The sound gets through more slowly than you speak, and the page keeps a minute of it. What is left out is marked in the transcript.',
  },
  'file-unreadable': {
    title: 'This file can not be played',
    text: 'The browser finds no sound that it knows in it. WAV, FLAC, MP3, Opus, Ogg and M4A work in most browsers.',
  },
  'file-too-large': {
    title: 'This file is too large for the page',
    text: 'The browser would have to hold all of it in memory. On the command line any length works: earshot transcribe FILE.',
  },
  'upgrade-refused': {
    title: 'The connection does not get through',
    text: 'The daemon is there, but takes no WebSocket from this address: add it to server.allowedOrigins in the configuration, or let the proxy in between pass WebSockets on.',
    remedy: 'retry',
  },
  'save-failed': {
    title: 'The text could not be copied',
    text: 'The browser does not give this page the clipboard. Save the text as a file instead.',
  },
  // the daemon, by the codes of its error catalogue
  SERVER_GONE: {
    title: 'The daemon does not answer',
    text: 'It may be stopped or restarting. The page connects again by itself.',
  },
  UNAUTHORIZED: {
    title: 'The daemon wants a token',
    text: 'It was started with a token, and the one given is missing or wrong.',
    remedy: 'token',
  },
  TOKEN_EXPIRED: {
    title: 'The token has expired',
    text: 'The day from which it is refused has come. Make a new one on the daemon’s machine: earshot token create NAME --scope stream,microphone.',
    remedy: 'token',
  },
  SCOPE_MISSING: {
    title: 'The token does not reach this far',
    text: 'It was made for other things. The daemon’s microphone takes the scope microphone, all else on this page the scope stream: earshot token create NAME --scope stream,microphone.',
    remedy: 'token',
  },
  ORIGIN_FORBIDDEN: {
    title: 'The daemon does not trust this address',
    text: 'Add the address of this page to server.allowedOrigins in its configuration.',
  },
  TOO_MANY_CLIENTS: {
    title: 'The daemon is fully booked',
    text: 'The largest number of clients is connected. The page takes the next free place.',
  },
  STREAM_LIMIT: {
    title: 'The daemon is fully booked',
    text: 'The largest number of streams is open. The page takes the next free place.',
  },
  ADDRESS_LIMIT: {
    title: 'Too many connections from your address',
    text: 'Close other pages and programs that listen. The page takes the next free place.',
  },
  AUDIO_LIMIT: {
    title: 'Too much sound in a short time',
    text: 'The daemon takes a limited amount from each address. The page goes on as soon as it may.',
  },
  OVERLOADED: {
    title: 'The daemon can not keep up',
    text: 'Its machine is behind with the speech of others. The page tries again by itself.',
  },
  DRAINING: {
    title: 'The daemon takes nobody new',
    text: 'It finishes what is open, before a restart as a rule. The page tries again by itself.',
  },
  SHUTTING_DOWN: {
    title: 'The daemon is shutting down',
    text: 'The page connects again when it is back.',
  },
  MICROPHONE_DISABLED: {
    title: 'The daemon has no microphone',
    text: 'It was started without one. Set microphone.enabled in its configuration, or speak into the microphone of this device.',
  },
  MICROPHONE_SILENT: {
    title: 'The daemon’s microphone is silent',
    text: 'It delivers only zeros. It may be muted or unplugged.',
  },
  NOT_FOUND: {
    title: 'The daemon does not know this page',
    text: 'Page and daemon are of different versions. Reload the page.',
  },
};

/**
 * @param {string} code of a page fault or of the daemon's catalogue
 * @param {string} [message] what the daemon said, for codes that need no other words
 * @returns {Fault}
 */
export function describeFault(code, message = '') {
  return (
    FAULTS[code] ?? { title: 'Something went wrong', text: message === '' ? code : message, remedy: 'retry' }
  );
}

/**
 * @param {string} code
 * @returns {boolean} whether a person helps by changing the settings
 */
export function isMendedInSettings(code) {
  const { remedy } = describeFault(code);
  return remedy === 'token' || remedy === 'device';
}

/** What the page mends by itself by connecting again. */
const PASSING = new Set([
  'SERVER_GONE',
  'IDLE_TIMEOUT',
  'SESSION_TOO_LONG',
  'RESUME_EXPIRED',
  'SLOW_CLIENT',
  'SHUTTING_DOWN',
  'upgrade-refused',
]);

/**
 * @param {string} code
 * @returns {boolean} whether nobody needs to hear of it unless it lasts
 */
export function isPassing(code) {
  return PASSING.has(code);
}

/**
 * @param {string} code
 * @returns {boolean} whether it came from the daemon, so that it is over when the daemon takes the page in
 */
export function isOfDaemon(code) {
  return code === code.toUpperCase() || code === 'upgrade-refused';
}

/**
 * @param {unknown} error thrown by `getUserMedia`
 * @returns {string} the code of a page fault
 */
export function microphoneFault(error) {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'microphone-denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'microphone-missing';
  return 'microphone-busy';
}

/** A fault that stops what the person asked for. */
export class PageFault extends Error {
  /** @type {string} */
  code;

  /**
   * @param {string} code
   * @param {ErrorOptions} [options]
   */
  constructor(code, options) {
    super(describeFault(code).title, options);
    this.name = 'PageFault';
    this.code = code;
  }
}
