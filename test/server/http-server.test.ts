import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { AgentError } from '../../agent/errors.ts';
import { TestClient } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';

test('/healthz answers while the process lives', async (t) => {
  const { httpUrl } = await startTestServer(t);
  const response = await fetch(`${httpUrl}/healthz`);
  assert.deepEqual([response.status, await response.text()], [200, 'ok\n']);
});

test('/readyz tells model, provider, microphone and clients', async (t) => {
  const { httpUrl, url } = await startTestServer(t);
  await TestClient.connect(`${url}/v1/stream`);
  const response = await fetch(`${httpUrl}/readyz`);
  const body = await response.json();
  assert.equal(response.status, 200);
  assert.deepEqual(
    [body.ready, body.model.name, body.provider, body.microphone.state, body.clients],
    [true, 'fake', 'cpu', 'off', 1],
  );
});

test('/readyz is 503 with reasons while sessions get no transcripts', async (t) => {
  const { httpUrl } = await startTestServer(t, { notReady: ['The model is still loading.'] });
  const response = await fetch(`${httpUrl}/readyz`);
  assert.equal(response.status, 503);
  assert.deepEqual((await response.json()).reasons, ['The model is still loading.']);
});

test('/metrics has the Prometheus form and counts the clients', async (t) => {
  const { httpUrl, url } = await startTestServer(t);
  await TestClient.connect(`${url}/v1/stream`);
  const response = await fetch(`${httpUrl}/metrics`);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(await response.text(), /^earshot_clients\{protocol="native-stream"\} 1$/m);
});

test('the page is served with its types and a policy that lets nothing else in', async (t) => {
  const { httpUrl } = await startTestServer(t);
  const index = await fetch(`${httpUrl}/`);
  assert.equal(index.headers.get('content-type'), 'text/html; charset=utf-8');
  const policy = index.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.equal(index.headers.get('x-content-type-options'), 'nosniff');
  const script = await fetch(`${httpUrl}/page/app.js`);
  assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
});

test('nothing outside the page folder can be read', async (t) => {
  const { httpUrl, server } = await startTestServer(t);
  for (const path of [
    '/page/../http-server.ts',
    '/page/%2e%2e/app.js',
    '/page/secret.txt',
    '/page/',
    '/app.js',
  ]) {
    assert.equal((await fetch(httpUrl + path)).status, 404, path);
  }
  // fetch tidies the path up; a raw request does not
  for (const target of [
    '/page/../../../etc/passwd',
    '//etc/passwd',
    'http://[',
    'http://',
    'ftp://a/healthz',
    '*',
  ]) {
    assert.match(await rawGet(server.address?.port ?? 0, target), /^HTTP\/1\.1 40[04]/, target);
  }
});

test('an unknown path is an error of the catalogue', async (t) => {
  const { httpUrl } = await startTestServer(t);
  const response = await fetch(`${httpUrl}/nothing`);
  assert.equal(response.status, 404);
  assert.equal((await response.json()).code, 'NOT_FOUND');
});

test('only GET and HEAD are answered', async (t) => {
  const { httpUrl } = await startTestServer(t);
  const post = await fetch(`${httpUrl}/healthz`, { method: 'POST', body: 'x' });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
  const head = await fetch(`${httpUrl}/`, { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);
});

test('a plain request for a WebSocket path says what to do', async (t) => {
  const { httpUrl } = await startTestServer(t);
  assert.equal((await fetch(`${httpUrl}/v1/stream`)).status, 426);
});

test('an offer to speak another protocol than WebSocket is passed over', async (t) => {
  const { httpUrl, server } = await startTestServer(t);
  const get = (path: string, upgrade: string) =>
    rawGet(server.address?.port ?? 0, path, ['Connection: Upgrade, HTTP2-Settings', `Upgrade: ${upgrade}`]);
  const healthy = await get('/healthz', 'h2c');
  assert.match(healthy, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(healthy, /\r\nConnection: close\r\n(.*\r\n)?\r\nok\n$/s);
  assert.match(await get('/page/app.js', 'TLS/1.3'), /^HTTP\/1\.1 200 .*export \{\};\n$/s);
  assert.match(await get('/nothing', 'h2c'), /^HTTP\/1\.1 404 /);
  assert.match(await get('/v1/stream', 'h2c'), /^HTTP\/1\.1 426 /);
  assert.match(await get('/healthz', 'WebSocket'), /^HTTP\/1\.1 404 /);
  assert.equal((await fetch(`${httpUrl}/healthz`)).status, 200);
});

test('such an offer behind a request that is not answered yet ends its connection only', async (t) => {
  const { httpUrl, server } = await startTestServer(t);
  const socket = connect(server.address?.port ?? 0, '127.0.0.1');
  const first = 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n';
  socket.end(`${first}GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n`);
  socket.on('error', () => {}).resume();
  await once(socket, 'close');
  assert.equal((await fetch(`${httpUrl}/healthz`)).status, 200);
});

test('a whole address in the request line is taken', async (t) => {
  const { server } = await startTestServer(t);
  for (const target of ['http://127.0.0.1/healthz', 'HTTPS://ears.example:1/healthz?a=b']) {
    assert.match(await rawGet(server.address?.port ?? 0, target), /^HTTP\/1\.1 200 OK/, target);
  }
  assert.match(await rawGet(server.address?.port ?? 0, 'http://a/nothing'), /^HTTP\/1\.1 404 /);
});

test('a port in use is refused with what to do', async (t) => {
  const { server } = await startTestServer(t);
  const port = server.address?.port ?? 0;
  await assert.rejects(
    startTestServer(t, { port }),
    (error: AgentError) =>
      error.code === 'PORT_IN_USE' &&
      error.message.includes(`127.0.0.1:${port}`) &&
      error.message.includes('--port'),
  );
});

for (const [host, shown] of [
  ['192.0.2.1', '192.0.2.1:0'],
  ['2001:db8::1', '[2001:db8::1]:0'],
] as const) {
  test(`${host}, an address of another machine, is refused as a wrong setting`, async (t) => {
    await assert.rejects(
      startTestServer(t, { config: { host } }),
      (error) =>
        error instanceof AgentError &&
        error.code === 'CONFIG_INVALID' &&
        /server\.host/.test(error.message) &&
        error.message.includes(`got ${shown} (`),
    );
  });
}

test('stop may be called twice and frees the port', async (t) => {
  const { server } = await startTestServer(t);
  const port = server.address?.port ?? 0;
  await server.stop();
  await server.stop();
  await startTestServer(t, { port });
});

async function rawGet(port: number, target: string, headers = ['Connection: close']): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end([`GET ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n'));
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  await once(socket, 'close');
  return answer;
}
