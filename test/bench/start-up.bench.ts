/**
 * How long it takes from `npm start`, on a built tree, to the first accepted audio and to the first event:
 *
 *     npm run build && node --import tsx test/bench/start-up.bench.ts [--model FOLDER] [runs]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { WebSocket } from 'ws';
import type { NativeServerMessage } from '../../agent/server/protocols/native-message.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { babble } from '../support/test-audio.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const RETRY_MS = 5;
const SPEECH = new Uint8Array(babble(2).buffer);

interface Times {
  /** The audio was given to the engine, or waits for it in the server. */
  readonly acceptedMs: number;
  readonly firstEventMs: number;
}

const { values, positionals } = scriptArguments(import.meta.filename, {
  options: { model: { type: 'string' }, json: { type: 'boolean' } },
  allowPositionals: true,
});
const runs = Number(positionals[0] ?? 5);
const results: Times[] = [];
for (let run = 0; run < runs; run++) results.push(await measureStart(values.model ?? TINY_MODEL));
const median = (pick: (times: Times) => number) => results.map(pick).sort((a, b) => a - b)[runs >> 1];
process.stdout.write(
  `${JSON.stringify({
    node: process.version,
    runs,
    acceptedMs: median(({ acceptedMs }) => acceptedMs),
    firstEventMs: median(({ firstEventMs }) => firstEventMs),
  })}\n`,
);

async function measureStart(model: string): Promise<Times> {
  const port = await freePort();
  const start = performance.now();
  const options = ['--model', model, '--port', String(port), '--no-microphone', '--log-level', 'error'];
  const daemon = spawn('npm', ['start', '--silent', '--', ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    return await firstTimes(port, start);
  } finally {
    await stop(daemon);
  }
}

async function firstTimes(port: number, start: number): Promise<Times> {
  const socket = await connectWhenOpen(`ws://127.0.0.1:${port}/v1/stream`);
  const sent = new Promise<number>((resolve) =>
    socket.send(SPEECH, () => resolve(performance.now() - start)),
  );
  socket.send('{"type":"stop"}');
  const acceptedMs = Math.round(await sent);
  for (;;) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    const message = JSON.parse(data.toString()) as NativeServerMessage;
    if (message.type !== 'ready') return { acceptedMs, firstEventMs: Math.round(performance.now() - start) };
  }
}

async function connectWhenOpen(url: string): Promise<WebSocket> {
  for (;;) {
    const socket = new WebSocket(url);
    try {
      await once(socket, 'open');
      return socket;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS)); // not listening yet
    }
  }
}

async function stop(daemon: ChildProcess): Promise<void> {
  const ended = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
