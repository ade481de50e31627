import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_MICROPHONE } from '../agent/server/hub.ts';
import { describeStart } from '../agent/start-banner.ts';

test('the start tells page, model, provider with those that do not run, and the microphone', () => {
  const text = describeStart('http://127.0.0.1:2750/', {
    ready: true,
    reasons: [],
    version: '1.2.3',
    model: { name: 'en-small', version: '4.5.6', language: 'en' },
    provider: 'cpu',
    rejectedProviders: [{ provider: 'cuda', reason: 'no library' }],
    microphone: { ...NO_MICROPHONE, state: 'failed', detail: 'no recorder' },
  });
  assert.deepEqual(text.split('\n'), [
    'Earshot 1.2.3',
    '  page        http://127.0.0.1:2750/',
    '  model       en-small 4.5.6 (en)',
    '  provider    cpu; cuda does not run: no library',
    '  microphone  failed: no recorder',
    '  Ctrl+C stops it.',
    '',
  ]);
});
