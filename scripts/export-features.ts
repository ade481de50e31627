/**
 * Log-mel features of many clips, computed by the agent's own front end, for the trainer.
 *
 *   node --import tsx scripts/export-features.ts PCM INDEX OUT [--precision float32]
 *
 * PCM    16 kHz mono int16 samples of all clips, one after the other
 * INDEX  text; a line per clip: its number of samples
 * OUT    folder: `frontend.json` (parameters, cosine matrix, scale) and `logmel.bin`, all frames of all clips one
 *        after the other, `[frames, melBands]`: uint16, value = log-mel · scale, or float32 with --precision float32.
 *        A clip of n samples has floor((n - bufferSize) / hop) + 1 frames, none when it is shorter than a window.
 */

import { once } from 'node:events';
import { createWriteStream, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { Framer } from '../agent/frontend/framer.ts';
import { DEFAULT_FRONTEND } from '../agent/frontend/frontend-params.ts';
import { Mfcc } from '../agent/frontend/mfcc.ts';
import { refuseArguments, scriptArguments } from './script-arguments.ts';

/** ln(1 + E) stays below 32 for 512-sample windows of int16 samples, so 2000 steps a neper fit 16 bits. */
const SCALE = 2000;

const { values, positionals } = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: { precision: { type: 'string', default: 'uint16' } },
});
const [pcmPath, indexPath, outDir] = positionals;
if (!pcmPath || !indexPath || !outDir)
  refuseArguments('expected: PCM INDEX OUT [--precision uint16|float32]');

const mfcc = new Mfcc(DEFAULT_FRONTEND);
const { melBands, bufferSize, hop } = DEFAULT_FRONTEND;
const asFloat = values.precision === 'float32';

/** All frames of one clip, `[frames, melBands]`. */
function logMelOf(samples: Int16Array): Float32Array {
  const frames = samples.length < bufferSize ? 0 : Math.floor((samples.length - bufferSize) / hop) + 1;
  const rows = new Float32Array(frames * melBands);
  let offset = 0;
  new Framer(bufferSize, hop).accept(samples, (window) => {
    mfcc.logMel(window, rows, offset);
    offset += melBands;
  });
  return rows;
}

mkdirSync(outDir, { recursive: true });
const out = createWriteStream(`${outDir}/logmel.bin`);
const pcm = openSync(pcmPath, 'r');
for (const line of readFileSync(indexPath, 'utf8').split('\n')) {
  if (line === '') continue;
  const samples = new Int16Array(Number(line));
  readSync(pcm, samples);
  const rows = logMelOf(samples);
  const data = asFloat ? rows : Uint16Array.from(rows, (value) => Math.round(value * SCALE));
  if (!out.write(Buffer.from(data.buffer))) await once(out, 'drain');
}
out.end();
await once(out, 'finish');
writeFileSync(
  `${outDir}/frontend.json`,
  JSON.stringify({
    frontend: DEFAULT_FRONTEND,
    scale: asFloat ? 1 : SCALE,
    cosineMatrix: [...mfcc.cosineMatrix],
  }),
);
