import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { STATUS_OF_ERROR } from '../../../agent/server/http-reply.ts';
import { describeFault, isPassing } from '../../../agent/server/page/fault.js';
import { probeRefusal } from '../../../agent/server/page/probe.js';
import { setGlobal } from './fake-socket.ts';

/** What the daemon refuses a connection with. */
const REFUSALS = [
  'UNAUTHORIZED',
  'TOKEN_EXPIRED',
  'SCOPE_MISSING',
  'ORIGIN_FORBIDDEN',
  'ADDRESS_LIMIT',
  'AUDIO_LIMIT',
  'TOO_MANY_CLIENTS',
  'OVERLOADED',
  'DRAINING',
  'SHUTTING_DOWN',
] as const;

function probe(t: TestContext, status: number, body: string): Promise<string> {
  setGlobal(t, 'fetch', async () => new Response(body, { status }));
  return probeRefusal(new URL('http://daemon/v1/stream'));
}

test('the code in the answer says why, whatever its status', async (t) => {
  for (const code of REFUSALS) {
    const body = JSON.stringify({ type: 'error', code, message: 'No.' });
    assert.equal(await probe(t, STATUS_OF_ERROR[code] ?? 0, body), code);
    assert.equal(await probe(t, 418, body), code);
  }
});

test('without a code of the daemon the status says why', async (t) => {
  assert.equal(await probe(t, 426, 'Open a WebSocket here.\n'), 'upgrade-refused');
  assert.equal(await probe(t, 429, 'Slow down.'), 'ADDRESS_LIMIT');
  assert.equal(await probe(t, 403, '{"code":"denied by the proxy"}'), 'ORIGIN_FORBIDDEN');
  assert.equal(await probe(t, 502, '{"code":502}'), 'SERVER_GONE');
  setGlobal(t, 'fetch', () => Promise.reject(new TypeError('refused')));
  assert.equal(await probeRefusal(new URL('http://daemon/v1/stream')), 'SERVER_GONE');
});

test('every refusal has a text of its own, and a token is asked for where it helps', () => {
  const unknown = describeFault('ANYTHING_ELSE').title;
  for (const code of REFUSALS) assert.notEqual(describeFault(code).title, unknown, code);
  for (const code of ['UNAUTHORIZED', 'TOKEN_EXPIRED', 'SCOPE_MISSING']) {
    assert.equal(describeFault(code).remedy, 'token', code);
  }
});

test('who has to wait is told at once', () => {
  for (const code of ['ADDRESS_LIMIT', 'AUDIO_LIMIT', 'OVERLOADED', 'DRAINING']) {
    assert.equal(isPassing(code), false, code);
  }
});
