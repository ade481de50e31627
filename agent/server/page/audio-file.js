import { AudioTape } from './audio-tape.js';
import { PageFault } from './fault.js';
import { mediaSeconds } from './media-seconds.js';
import { pageTurn } from './page-turn.js';
import { mixToMono, toInt16 } from './pcm.js';

const SAMPLE_RATE = 16_000;

/** Of a file as it is; 3.5 hours of WAV at the recogniser's rate. */
const MOST_BYTES = 400 * 1024 * 1024;

/** Browsers decode all of a file in memory, at its own rate first: an hour of stereo takes more than a gigabyte. */
const MOST_SECONDS = 3.5 * 3600;

/** What fails from this length on is too large rather than broken: Chromium gives up between 90 minutes and two hours at 48 kHz. */
const LONG_SECONDS = 3600;

/** Mixed in pieces of this length, so that a long file does not stop the page. */
const PIECE_SECONDS = 20;

/**
 * Decodes a sound file, mixed to mono at the recogniser's rate by the browser's own resampler.
 * @param {File} file
 * @returns {Promise<AudioTape>} all of the file
 * @throws {PageFault}
 */
export async function readAudioFile(file) {
  if (file.size > MOST_BYTES) throw new PageFault('file-too-large');
  const seconds = await mediaSeconds(file);
  if (Number.isFinite(seconds) && seconds > MOST_SECONDS) throw new PageFault('file-too-large');
  return mixToTape(await decode(file, seconds));
}

/**
 * @param {File} file
 * @param {number} seconds that it says it has
 * @returns {Promise<AudioBuffer>}
 */
async function decode(file, seconds) {
  try {
    const context = new OfflineAudioContext(1, 1, SAMPLE_RATE);
    return await context.decodeAudioData(await file.arrayBuffer());
  } catch (error) {
    throw new PageFault(seconds >= LONG_SECONDS ? 'file-too-large' : 'file-unreadable', { cause: error });
  }
}

/** @param {AudioBuffer} audio */
async function mixToTape(audio) {
  const channels = Array.from({ length: audio.numberOfChannels }, (_, i) => audio.getChannelData(i));
  const tape = new AudioTape(SAMPLE_RATE, audio.length / SAMPLE_RATE);
  const pieceLength = PIECE_SECONDS * SAMPLE_RATE;
  for (let at = 0; at < audio.length; at += pieceLength) {
    tape.append(toInt16(mixToMono(channels.map((samples) => samples.subarray(at, at + pieceLength)))));
    await pageTurn();
  }
  return tape;
}
