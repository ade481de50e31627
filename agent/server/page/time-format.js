/**
 * A length or position of audio for people.
 * @param {number} seconds
 * @returns {string} `0:07`, `12:34` or `1:02:03`
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/**
 * A position as SubRip files write it.
 * @param {number} seconds
 * @returns {string} `00:01:02,345`
 */
export function subtitleTime(seconds) {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const hours = two(Math.floor(ms / 3_600_000));
  const minutes = two(Math.floor(ms / 60_000) % 60);
  const rest = two(Math.floor(ms / 1000) % 60);
  return `${hours}:${minutes}:${rest},${String(ms % 1000).padStart(3, '0')}`;
}

/**
 * A moment with hundredths, for the details of one word.
 * @param {number} seconds
 * @returns {string} `1:02.34`
 */
export function preciseClock(seconds) {
  const hundredths = Math.max(0, Math.round(seconds * 100));
  return `${clock(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}

/**
 * A delay for people: milliseconds while that is readable, then seconds.
 * @param {number} ms
 * @returns {string} `180 ms` or `2.4 s`
 */
export function delay(ms) {
  return ms < 1000 ? `${Math.round(ms / 10) * 10} ms` : `${(ms / 1000).toFixed(1)} s`;
}
