import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { AgentError } from '../../agent/errors.ts';
import { AccessControl } from '../../agent/server/access-control.ts';
import type { Asker } from '../../agent/server/asker.ts';
import { isLoopback } from '../../agent/server/loopback.ts';
import { refusal } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

function exposure(settings: object): string | null {
  const { server, wyoming } = configSchema.parse(settings);
  try {
    AccessControl.create(server).checkExposure(wyoming);
    return null;
  } catch (error) {
    assert.ok(error instanceof AgentError);
    return error.code;
  }
}

test('without a token only loopback is listened on, unless it is said explicitly', () => {
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) {
    assert.equal(exposure({ server: { host } }), null, host);
  }
  for (const host of ['0.0.0.0', '::', '192.168.1.2', 'ears.example', '']) {
    assert.equal(exposure({ server: { host } }), 'TOKEN_REQUIRED', host);
    assert.equal(exposure({ server: { host, token: 'secret' } }), null, host);
    assert.equal(exposure({ server: { host, allowUnauthenticated: true } }), null, host);
  }
});

test('Wyoming, which has no tokens, listens elsewhere only when it is said explicitly', () => {
  const wyoming = { enabled: true, host: '0.0.0.0' };
  assert.equal(exposure({ wyoming, server: { token: 'secret' } }), 'TOKEN_REQUIRED');
  assert.equal(exposure({ wyoming, server: { token: 'secret', allowUnauthenticated: true } }), null);
  assert.equal(exposure({ wyoming: { ...wyoming, allowUnauthenticated: true } }), null);
  const both = { wyoming: { ...wyoming, allowUnauthenticated: true }, server: { host: '0.0.0.0' } };
  assert.equal(exposure(both), 'TOKEN_REQUIRED', 'it opens the port of Wyoming alone');
  assert.equal(exposure({ wyoming: { ...wyoming, enabled: false } }), null);
  assert.equal(exposure({ wyoming: { ...wyoming, host: '127.0.0.1' } }), null);
});

test('an IPv4 address inside IPv6 is itself', () => {
  assert.ok(isLoopback('::ffff:127.0.0.1'));
  assert.ok(!isLoopback('::ffff:192.168.1.2'));
});

test('with a token metrics take it, probes do not; without one they are open', async (t) => {
  const open = await startTestServer(t);
  assert.equal((await fetch(`${open.httpUrl}/metrics`)).status, 200);
  const guarded = await startTestServer(t, { config: { token: 'secret' } });
  const { httpUrl, url } = guarded;
  assert.equal((await fetch(`${httpUrl}/metrics`)).status, 401);
  assert.equal(
    (await fetch(`${httpUrl}/metrics`, { headers: { authorization: 'Bearer secret' } })).status,
    200,
  );
  for (const path of ['/healthz', '/readyz']) assert.equal((await fetch(httpUrl + path)).status, 200, path);
  assert.equal((await refusal(`${url}/v1/stream`)).statusCode, 401);
  assert.match(await guarded.metrics(), /^earshot_connections_refused_total\{code="UNAUTHORIZED"\} 1$/m);
});

test('a file without a token opens nothing: it lets nobody in', async (t) => {
  const tokensFile = join(temporaryFolder(t), 'tokens');
  writeFileSync(tokensFile, '# kitchen stream sha256:…\n\n');
  const { httpUrl, url } = await startTestServer(t, { config: { tokensFile } });
  assert.equal((await fetch(`${httpUrl}/metrics`)).status, 401);
  assert.equal((await refusal(`${url}/v1/stream`)).statusCode, 401);
  assert.equal((await fetch(`${httpUrl}/v1/model?use=other`, { method: 'POST' })).status, 401);
  assert.equal((await fetch(`${httpUrl}/healthz`)).status, 200);
  for (const [settings, admitsNobody] of [
    [{ tokensFile }, true],
    [{ tokensFile, allowUnauthenticated: true }, true],
    [{ tokensFile, token: 'secret' }, false],
    [{}, false],
  ] as const) {
    const { server } = configSchema.parse({ server: settings });
    assert.equal(AccessControl.create(server).admitsNobody, admitsNobody, JSON.stringify(settings));
  }
});

test('to exchange the model takes POST, the scope admin, and no foreign page', async (t) => {
  const used: string[] = [];
  const useModel = async (name: string, { address, tokenName }: Asker) => {
    used.push(`${name} ${address} ${tokenName}`);
    return { name, version: '1', language: 'en' };
  };
  const post = async (base: string, headers: Record<string, string> = {}, query = '?use=other') =>
    (await fetch(`${base}/v1/model${query}`, { method: 'POST', headers })).status;
  const open = await startTestServer(t, { useModel });
  assert.equal((await fetch(`${open.httpUrl}/v1/model?use=other`)).status, 405);
  assert.equal(await post(open.httpUrl, { Origin: 'http://evil.example' }), 403);
  assert.equal(await post(open.httpUrl, {}, ''), 400);
  assert.deepEqual(used, []);
  assert.equal(await post(open.httpUrl), 200);
  const guarded = await startTestServer(t, { useModel, config: { token: 'secret' } });
  assert.equal(await post(guarded.httpUrl), 401);
  assert.equal(await post(guarded.httpUrl, { Authorization: 'Bearer secret' }), 200);
  assert.deepEqual(used, ['other 127.0.0.1 undefined', 'other 127.0.0.1 server.token']);
});

test('without tokens other machines may not exchange the model, even where everybody may connect', () => {
  const { server } = configSchema.parse({ server: { host: '0.0.0.0', allowUnauthenticated: true } });
  const from = (remoteAddress: string) => () =>
    AccessControl.create(server).checkAdmin(
      { headers: {}, socket: { remoteAddress } } as IncomingMessage,
      new URLSearchParams(),
    );
  assert.throws(from('192.168.1.9'), { code: 'UNAUTHORIZED' });
  assert.doesNotThrow(from('::ffff:127.0.0.1'));
});

test('a reload opens nothing: without the tokens that were asked for it is refused, unless it says that everybody may come', () => {
  const config = configSchema.parse({ server: { token: 'secret' } }).server;
  const control = AccessControl.create(config);
  const request = { headers: { authorization: 'Bearer secret' } } as IncomingMessage;
  const permit = control.check(request, new URLSearchParams(), 'microphone');
  permit();
  const none = { token: '', tokensFile: '', allowUnauthenticated: false };
  assert.throws(() => control.reload(none), { code: 'TOKEN_REQUIRED' });
  permit();
  control.reload({ ...none, token: 'another' });
  assert.throws(permit, { code: 'UNAUTHORIZED' });
  control.reload({ ...none, allowUnauthenticated: true });
  permit();
});
