import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../support/test-server.ts';

async function answer(url: string): Promise<{ status: number; code: unknown }> {
  const response = await fetch(url);
  const text = await response.text();
  return { status: response.status, code: text.startsWith('{') ? JSON.parse(text).code : null };
}

test('a plain request at the address of a WebSocket says that one is expected', async (t) => {
  const { httpUrl } = await startTestServer(t);
  assert.deepEqual(await answer(`${httpUrl}/v1/stream`), { status: 426, code: null });
});

test('a plain request at the address of a WebSocket says why one would be refused', async (t) => {
  const guarded = await startTestServer(t, { config: { token: 'secret' } });
  assert.deepEqual(await answer(`${guarded.httpUrl}/v1/stream?token=wrong`), {
    status: 401,
    code: 'UNAUTHORIZED',
  });
  assert.deepEqual(await answer(`${guarded.httpUrl}/v1/stream?token=secret`), { status: 426, code: null });
});
