/** Browsers that save power or data do not look into a file before somebody plays it. */
const PATIENCE_MS = 2000;

/**
 * The length of a recording, of which only the head is read.
 * @param {File} file
 * @returns {Promise<number>} NaN where the browser does not say
 */
export function mediaSeconds(file) {
  const media = new Audio();
  const url = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const say = (/** @type {number} */ seconds) => {
      window.clearTimeout(timer);
      URL.revokeObjectURL(url);
      resolve(seconds);
    };
    const timer = window.setTimeout(() => say(Number.NaN), PATIENCE_MS);
    media.addEventListener('loadedmetadata', () => say(media.duration));
    media.addEventListener('error', () => say(Number.NaN));
    media.preload = 'metadata';
    media.src = url;
  });
}
