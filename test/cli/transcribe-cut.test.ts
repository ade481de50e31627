import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { transcribeFiles } from '../../agent/cli/transcribe-run.ts';
import { skipWithout } from '../capture/programs.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const withFfmpeg = { skip: skipWithout('ffmpeg') };

/** Six seconds of a tone in a format. */
function encoded(t: TestContext, name: string, options: readonly string[] = []): string {
  const path = join(temporaryFolder(t), name);
  const tone = ['-f', 'lavfi', '-i', 'sine=duration=6:sample_rate=16000'];
  const run = spawnSync('ffmpeg', ['-v', 'error', ...tone, ...options, path]);
  assert.equal(run.status, 0, String(run.stderr));
  return path;
}

function cut(path: string, share: number): string {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length * share));
  return path;
}

/** What is told of a file: what was heard of how much. */
async function told(path: string): Promise<(number | null)[][]> {
  const cuts: (number | null)[][] = [];
  await transcribeFiles(new FakeEngine(), [path], {
    ...{ jobs: 1, realtime: false, stream: {} },
    target: () => ({ begin: () => {}, take: () => {}, end: () => {} }),
    onProgress: () => {},
    onCut: (_, heard, stated) => cuts.push([Math.round(heard), stated === null ? null : Math.round(stated)]),
    onFailure: (_, error) => assert.fail(error),
  });
  return cuts;
}

const COUNTED: readonly (readonly [name: string, options?: readonly string[]])[] = [
  ['tone.flac'],
  ['tone.mp3'],
  ['variable.mp3', ['-q:a', '4', '-metadata', 'title=Tone']],
  ['slow.mp3', ['-ar', '8000']],
  ['tone.aiff'],
  ['adpcm.wav', ['-c:a', 'adpcm_ms']],
];
for (const [name, options] of COUNTED) {
  test(`a cut ${name} is told, a whole one is not`, withFfmpeg, async (t) => {
    const path = encoded(t, name, options);
    assert.deepEqual(await told(path), []);
    const [[heard, stated] = []] = await told(cut(path, 0.5));
    assert.ok(Number(heard) < 5 && stated === 6, `${heard} of ${stated}`);
  });
}

for (const name of ['tone.opus', 'tone.ogg']) {
  test(`a cut ${name} has no end, a whole one has`, withFfmpeg, async (t) => {
    const path = encoded(t, name);
    assert.deepEqual(await told(path), []);
    cut(path, 0.99); // in the middle of its last page
    const [[, stated] = []] = await told(path);
    assert.equal(stated, null);
    assert.equal((await told(cut(path, 0.6)))[0]?.[1], null);
  });
}

/** Their length is an estimate, or that of something else than the sound. */
const OTHERS: readonly (readonly [name: string, options?: readonly string[]])[] = [
  ['estimated.mp3', ['-q:a', '4', '-write_xing', '0']],
  ['tone.aac'],
  ['tone.m4a'],
  ['tone.mka'],
  ['film.mkv', ['-f', 'lavfi', '-i', 'color=size=16x16:duration=9', '-map', '0', '-map', '1']],
  ['tone.wv'],
  ['tone.w64'],
  ['tone.au'],
  ['tone.caf'],
  ['tone.tta'],
];
for (const [name, options] of OTHERS) {
  test(`of a whole ${name} nothing is told`, withFfmpeg, async (t) => {
    assert.deepEqual(await told(encoded(t, name, options)), []);
  });
}
