import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { measureWake } from '../../agent/cli/measure-wake.ts';
import { recordingsAt } from '../../agent/cli/recordings.ts';
import { defaultConfig } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import { RowFile } from '../bench/row-file.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const FOLDER = 'test/fixtures/speech';
const PHRASE = 'one two three';
const THRESHOLDS = [0.001, 0.3, 0.99];
const FILES = ['heart-digits.wav', 'rms-digits.wav', 'heart-light.wav', 'rms-stop.wav'];

const config = defaultConfig();
const engine = await Recognizer.load('models/en-base', {
  ...config,
  engine: { ...config.engine, workers: 1 },
});
after(() => engine.close());

/** How often a stream of the engine hears the phrase. */
async function heardByStream(file: string, threshold: number): Promise<number> {
  const task = { type: 'wake', phrases: [{ text: PHRASE, threshold }], listenFor: null } as const;
  const stream = engine.createStream({ task });
  const pcm = Buffer.from(readFileSync(`${FOLDER}/${file}`).subarray(44));
  stream.acceptPcm(new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2));
  stream.finish();
  let count = 0;
  for await (const { type } of stream) if (type === 'wake') count += 1;
  return count;
}

test('every threshold counts what a stream with that threshold hears', async () => {
  const all = await recordingsAt(FOLDER);
  const set = { ...all, rows: all.rows.filter(({ file }) => FILES.includes(file)) };
  const done: number[] = [];
  const { curves, failures } = await measureWake(config, {
    ...{ phrases: [PHRASE], thresholds: THRESHOLDS, said: [], background: [set] },
    onProgress: ({ recordings, total }) => done.push(recordings / total),
  });
  const [curve] = curves;
  assert.deepEqual(failures, []);
  assert.equal(done.length, set.rows.length);
  assert.equal(done.at(-1), 1);
  for (const { threshold, falseAlarms, missed } of curve!.points) {
    let heard = 0;
    for (const { file } of set.rows) heard += await heardByStream(file, threshold);
    assert.equal(falseAlarms, heard, `at ${threshold}`);
    assert.equal(missed, null);
  }
  assert.ok(curve!.points[0]!.falseAlarms! > 0);
  assert.ok(curve!.points[0]!.falseAlarms! > curve!.points.at(-1)!.falseAlarms!);
});

test('rows that were kept give the same curve, without the recordings; those of another model do not count', async (t) => {
  const folder = temporaryFolder(t);
  const set = await recordingsAt(`${FOLDER}/heart-digits.wav`);
  const measure = async (from: string, model: string) => {
    const keptRows = new RowFile(folder, model, 69);
    const { curves, failures } = await measureWake(config, {
      ...{ phrases: [PHRASE], thresholds: THRESHOLDS, said: [], keptRows },
      ...{ background: [{ ...set, folder: from }], onProgress: () => {} },
    });
    keptRows.close();
    return failures.length > 0 ? failures[0]!.error.code : curves;
  };
  const computed = await measure(set.folder, 'one model');
  assert.deepEqual(await measure('/nowhere', 'one model'), computed);
  assert.equal(await measure('/nowhere', 'another'), 'AUDIO_FILE_UNREADABLE');
});
