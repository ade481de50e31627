import { seededRandom } from '../../agent/evaluation/random.ts';

const SECONDS = 0.5;
const LENGTH = 16000 * SECONDS;
const FULL_SCALE = 32767;

/** Half a second of `value(i)` at 16 kHz. */
function signal(value: (i: number) => number): Int16Array {
  return Int16Array.from({ length: LENGTH }, (_, i) => Math.round(value(i)));
}

const noise = seededRandom(1);

/** Sounds that are hard on a front end, 16 kHz, int16 range. */
export const SIGNALS: Readonly<Record<string, Int16Array>> = {
  silence: signal(() => 0),
  clicks: signal((i) => (i % 1600 === 7 ? FULL_SCALE : 0)),
  'a full-scale square wave': signal((i) => (Math.floor(i / 20) % 2 === 0 ? FULL_SCALE : -FULL_SCALE - 1)),
  '1-bit noise': signal(() => (noise() < 0.5 ? -1 : 1)),
  'white noise': signal(() => (noise() - 0.5) * 2 * FULL_SCALE),
  'a constant': signal(() => -FULL_SCALE - 1),
  'a rising tone': signal((i) => 12000 * Math.sin((i * i * Math.PI) / (2 * LENGTH))),
};
