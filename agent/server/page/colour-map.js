/**
 * Colour maps of the spectrogram: from the ground of the page through plum and vermilion to the other end
 * of lightness. The steps are equal in OKLab lightness (Björn Ottosson, "A perceptual color space for image
 * processing", 2020), so that equal steps of loudness look equal; hue and colourfulness only decorate.
 *
 * A stop: OKLab lightness 0 to 1, chroma, hue in degrees.
 * @typedef {readonly [lightness: number, chroma: number, hue: number]} Stop
 */

/** @type {Record<'light' | 'dark', readonly Stop[]>} */
const STOPS = {
  light: [
    [0.965, 0.008, 80],
    [0.79, 0.09, 62],
    [0.61, 0.17, 38],
    [0.43, 0.14, 8],
    [0.26, 0.07, 330],
  ],
  dark: [
    [0.185, 0.012, 50],
    [0.36, 0.1, 350],
    [0.54, 0.17, 22],
    [0.735, 0.15, 55],
    [0.95, 0.06, 90],
  ],
};

/** Intensities are bytes. */
const LEVELS = 256;

/**
 * @param {'light' | 'dark'} theme
 * @returns {Uint8ClampedArray} red, green, blue, 255 for each of 256 intensities
 */
export function colourMap(theme) {
  const map = new Uint8ClampedArray(LEVELS * 4);
  for (let level = 0; level < LEVELS; level += 1) {
    const [red, green, blue] = toSrgb(between(STOPS[theme], level / (LEVELS - 1)));
    map.set([red * 255, green * 255, blue * 255, 255], level * 4);
  }
  return map;
}

/**
 * @param {readonly Stop[]} stops at equal distances
 * @param {number} position 0 to 1
 * @returns {Stop}
 */
function between(stops, position) {
  const scaled = position * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(scaled));
  const from = /** @type {Stop} */ (stops[index]);
  const to = /** @type {Stop} */ (stops[index + 1]);
  const share = scaled - index;
  const turn = ((to[2] - from[2] + 540) % 360) - 180;
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share, from[2] + turn * share];
}

/**
 * Gives up colourfulness, never lightness, when a colour lies outside sRGB.
 * @param {Stop} stop
 * @returns {[number, number, number]} 0 to 1
 */
function toSrgb([lightness, chroma, hue]) {
  for (let share = 1; share > 0; share -= 0.05) {
    const linear = oklchToLinear(lightness, chroma * share, hue);
    if (linear.every((value) => value >= -0.001 && value <= 1.001)) return encode(linear);
  }
  return encode(oklchToLinear(lightness, 0, hue));
}

/**
 * @param {number} lightness
 * @param {number} chroma
 * @param {number} hue degrees
 * @returns {[number, number, number]} linear-light sRGB
 */
function oklchToLinear(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/**
 * The transfer function of IEC 61966-2-1.
 * @param {[number, number, number]} linear
 * @returns {[number, number, number]}
 */
function encode(linear) {
  const [red, green, blue] = linear.map((value) => {
    const inside = Math.min(1, Math.max(0, value));
    return inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055;
  });
  return [red ?? 0, green ?? 0, blue ?? 0];
}
