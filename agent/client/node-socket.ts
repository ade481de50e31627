import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { AgentError, type ErrorCode } from '../errors.ts';
import { knownCode } from './server-message.ts';
import type { ClientSocket, OpenSocket, SocketEvents } from './socket.ts';
import { notAnAddress, unreachable } from './socket-error.ts';

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'ORIGIN_FORBIDDEN',
  404: 'NOT_FOUND',
  503: 'TOO_MANY_CLIENTS',
};
const LONGEST_REFUSAL_BYTES = 4096;

/** Opens a WebSocket of the package ws; the token goes into a header. */
export const openNodeSocket: OpenSocket = async ({ url, token, connectTimeoutMs }, events) => {
  const socket = createSocket(url, {
    handshakeTimeout: connectTimeoutMs,
    perMessageDeflate: false,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => {
      listen(socket, url, events);
      events.opened(new NodeSocket(socket));
      resolve();
    });
    socket.on('error', (cause) => reject(unreachable(url, cause.message, cause)));
    socket.once('unexpected-response', (request, response) => {
      void refusal(response).then((error) => {
        reject(error);
        request.destroy();
      });
    });
  });
};

function createSocket(url: string, options: ConstructorParameters<typeof WebSocket>[2]): WebSocket {
  try {
    return new WebSocket(url, options);
  } catch (error) {
    throw notAnAddress(url, error);
  }
}

function listen(socket: WebSocket, url: string, events: SocketEvents): void {
  let cause: AgentError | undefined;
  socket.on('message', (data) => events.message(String(data)));
  socket.on('ping', () => events.ping?.());
  socket.on('error', (error) => {
    cause = unreachable(url, error.message, error);
  });
  socket.on('close', (code) => events.closed(code, cause));
}

class NodeSocket implements ClientSocket {
  readonly #socket: WebSocket;
  #flushed: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#flushed = new Promise((resolve) => this.#socket.send(data, () => resolve()));
  }

  flushed(): Promise<void> {
    return this.#flushed;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close(1000);
    this.#socket.resume(); // a paused socket would never see the other side's close
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** What the server said with its status: its own error where the body holds one. */
async function refusal(response: IncomingMessage): Promise<AgentError> {
  const status = response.statusCode ?? 0;
  const fields = { status };
  const body = await readSome(response);
  try {
    const { code, message } = JSON.parse(body) as { code: unknown; message: unknown };
    return new AgentError(knownCode(code), String(message), { fields });
  } catch {
    const code = CODE_OF_STATUS[status] ?? 'SERVER_UNREACHABLE';
    return new AgentError(code, `The server refused the connection with status ${status}.`, { fields });
  }
}

async function readSome(response: IncomingMessage): Promise<string> {
  let body = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      body += String(chunk);
      if (body.length > LONGEST_REFUSAL_BYTES) break;
    }
  } catch {
    // a body that is cut off says nothing: the status alone then counts
  }
  return body;
}
