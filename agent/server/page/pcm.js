/**
 * @param {Float32Array} samples -1 to 1; what lies outside is clipped
 * @returns {Int16Array<ArrayBuffer>}
 */
export function toInt16(samples) {
  const pcm = new Int16Array(samples.length);
  samples.forEach((sample, index) => {
    pcm[index] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
  });
  return pcm;
}

/**
 * @param {Int16Array} pcm
 * @returns {Float32Array} -1 to 1
 */
export function toFloat(pcm) {
  const samples = new Float32Array(pcm.length);
  pcm.forEach((value, index) => {
    samples[index] = value / 32768;
  });
  return samples;
}

/**
 * The mean of all channels.
 * @param {readonly Float32Array[]} channels of equal length
 * @returns {Float32Array}
 */
export function mixToMono(channels) {
  const [first, ...others] = channels;
  if (!first) return new Float32Array(0);
  const mono = Float32Array.from(first);
  for (const channel of others) {
    channel.forEach((sample, index) => {
      mono[index] = (mono[index] ?? 0) + sample;
    });
  }
  return others.length === 0 ? mono : mono.map((sum) => sum / channels.length);
}
