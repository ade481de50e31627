import assert from 'node:assert/strict';
import test from 'node:test';
import * as zlib from 'node:zlib';
import { crc32 } from '../../agent/decoder/crc32.ts';

test('the check value of CRC-32 comes out', () => {
  assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
});

test('any length and any start give what zlib gives', () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 151 + 7) & 0xff);
  for (let start = 0; start < 9; start += 1) {
    for (let end = start; end <= bytes.length; end += 1) {
      const part = bytes.subarray(start, end);
      assert.equal(crc32(part), zlib.crc32(part), `bytes ${start} to ${end}`);
    }
  }
});
