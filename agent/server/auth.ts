import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import { presentedToken } from './presented-token.ts';
import { digestToken, type Scope } from './token.ts';
import type { TokenList } from './token-list.ts';

interface AccessRules extends Pick<Config['server'], 'allowedOrigins' | 'host'> {
  readonly tokens: TokenList;
  /** What the request wants to do. */
  readonly scope: Scope;
}

/**
 * Decides whether a request may do what it asks for. Returns the digest of its token, for `checkToken` later.
 * @throws {AgentError} `UNAUTHORIZED`, `TOKEN_EXPIRED`, `SCOPE_MISSING` or `ORIGIN_FORBIDDEN`
 */
export function checkAccess(request: IncomingMessage, query: URLSearchParams, rules: AccessRules): Buffer {
  const digest = digestToken(presentedToken(request, query));
  checkToken(digest, rules);
  const { origin, host } = request.headers;
  if (!isAllowedOrigin(origin, host, rules)) {
    const how = 'Add it to server.allowedOrigins to let it in.';
    throw new AgentError('ORIGIN_FORBIDDEN', `Pages of ${origin} may not connect. ${how}`);
  }
  return digest;
}

/**
 * Whether the token with this digest is good for `scope`.
 * @throws {AgentError} `UNAUTHORIZED`, `TOKEN_EXPIRED` or `SCOPE_MISSING`
 */
export function checkToken(digest: Buffer, { tokens, scope }: Pick<AccessRules, 'tokens' | 'scope'>): void {
  if (tokens.isOpen) return;
  const grant = tokens.findDigest(digest, Date.now());
  if (grant === null) {
    const how = 'Send it as "Authorization: Bearer TOKEN" or as ?token=TOKEN.';
    throw new AgentError(
      'UNAUTHORIZED',
      `This daemon expects its token (server.token, server.tokensFile). ${how}`,
    );
  }
  if (grant.isExpired) {
    throw new AgentError(
      'TOKEN_EXPIRED',
      `The token ${grant.name} has expired. Make another with \`earshot token\`.`,
    );
  }
  if (!grant.scopes.includes(scope)) {
    const what = `The token ${grant.name} has ${grant.scopes.join(', ')}; this takes ${scope}.`;
    throw new AgentError('SCOPE_MISSING', what);
  }
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
