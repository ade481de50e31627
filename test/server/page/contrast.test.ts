import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PAGE_FOLDER } from '../../../agent/server/page-files.ts';

/** WCAG 2.2, 1.4.3 and 1.4.11, level AA. */
const TEXT = 4.5;
const CONTROL = 3;

/** Colour, what it stands on, contrast; a third name is mixed into the ground by its share. */
const PAIRS: readonly (readonly [string, string, number, (readonly [string, number])?])[] = [
  ...['ground', 'raised', 'sunk', 'chip'].map((ground) => ['ink', ground, TEXT] as const),
  ...['ground', 'raised', 'sunk'].map((ground) => ['soft', ground, TEXT] as const),
  ...['ground', 'raised'].map((ground) => ['faint', ground, TEXT] as const),
  ...['ground', 'raised'].map((ground) => ['signal-text', ground, TEXT] as const),
  ...['ground', 'sunk'].map((ground) => ['good-text', ground, TEXT] as const),
  ['on-signal', 'signal-ground', TEXT], // an intent
  ['ink', 'ground', TEXT, ['signal', 0.22]], // the word under the pointer
  ['soft', 'raised', TEXT, ['signal', 0.16]], // numbers of lit lines
  ['soft', 'raised', TEXT, ['busy', 0.18]], // and of wrong ones
  ['on-signal', 'signal', CONTROL], // the sign on the button
  ['signal', 'ground', CONTROL], // a switch, on; the focus
  ['track', 'ground', CONTROL], // a switch, off; the edge of a field
  ['track', 'raised', CONTROL], // the edge of a field in the settings
  ['faint', 'sunk', CONTROL], // the edge of the chosen piece of a bar
  ['good', 'ground', CONTROL], // the lamp
];

type Rgb = readonly [number, number, number];

/** The tokens of the style sheet in one scheme, as linear sRGB. */
function readTokens(scheme: 'light' | 'dark'): Map<string, Rgb> {
  const css = readFileSync(join(PAGE_FOLDER, 'style.css'), 'utf8');
  const pattern = /--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\)/g;
  return new Map(
    [...css.matchAll(pattern)].map(([, name = '', light = '', dark = '']) => {
      const [lightness = 0, chroma = 0, hue = 0] = (scheme === 'light' ? light : dark).split(' ').map(Number);
      return [name, fromOklch(lightness, chroma, (hue * Math.PI) / 180)];
    }),
  );
}

/** CSS Color 4, 9.4: `hue` in radians. */
function fromOklch(lightness: number, chroma: number, hue: number): Rgb {
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

const encode = (value: number) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
const decode = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** A colour that lets the rest of the ground through, as browsers blend it. */
function blend(colour: Rgb, ground: Rgb, share: number): Rgb {
  const mix = (at: 0 | 1 | 2) => decode(encode(colour[at]) * share + encode(ground[at]) * (1 - share));
  return [mix(0), mix(1), mix(2)];
}

function contrast(one: Rgb, other: Rgb): number {
  const luminance = ([red, green, blue]: Rgb) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test('black on white is the largest contrast', () => {
  assert.equal(Math.round(contrast(fromOklch(1, 0, 0), fromOklch(0, 0, 0))), 21);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`text and controls stand out enough in ${scheme} colours`, () => {
    const tokens = readTokens(scheme);
    const colour = (name: string) => tokens.get(name) ?? assert.fail(`style.css has no --${name}`);
    for (const [name, ground, least, mixed] of PAIRS) {
      const below = mixed ? blend(colour(mixed[0]), colour(ground), mixed[1]) : colour(ground);
      const got = contrast(colour(name), below);
      assert.ok(got >= least, `--${name} on --${ground}: ${got.toFixed(2)} is below ${least}`);
    }
  });
}
