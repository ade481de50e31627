import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { AgentError, type ErrorCode } from '../errors.ts';
import { knownCode } from './server-message.ts';

export interface SocketTarget {
  /** `ws://127.0.0.1:2750/v1/stream` */
  readonly url: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  /** Longest time until the connection stands. */
  readonly connectTimeoutMs: number;
}

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'ORIGIN_FORBIDDEN',
  404: 'NOT_FOUND',
  503: 'TOO_MANY_CLIENTS',
};
const LONGEST_REFUSAL_BYTES = 4096;

/**
 * Opens a WebSocket. `wire` is called before anything can arrive, so that no message is missed.
 * @throws {AgentError} `SERVER_UNREACHABLE`, or the code with which the server refused
 */
export async function openSocket(
  { url, token, connectTimeoutMs }: SocketTarget,
  wire: (socket: WebSocket) => void,
): Promise<WebSocket> {
  const socket = createSocket(url, {
    handshakeTimeout: connectTimeoutMs,
    perMessageDeflate: false,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  wire(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (cause) => reject(unreachable(url, cause)));
    socket.once('unexpected-response', (request, response) => {
      void refusal(response).then((error) => {
        reject(error);
        request.destroy();
      });
    });
  });
  return socket;
}

function createSocket(url: string, options: ConstructorParameters<typeof WebSocket>[2]): WebSocket {
  try {
    return new WebSocket(url, options);
  } catch (error) {
    throw notAnAddress(url, error);
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

function unreachable(url: string, cause: Error): AgentError {
  return new AgentError(
    'SERVER_UNREACHABLE',
    `No connection to ${url}: ${cause.message}. Is the daemon running there (earshot serve)?`,
    { cause },
  );
}

function notAnAddress(url: string, cause: unknown): AgentError {
  const expected = 'expected an address such as ws://127.0.0.1:2750/v1/stream';
  return new AgentError('USAGE', `Not the address of a server: ${expected}, got ${url}`, { cause });
}
