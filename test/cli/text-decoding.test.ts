import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText } from '../../agent/cli/text-decoding.ts';

const TEXT = 'Déjà vu,\r\n“naïve”';

test('reads UTF-8, and UTF-16 with a mark, and leaves the mark away', () => {
  const little = Buffer.from(`\uFEFF${TEXT}`, 'utf16le');
  const big = Buffer.from(little).swap16();
  for (const bytes of [Buffer.from(TEXT), Buffer.from(`\uFEFF${TEXT}`), little, big]) {
    assert.equal(decodeText(bytes, 'a.txt'), TEXT);
  }
  assert.equal(decodeText(Buffer.alloc(0), 'a.txt'), '');
});

test('refuses what is in neither, instead of hearing for other letters', () => {
  const cut = Buffer.from('\uFEFFa', 'utf16le').subarray(0, 3);
  for (const bytes of [Buffer.from(TEXT, 'latin1'), cut, Buffer.from('unmarked', 'utf16le')]) {
    assert.throws(() => decodeText(bytes, 'a.txt'), {
      code: 'USAGE',
      message: /a\.txt is not in UTF-8; save/,
    });
  }
});
