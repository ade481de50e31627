import { AgentError, type ErrorCode } from '../errors.ts';
import { AgentClient } from './agent-client.ts';
import { BackOff, type BackOffOptions } from './back-off.ts';
import type { ConnectOptions } from './connection.ts';
import { checkedAddress } from './option-check.ts';
import { pause } from './pause.ts';
import type { ReadyMessage, ServerMessage } from './server-message.ts';
import type { OpenSocket } from './socket.ts';
import { toldAddress } from './socket-error.ts';

/** What a follower sees: the server's messages, and how the connection fares. */
export type FollowEvent =
  | ServerMessage
  | { readonly type: 'connected'; readonly ready: ReadyMessage }
  | { readonly type: 'disconnected'; readonly error: AgentError; readonly retryInMs: number };

export interface FollowOptions extends Omit<ConnectOptions, 'url'> {
  /** `ws://127.0.0.1:2750/v1/microphone` */
  readonly url: string | URL;
  readonly signal: AbortSignal;
  readonly backOff?: BackOffOptions;
}

/** Errors that trying again does not mend. */
const HOPELESS: readonly ErrorCode[] = [
  'UNAUTHORIZED',
  'TOKEN_EXPIRED',
  'SCOPE_MISSING',
  'ORIGIN_FORBIDDEN',
  'MICROPHONE_DISABLED',
  'MESSAGE_INVALID',
  'USAGE',
];

/**
 * Follows a server's microphone, connecting again with growing pauses when the connection is lost or ends. Ends
 * when `signal` is aborted.
 * @throws {AgentError} where trying again does not help, such as `UNAUTHORIZED`
 */
export async function* followMicrophone(
  options: FollowOptions,
  openSocket: OpenSocket,
): AsyncGenerator<FollowEvent, void, void> {
  const { signal } = options;
  if (typeof signal?.aborted !== 'boolean') {
    throw new AgentError('USAGE', `signal: expected an AbortSignal, which ends the iteration, got ${signal}`);
  }
  const url = checkedAddress(options);
  const backOff = new BackOff(options.backOff);
  let wasThere = false;
  while (!signal.aborted) {
    try {
      for await (const event of followOnce({ ...options, url, signal }, openSocket)) {
        if (event.type === 'connected') {
          backOff.reset();
          wasThere = true; // a proxy that knows no server now will know it again
        }
        if (signal.aborted) return;
        yield event;
      }
      if (signal.aborted) return;
      throw new AgentError('SERVER_UNREACHABLE', `${toldAddress(url)} closed the connection.`);
    } catch (caught) {
      if (signal.aborted) return;
      if (!(caught instanceof AgentError) || HOPELESS.includes(caught.code)) throw caught;
      if (caught.code === 'NOT_FOUND' && !wasThere) throw caught;
      const retryInMs = backOff.next();
      yield { type: 'disconnected', error: caught, retryInMs };
      await pause(retryInMs, signal);
    }
  }
}

/** What one connection tells; it is closed when nobody wants to hear more. */
async function* followOnce(
  options: ConnectOptions & { readonly signal: AbortSignal },
  openSocket: OpenSocket,
): AsyncGenerator<FollowEvent, void, void> {
  const { signal } = options;
  const client = await AgentClient.connect(options, openSocket);
  const close = () => client.close();
  signal.addEventListener('abort', close);
  try {
    yield { type: 'connected', ready: client.ready };
    yield* client;
  } finally {
    signal.removeEventListener('abort', close);
    client.close();
  }
}
