import assert from 'node:assert/strict';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBundle, verifyModelFile } from '../../agent/acoustic/bundle.ts';
import type { ErrorCode } from '../../agent/errors.ts';
import { copyBundle, type LooseDescription, TINY_LSTM, TINY_MODEL } from '../support/tiny-bundle.ts';

const HEX = 'a'.repeat(64);

/** An error of `code` whose message has all of `parts`. */
function refusal(code: ErrorCode, ...parts: string[]) {
  return (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    for (const part of parts)
      assert.ok(error.message.includes(part), `"${part}" is not in: ${error.message}`);
    return true;
  };
}

test('a bundle is read with the sizes of its heads', async () => {
  const bundle = await loadBundle(TINY_MODEL);
  assert.deepEqual(
    bundle.heads.map(({ name, tokenCount }) => [name, tokenCount]),
    [
      ['characters', 29],
      ['phonemes', 12],
    ],
  );
  assert.equal(bundle.description.decoder.head, 'characters');
  assert.equal(bundle.frontend.sampleRate, 16000);
});

test('a bundle with other states is read the same way', async () => {
  const { description } = await loadBundle(TINY_LSTM);
  assert.deepEqual(
    description.states.map(({ input }) => input),
    ['context', 'hidden', 'cell'],
  );
});

const invalid: Record<string, [(description: LooseDescription) => void, ...string[]]> = {
  'an unknown key': [(d) => Object.assign(d, { colour: 'red' }), 'colour'],
  'an unknown key deep inside': [(d) => Object.assign(d.heads[1], { bias: 1 }), 'heads.1', 'bias'],
  'a missing field': [(d) => delete d.framesPerStep, 'framesPerStep'],
  'a wrong type': [(d) => Object.assign(d, { sampleRate: '16000' }), 'sampleRate', 'number', '"16000"'],
  'another format version': [(d) => Object.assign(d, { formatVersion: 2 }), 'formatVersion', '1', '2'],
  'no model file': [(d) => Object.assign(d, { files: {} }), 'files', 'at least one'],
  'a file outside the folder': [
    (d) => Object.assign(d.files, { fp32: { path: '../x', sha256: HEX } }),
    'files.fp32.path',
  ],
  'a hash that is none': [
    (d) => Object.assign(d.files.fp32, { sha256: 'abc' }),
    'files.fp32.sha256',
    '64',
    'abc',
  ],
  'a state without batch axis': [(d) => Object.assign(d.states[0], { shape: [1, 4, 40] }), 'states.0.shape'],
  'a state with two batch axes': [(d) => Object.assign(d.states[1], { shape: [-1, -1] }), 'states.1.shape'],
  'an unknown element type': [(d) => Object.assign(d.states[1], { type: 'float16' }), 'states.1.type'],
  'a look-ahead of a part of a step': [
    (d) => Object.assign(d, { lookaheadFrames: 6 }),
    'lookaheadFrames',
    'multiple of framesPerStep',
    '6',
  ],
  'a decoder head that does not exist': [
    (d) => Object.assign(d.decoder, { head: 'words' }),
    'decoder.head',
    'characters, phonemes',
    'words',
  ],
};

for (const [what, [edit, ...parts]] of Object.entries(invalid)) {
  test(`model.json with ${what} is refused and the field named`, async (t) => {
    await assert.rejects(loadBundle(copyBundle(t, edit)), refusal('MODEL_INVALID', 'model.json', ...parts));
  });
}

const otherFrontends: [string, string | number][] = [
  ['type', 'fbank'],
  ['window', 'hamming'],
  ['bufferSize', 400],
  ['hop', 1024],
  ['coefficients', 41],
];

for (const [field, value] of otherFrontends) {
  test(`a front end with ${field} ${value} is refused and the field named`, async (t) => {
    const folder = copyBundle(t, (d) => Object.assign(d.frontend, { [field]: value }));
    await assert.rejects(loadBundle(folder), refusal('MODEL_FRONTEND', `frontend.${field}`, String(value)));
  });
}

test('text that is not JSON is refused with the place', async (t) => {
  const folder = copyBundle(t);
  writeFileSync(join(folder, 'model.json'), '{ "name": tiny }');
  await assert.rejects(loadBundle(folder), refusal('MODEL_INVALID', 'model.json', 'not JSON'));
});

for (const name of ['model.json', 'tokens.characters.txt']) {
  test(`a bundle without ${name} is missing`, async (t) => {
    const folder = copyBundle(t);
    rmSync(join(folder, name));
    await assert.rejects(loadBundle(folder), refusal('MODEL_MISSING', join(folder, name), 'ENOENT'));
  });
}

test('the path of an undamaged model file is given', async () => {
  const path = await verifyModelFile(await loadBundle(TINY_MODEL), 'fp32');
  assert.equal(path, join(TINY_MODEL, 'model.fp32.onnx'));
});

test('a damaged model file is refused with both hashes', async (t) => {
  const folder = copyBundle(t);
  const path = join(folder, 'model.fp32.onnx');
  truncateSync(path, 20000);
  const bundle = await loadBundle(folder);
  const expected = bundle.description.files.fp32?.sha256 ?? '';
  await assert.rejects(
    verifyModelFile(bundle, 'fp32'),
    refusal('MODEL_HASH', path, 'files.fp32.sha256', expected),
  );
});

test('a model file that is not there is missing', async (t) => {
  const folder = copyBundle(t);
  rmSync(join(folder, 'model.fp32.onnx'));
  const bundle = await loadBundle(folder);
  await assert.rejects(
    verifyModelFile(bundle, 'fp32'),
    refusal('MODEL_MISSING', 'files.fp32.path', 'ENOENT'),
  );
});

test('a precision that the bundle does not have is missing', async () => {
  const bundle = await loadBundle(TINY_MODEL);
  await assert.rejects(verifyModelFile(bundle, 'int8'), refusal('MODEL_MISSING', 'files.int8', 'fp32'));
});

test('the files of the decoders are read into memory that workers share', async (t) => {
  const folder = copyBundle(t, (d) => Object.assign(d, { languageModel: 'words.bin', lexicon: null }));
  writeFileSync(join(folder, 'words.bin'), Buffer.from([1, 2, 3]));
  const { languageModel, lexicon } = await loadBundle(folder);
  assert.ok(languageModel?.bytes instanceof SharedArrayBuffer);
  assert.deepEqual([...new Uint8Array(languageModel.bytes)], [1, 2, 3]);
  assert.equal(languageModel.path, join(folder, 'words.bin'));
  assert.equal(lexicon, null);
});

test('a decoder file that is not there is refused by its field', async (t) => {
  const folder = copyBundle(t, (d) => Object.assign(d, { lexicon: 'gone.bin' }));
  await assert.rejects(loadBundle(folder), refusal('MODEL_MISSING', 'gone.bin', 'lexicon'));
});
