import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import { presentedToken } from './presented-token.ts';

type AccessRules = Pick<Config['server'], 'token' | 'allowedOrigins' | 'host'>;

/**
 * Decides whether a request may open a session.
 * @throws {AgentError} `UNAUTHORIZED` or `ORIGIN_FORBIDDEN`
 */
export function checkAccess(request: IncomingMessage, query: URLSearchParams, rules: AccessRules): void {
  if (!hasToken(request, query, rules.token)) {
    const how = 'Send it as "Authorization: Bearer TOKEN" or as ?token=TOKEN.';
    throw new AgentError('UNAUTHORIZED', `This daemon expects its token (server.token). ${how}`);
  }
  const { origin, host } = request.headers;
  if (!isAllowedOrigin(origin, host, rules)) {
    const how = 'Add it to server.allowedOrigins to let it in.';
    throw new AgentError('ORIGIN_FORBIDDEN', `Pages of ${origin} may not connect. ${how}`);
  }
}

function hasToken(request: IncomingMessage, query: URLSearchParams, token: string): boolean {
  if (token === '') return true;
  return isSame(presentedToken(request, query), token);
}

/** Compares in a time that tells nothing about where the texts differ. */
function isSame(got: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(got), digest(expected));
}

/** Only browsers send an Origin; programs are not held up by it. */
function isAllowedOrigin(origin: string | undefined, host: string | undefined, rules: AccessRules): boolean {
  if (origin === undefined || rules.allowedOrigins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false; // "null": a sandboxed page or a file
  const url = new URL(origin);
  return url.host === host && isOwnName(url.hostname, rules.host);
}

/**
 * Whether nobody else can make this host name point here. Without this check a foreign page whose name is
 * switched to our address (DNS rebinding) would count as the own page: its Origin and Host are equal.
 */
function isOwnName(name: string, configured: string): boolean {
  const own = ['localhost', configured, hostname(), `${hostname()}.local`].map((text) => text.toLowerCase());
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name.endsWith('.localhost') || own.includes(name);
}
