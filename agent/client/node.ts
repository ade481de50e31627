/** `earshot/client` for Node, over the package ws. */

import { type FollowEvent, type FollowOptions, followMicrophone as follow } from './follow-microphone.ts';
import { openNodeSocket } from './node-socket.ts';
import { SpeechStream } from './speech-stream.ts';
import type { StreamRequest } from './stream-request.ts';

export { AgentError, type ErrorCode } from '../errors.ts';
export type { BackOffOptions } from './back-off.ts';
export type { FollowEvent, FollowOptions } from './follow-microphone.ts';
export type { ReadyMessage } from './server-message.ts';
export type { SpeechStream } from './speech-stream.ts';
export type { StreamEvent, StreamOptions, StreamRequest } from './stream-request.ts';

/**
 * Opens a stream of audio; resolves when the server has greeted. See `SpeechStream` for what follows.
 * @throws {AgentError} `SERVER_UNREACHABLE`, or the code with which the server refused
 */
export function connect(request: StreamRequest): Promise<SpeechStream> {
  return SpeechStream.open(request, openNodeSocket);
}

/**
 * Follows the microphone of a daemon (`ws://127.0.0.1:2750/v1/microphone`) until `options.signal` is aborted, over as
 * many connections as it takes.
 * @throws {AgentError} where trying again does not help, such as `UNAUTHORIZED`
 */
export function followMicrophone(options: FollowOptions): AsyncGenerator<FollowEvent, void, void> {
  return follow(options, openNodeSocket);
}
