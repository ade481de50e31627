import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { AgentError, type ErrorCode } from '../../agent/errors.ts';
import { checkAccess } from '../../agent/server/auth.ts';
import { TokenList } from '../../agent/server/token-list.ts';

interface Attempt {
  readonly token?: string;
  readonly allowedOrigins?: string[];
  readonly host?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

/** The error code with which the attempt ends, or null when it may pass. */
function verdict(attempt: Attempt): ErrorCode | null {
  const request = { headers: attempt.headers ?? {} } as IncomingMessage;
  const { token = '', allowedOrigins = [], host = '127.0.0.1' } = attempt;
  try {
    const tokens = TokenList.read({ token, tokensFile: '' });
    const rules = { tokens, scope: 'stream', allowedOrigins, host } as const;
    checkAccess(request, new URLSearchParams(attempt.query), rules);
    return null;
  } catch (error) {
    assert.ok(error instanceof AgentError);
    return error.code;
  }
}

test('without a configured token everybody may pass', () => {
  assert.equal(verdict({}), null);
});

test('a token may stand wherever the clients of the protocols put theirs', () => {
  const token = 'right';
  const allowed: Attempt[] = [
    { headers: { authorization: 'Token right' } },
    { headers: { authorization: 'bearer right' } },
    { headers: { 'x-api-key': 'right' } },
    { headers: { 'sec-websocket-protocol': 'token, right' } },
    { headers: { 'sec-websocket-protocol': 'bearer,right' } },
    { headers: { 'sec-websocket-protocol': 'realtime, openai-insecure-api-key.right' } },
    { query: 'token=right' },
    { query: 'api_key=right' },
  ];
  for (const attempt of allowed) assert.equal(verdict({ token, ...attempt }), null, JSON.stringify(attempt));
});

test('a sub-protocol without the right token is UNAUTHORIZED', () => {
  for (const names of ['token', 'token,', 'right', 'realtime, openai-insecure-api-key.', 'right, token']) {
    const headers = { 'sec-websocket-protocol': names };
    assert.equal(verdict({ token: 'right', headers }), 'UNAUTHORIZED', names);
  }
});

test('no token or a wrong one is UNAUTHORIZED, whatever its length', () => {
  const token = 'right';
  assert.equal(verdict({ token }), 'UNAUTHORIZED');
  for (const wrong of ['', 'r', 'wrong', 'right ', 'rightright']) {
    assert.equal(verdict({ token, query: `token=${encodeURIComponent(wrong)}` }), 'UNAUTHORIZED', wrong);
  }
  assert.equal(verdict({ token, headers: { authorization: 'Basic right' } }), 'UNAUTHORIZED');
});

test('the right token passes, as a header or as a parameter', () => {
  assert.equal(verdict({ token: 'right', headers: { authorization: 'Bearer right' } }), null);
  assert.equal(verdict({ token: 'right', headers: { authorization: 'bearer right' } }), null);
  assert.equal(verdict({ token: 'right', query: 'token=right' }), null);
});

test('a wrong header is not mended by a right parameter', () => {
  const headers = { authorization: 'Bearer wrong' };
  assert.equal(verdict({ token: 'right', headers, query: 'token=right' }), 'UNAUTHORIZED');
});

test('the own page may connect, under every name that only this machine has', () => {
  for (const host of [
    '127.0.0.1:2750',
    'localhost:2750',
    '[::1]:2750',
    '192.168.1.20:2750',
    'ear.localhost:2750',
    `${hostname()}:2750`,
    `${hostname()}.local:2750`,
  ]) {
    const origin = `http://${host.toLowerCase()}`;
    assert.equal(verdict({ headers: { origin, host: host.toLowerCase() } }), null, host);
  }
  const named = { origin: 'http://ears.example:2750', host: 'ears.example:2750' };
  assert.equal(verdict({ host: 'ears.example', headers: named }), null);
});

test('a foreign page may not connect', () => {
  for (const origin of ['http://evil.example', 'http://127.0.0.1:8080', 'null', 'not a url', 'file://']) {
    assert.equal(verdict({ headers: { origin, host: '127.0.0.1:2750' } }), 'ORIGIN_FORBIDDEN', origin);
  }
});

test('a foreign name that points here (DNS rebinding) is not the own page', () => {
  const headers = { origin: 'http://evil.example:2750', host: 'evil.example:2750' };
  assert.equal(verdict({ headers }), 'ORIGIN_FORBIDDEN');
});

test('a listed origin may connect', () => {
  const headers = { origin: 'https://app.example', host: '127.0.0.1:2750' };
  assert.equal(verdict({ allowedOrigins: ['https://app.example'], headers }), null);
});

test('a program without an Origin may connect', () => {
  assert.equal(verdict({ headers: { host: 'evil.example' } }), null);
});
