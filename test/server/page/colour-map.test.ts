import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourMap } from '../../../agent/server/page/colour-map.js';

/** OKLab lightness of an sRGB colour. */
function lightness(red: number, green: number, blue: number): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
}

function lightnesses(theme: 'light' | 'dark'): number[] {
  const map = colourMap(theme);
  return Array.from({ length: 256 }, (_, level) => {
    const [red = 0, green = 0, blue = 0, alpha] = map.subarray(level * 4);
    assert.equal(alpha, 255);
    return lightness(red, green, blue);
  });
}

test('louder is always darker on light ground and lighter on dark ground', () => {
  const light = lightnesses('light');
  const dark = lightnesses('dark');
  for (let level = 8; level < 256; level += 1) {
    assert.ok((light[level] ?? 0) < (light[level - 8] ?? 0), `light, level ${level}`);
    assert.ok((dark[level] ?? 0) > (dark[level - 8] ?? 0), `dark, level ${level}`);
  }
});

test('equal steps of loudness are about equal steps of lightness', () => {
  for (const theme of ['light', 'dark'] as const) {
    const all = lightnesses(theme);
    const steps = Array.from({ length: 8 }, (_, n) =>
      Math.abs((all[(n + 1) * 31] ?? 0) - (all[n * 31] ?? 0)),
    );
    assert.ok(Math.max(...steps) < 1.35 * Math.min(...steps), `${theme}: ${steps}`);
  }
});
