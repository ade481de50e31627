import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { betweenLevels, fillLevelColumn } from '../../../agent/server/page/level-column.js';
import { ROWS, Spectrum } from '../../../agent/server/page/spectrum.js';

const SAMPLE_RATE = 16000;

function sine(hz: number, seconds: number, sampleRate = SAMPLE_RATE): Float32Array {
  const length = Math.round(seconds * sampleRate);
  return Float32Array.from({ length }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / sampleRate));
}

function columns(chunks: readonly Float32Array[], hopSeconds = 0.01, sampleRate = SAMPLE_RATE): Uint8Array[] {
  const spectrum = new Spectrum(sampleRate, hopSeconds);
  const all: Uint8Array[] = [];
  for (const chunk of chunks) spectrum.accept(chunk, (column) => all.push(column.slice()));
  return all;
}

function loudestRow(column: Uint8Array | undefined): number {
  return column?.indexOf(Math.max(...column)) ?? -1;
}

function melRow(hz: number): number {
  const mel = (value: number) => Math.log1p(value / 700);
  return Math.floor(((mel(hz) - mel(60)) / (mel(8000) - mel(60))) * ROWS);
}

test('a tone lights the row of its frequency, at any sample rate', () => {
  for (const sampleRate of [16000, 44100, 48000]) {
    for (const hz of [300, 1000, 4000]) {
      const row = loudestRow(columns([sine(hz, 0.1, sampleRate)], 0.01, sampleRate)[2]);
      assert.ok(Math.abs(row - melRow(hz)) <= 1, `${hz} Hz at ${sampleRate}: row ${row}, not ${melRow(hz)}`);
    }
  }
});

test('silence stays dark and faint noise nearly so', () => {
  const noise = Float32Array.from({ length: 3200 }, (_, n) => 0.0005 * Math.sin(n * n));
  assert.equal(Math.max(...columns([new Float32Array(3200)]).flatMap((column) => [...column])), 0);
  assert.ok(Math.max(...columns([noise]).flatMap((column) => [...column])) < 40);
});

test('there is a column per hop, also where the hop is longer than the window', () => {
  assert.equal(columns([new Float32Array(SAMPLE_RATE)]).length, Math.floor((SAMPLE_RATE - 512) / 160) + 1);
  assert.equal(columns([new Float32Array(SAMPLE_RATE)], 0.1).length, 10);
});

test('any split of the sound into chunks gives the same columns', () => {
  const sound = sine(440, 0.25);
  for (const hop of [0.01, 0.07]) {
    const whole = columns([sound], hop);
    fc.assert(
      fc.property(fc.array(fc.nat(sound.length), { maxLength: 6 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), sound.length];
        const chunks = edges.slice(1).map((end, index) => sound.subarray(edges[index], end));
        assert.deepEqual(columns(chunks, hop), whole);
      }),
      { numRuns: 15 },
    );
  }
});

test('a known level is drawn as a bar around the middle, higher when louder', () => {
  const height = (rms: number) => {
    const column = new Uint8Array(ROWS);
    fillLevelColumn({ rms, peak: rms }, column);
    assert.deepEqual(column, column.slice().reverse());
    return column.filter((value) => value > 0).length;
  };
  assert.ok(height(-10) > height(-30));
  assert.ok(height(-30) > height(-90));
  assert.deepEqual(betweenLevels({ rms: -60, peak: -40 }, { rms: -20, peak: 0 }, 0.5), {
    rms: -40,
    peak: -20,
  });
});
