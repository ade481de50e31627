import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExpiryOption } from '../../agent/cli/expiry-option.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

test('a day is its beginning in UTC, a moment is that moment', () => {
  for (const [text, iso] of [
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2027-01-31T18:30Z', '2027-01-31T18:30:00.000Z'],
    ['2027-01-31T18:30:15.5+02:00', '2027-01-31T16:30:15.500Z'],
  ] as const) {
    assert.equal(new Date(parseExpiryOption(text, NOW)).toISOString(), iso);
  }
});

for (const text of [
  ...['2027-02-31', '2027-02-29', '2027-13-01', '2027-00-10', '2027-01-00', '5', '2027', '2027-1-31', ''],
  ...['31 January 2027', '2027-01-31 18:00', '2027-01-31T18:00', '2027-01-31T25:00Z', '2027-02-31T18:00Z'],
]) {
  test(`${JSON.stringify(text)} is no day`, () => {
    assert.throws(() => parseExpiryOption(text, NOW), {
      code: 'USAGE',
      message: /as 2027-01-31 .*which is none/,
    });
  });
}

for (const text of ['2001-05-01', '2026-11-24', '2026-11-24T12:00Z']) {
  test(`${text} has come already`, () => {
    assert.throws(() => parseExpiryOption(text, NOW), { code: 'USAGE', message: /has come already/ });
  });
}
