import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { WebSocket } from 'ws';
import { configSchema } from '../../agent/config.ts';
import { AgentError } from '../../agent/errors.ts';
import { lacksOpenssl, makeCertificate } from '../support/certificate.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { pcm } from '../support/test-client.ts';
import { startTestServer, until } from '../support/test-server.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

/** Until the files are looked at, and no ping is missed. */
const LOOK_MS = 10_000;

const REFUSALS = 'earshot_connections_refused_total';
const REFUSED = new RegExp(`^${REFUSALS}\\{.*$`, 'gm');

type CertificateFiles = ReturnType<typeof makeCertificate>;

async function setUp(t: TestContext, limits: object = {}) {
  const folder = temporaryFolder(t);
  const [first, second] = [makeCertificate(t), makeCertificate(t)];
  const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const use = ({ certFile, keyFile }: CertificateFiles) => {
    copyFileSync(certFile, tls.certFile);
    copyFileSync(keyFile, tls.keyFile);
  };
  use(first);
  const clock = new FakeClock();
  const server = await startTestServer(t, { clock, config: { tls, ...limits } });
  return { server, clock, tls, first, second, use, port: server.server.address?.port ?? 0 };
}

async function assertServed({ certFile }: CertificateFiles, port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  assert.equal(fingerprint256, new X509Certificate(readFileSync(certFile)).fingerprint256);
}

async function openStream(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/v1/stream`, { rejectUnauthorized: false });
  await once(socket, 'message'); // ready
  return socket;
}

async function messageOfType(socket: WebSocket, type: string): Promise<void> {
  for (;;) {
    const [data] = await once(socket, 'message');
    if (JSON.parse(String(data)).type === type) return;
  }
}

test('cert swapped: new connections get the new certificate, a stream goes on', {
  skip: lacksOpenssl,
}, async (t) => {
  const { server, clock, first, second, use, port } = await setUp(t);
  await assertServed(first, port);
  const stream = await openStream(port);
  use(second);
  clock.advance(LOOK_MS);
  await assertServed(second, port);
  stream.send(pcm(1));
  await messageOfType(stream, 'partial');
  assert.match(await server.metrics(), /^earshot_tls_certificate_reads_total\{result="ok"\} 1$/m);
  assert.match(await server.metrics(), /^earshot_tls_certificate_expiry_seconds 1\d{9}$/m);
});

test('cert broken: the old one stays, and the fault is counted once', { skip: lacksOpenssl }, async (t) => {
  const { server, clock, tls, first, second, use, port } = await setUp(t);
  writeFileSync(tls.certFile, 'not a certificate');
  clock.advance(LOOK_MS);
  await assertServed(first, port);
  copyFileSync(second.certFile, tls.certFile); // with the key of the first
  clock.advance(LOOK_MS);
  await assertServed(first, port);
  assert.match(await server.metrics(), /^earshot_tls_certificate_reads_total\{result="failed"\} 2$/m);
  use(second);
  clock.advance(LOOK_MS);
  await assertServed(second, port);
});

test('a daemon with a certificate that can not be read does not start', async (t) => {
  const tls = { certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' };
  await assert.rejects(
    startTestServer(t, { config: { tls } }),
    (error) => error instanceof AgentError && error.code === 'TLS_INVALID' && /cert\.pem/.test(error.message),
  );
});

test('slow TLS handshake: who does not finish it in time is dropped and counted', {
  skip: lacksOpenssl,
}, async (t) => {
  const handshake = { clientsPerAddress: 32, handshakeTimeoutMs: 200, maxHeaderBytes: 16384 };
  const audio = { audioSecondsPerMinute: 0, audioSecondsPerHour: 0 };
  const own = { addressAudioSecondsPerMinute: 0, addressAudioSecondsPerHour: 0 };
  const { server, port } = await setUp(t, { limits: { ...handshake, ...audio, ...own } });
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'close');
  assert.deepEqual((await server.metrics()).match(REFUSED), [`${REFUSALS}{code="HANDSHAKE_TIMEOUT"} 1`]);
});

test('TLS that can not be read is counted once, and who hangs up is not', {
  skip: lacksOpenssl,
}, async (t) => {
  const { limits } = configSchema.parse({ server: { limits: { clientsPerAddress: 1 } } }).server;
  const { server, port, first } = await setUp(t, { limits });
  const dial = () => connectTcp(port, '127.0.0.1').on('error', () => {});
  const plain = dial();
  plain.write('GET / HTTP/1.1\r\n\r\n');
  await once(plain.resume(), 'close');
  assert.deepEqual((await server.metrics()).match(REFUSED), [`${REFUSALS}{code="MESSAGE_INVALID"} 1`]);
  const sockets = Array.from({ length: 40 }, dial);
  const dropped = `${REFUSALS}{code="ADDRESS_LIMIT"} 7`;
  await until(async () => (await server.metrics()).includes(dropped));
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await assertServed(first, port);
  const refused = (await server.metrics()).match(REFUSED);
  assert.deepEqual(refused?.sort(), [dropped, `${REFUSALS}{code="MESSAGE_INVALID"} 1`]);
});
