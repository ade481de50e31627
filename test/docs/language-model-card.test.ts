import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';

const FOLDER = 'models/en-base';
const card = readFileSync(`${FOLDER}/LANGUAGE_MODEL.md`, 'utf8');
const bytes = readFileSync(`${FOLDER}/lm.bin`);

test('the card of the language model is about the file that is there', () => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  assert.ok(card.includes(`SHA-256 \`${sha256}\``), `run build-english.sh or state ${sha256}`);
  const { order, ngramCounts } = NgramModel.fromBuffer(new Uint8Array(bytes).buffer, `${FOLDER}/lm.bin`);
  const counts = ngramCounts.map((count) => count.toLocaleString('en-US')).join(' + ');
  assert.ok(card.includes(`order ${order}, `) && card.includes(`(${counts})`), counts);
});
