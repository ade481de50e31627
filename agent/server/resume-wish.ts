import type { IncomingMessage } from 'node:http';
import { AgentError } from '../errors.ts';
import { presentedToken } from './presented-token.ts';
import type { Protocol } from './protocols/protocol.ts';
import type { ResumeClaim } from './resumable-sessions.ts';

/** What the parameters `resume` and `received` of an upgrade request ask for. */
export type ResumeWish =
  /** A session that ends with its connection. */
  | { readonly type: 'none' }
  /** A session that can be resumed. */
  | { readonly type: 'new'; readonly accessToken: string }
  /** A session that is there already. */
  | { readonly type: 'claim'; readonly claim: ResumeClaim };

/** @throws {AgentError} `MESSAGE_INVALID` when `received` is not a number of messages */
export function resumeWish(
  request: IncomingMessage,
  query: URLSearchParams,
  { resumeWords }: Protocol,
): ResumeWish {
  const token = query.get('resume');
  if (token === null || resumeWords === undefined) return { type: 'none' };
  const accessToken = presentedToken(request, query);
  if (token === 'new') return { type: 'new', accessToken };
  const received = query.get('received') ?? '';
  if (!/^\d{1,15}$/.test(received)) {
    throw new AgentError('MESSAGE_INVALID', `received: expected a number of messages, got "${received}".`);
  }
  return { type: 'claim', claim: { token, accessToken, received: Number(received) } };
}
