/**
 * The clips of the agreement test as one file of samples, for scripts/training/golden.py.
 *
 *   node --import tsx scripts/golden/dump-clips.ts OUT
 *
 * Writes OUT/clips.s16 (16 kHz int16, all clips one after the other) and OUT/clips.json (name, samples, sha256).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { agreementClips } from '../../test/support/agreement-clips.ts';
import { refuseArguments, scriptArguments } from '../script-arguments.ts';

const {
  positionals: [out],
} = scriptArguments(import.meta.filename, { allowPositionals: true });
if (!out) refuseArguments('expected the folder to write to');
mkdirSync(out, { recursive: true });
const clips = await agreementClips();
writeFileSync(`${out}/clips.s16`, Buffer.concat(clips.map(({ samples }) => Buffer.from(samples.buffer))));
writeFileSync(
  `${out}/clips.json`,
  JSON.stringify(clips.map(({ file, sha256, samples }) => ({ file, sha256, samples: samples.length }))),
);
