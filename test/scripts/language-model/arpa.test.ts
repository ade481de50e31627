import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { NgramModel } from '../../../agent/decoder/ngram-model.ts';
import { formatArpa, parseArpa } from '../../../scripts/language-model/arpa.ts';
import { encodeModel } from '../../../scripts/language-model/model-file.ts';
import { TINY_ARPA } from '../../support/tiny-arpa.ts';
import { temporaryFolder } from '../../support/tiny-bundle.ts';

test('a model written in ARPA format and read again is the same', () => {
  const table = parseArpa(readFileSync('test/fixtures/language-model/kenlm.arpa', 'utf8'));
  const again = parseArpa([...formatArpa(table)].join(''));
  assert.deepEqual(Buffer.from(encodeModel(again)), Buffer.from(encodeModel(table)));
});

test('spaces for tabs, CRLF line ends and any order of n-grams are read too', () => {
  const other = TINY_ARPA.replace('-0.6\ta\t-0.3\n-0.8\tb\t-0.2', '-0.8 b -0.2\n-0.6 a -0.3').replaceAll(
    '\n',
    '\r\n',
  );
  assert.deepEqual(parseArpa(other), parseArpa(TINY_ARPA));
});

test('what is wrong with an ARPA file is said with its line', () => {
  const message = (from: string | RegExp, to: string): string => {
    try {
      parseArpa(TINY_ARPA.replace(from, to));
    } catch (error) {
      return (error as Error).message;
    }
    return assert.fail('the file was taken');
  };
  assert.match(message(TINY_ARPA, 'no model'), /not an ARPA file: expected \\data\\/);
  assert.match(message('\\2-grams:', '\\4-grams:'), /line 14: expected \\2-grams:/);
  assert.match(message('-0.5\ta b', 'x\ta b'), /line 16: expected a number, got x/);
  assert.match(message('-0.5\ta b\t-0.25', '-0.5'), /line 16: expected a logarithm, 2 words/);
  assert.match(message('-0.5\ta b', '-0.5\ta d'), /line 16: the word d is not among the 1-grams/);
  assert.match(message('<s> a\t', '<s> b\t'), /an n-gram of order 3 continues none of order 2/);
});

test('convert-arpa.ts makes a file that the agent loads', (t) => {
  const output = join(temporaryFolder(t), 'lm.bin');
  const arpa = 'test/fixtures/language-model/kenlm.arpa';
  const args = ['--import', 'tsx', 'scripts/language-model/convert-arpa.ts', arpa, output];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0);
  assert.match(stdout, /order 4, 1767 n-grams, \d+ bytes/);
  assert.equal(NgramModel.fromBuffer(new Uint8Array(readFileSync(output)).buffer).order, 4);
});
