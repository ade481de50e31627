import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { DOCUMENTS } from '../scripts/docs/documents.ts';

for (const { path, render } of DOCUMENTS) {
  test(`${basename(path)} says what the code says`, () => {
    assert.equal(readFileSync(path, 'utf8'), render(), 'run `npm run docs` and commit the result');
  });
}
