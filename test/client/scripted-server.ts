import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';

export const READY = {
  type: 'ready',
  protocol: 1,
  session: 's1',
  sampleRate: 16000,
  model: { name: 'tiny', version: '1', language: 'en' },
};

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
}

/**
 * A server on 127.0.0.1 that does with each connection what `script` says; gone when the test ends. `refusals`: by the number of an
 * attempt, the status with which a proxy before the server answers it.
 */
export async function scriptedServer(
  t: TestContext,
  script: (socket: WebSocket, connection: number) => void,
  refusals: Readonly<Record<number, number>> = {},
): Promise<ScriptedServer> {
  const http = await listen(t);
  const requests: IncomingMessage[] = [];
  let attempts = 0;
  const sockets = new WebSocketServer({
    server: http,
    verifyClient: (_, answer) => {
      attempts += 1;
      const status = refusals[attempts];
      answer(status === undefined, status, 'default backend');
    },
  });
  sockets.on('connection', (socket, request) => {
    requests.push(request);
    script(socket, requests.length);
  });
  t.after(() => {
    for (const socket of sockets.clients) socket.terminate();
  });
  return { url: urlOf(http), requests };
}

/** A server that answers every upgrade with `status` and `body`. */
export async function refusingServer(t: TestContext, status: number, body: string): Promise<string> {
  const http = await listen(t);
  http.on('upgrade', (_, socket) => {
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  });
  return urlOf(http);
}

export function say(socket: WebSocket, ...messages: readonly object[]): void {
  for (const message of messages) socket.send(JSON.stringify(message));
}

async function listen(t: TestContext): Promise<Server> {
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => http.close());
  return http;
}

function urlOf(http: Server): string {
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/v1/stream`;
}
