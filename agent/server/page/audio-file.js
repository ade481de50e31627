import { AudioTape } from './audio-tape.js';
import { PageFault } from './fault.js';
import { mixToMono, toInt16 } from './pcm.js';

const SAMPLE_RATE = 16_000;

/** All of a file lies decoded in memory: about 40 minutes of stereo WAV, or ten hours of Opus speech. */
const MOST_BYTES = 400 * 1024 * 1024;

/**
 * Decodes a sound file, mixed to mono at the recogniser's rate by the browser's own resampler.
 * @param {File} file
 * @returns {Promise<AudioTape>} all of the file
 * @throws {PageFault}
 */
export async function readAudioFile(file) {
  if (file.size > MOST_BYTES) throw new PageFault('file-too-large');
  const samples = toInt16(await decode(file));
  const tape = new AudioTape(SAMPLE_RATE, samples.length / SAMPLE_RATE);
  tape.append(samples);
  return tape;
}

/**
 * @param {File} file
 * @returns {Promise<Float32Array>}
 */
async function decode(file) {
  try {
    const context = new OfflineAudioContext(1, 1, SAMPLE_RATE);
    const audio = await context.decodeAudioData(await file.arrayBuffer());
    const channels = Array.from({ length: audio.numberOfChannels }, (_, i) => audio.getChannelData(i));
    return mixToMono(channels);
  } catch (error) {
    throw new PageFault('file-unreadable', { cause: error });
  }
}
