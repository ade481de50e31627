import type { IncomingMessage } from 'node:http';

/** Sub-protocols after which the next one is the token: Deepgram's clients in browsers. */
const TOKEN_FOLLOWS = ['token', 'bearer'];
/** Sub-protocol that holds the token itself: OpenAI's clients in browsers. */
const TOKEN_PREFIX = 'openai-insecure-api-key.';

/**
 * The token that a request presents, wherever the protocols' own clients put theirs, the first that is there:
 * `Authorization: Bearer …` or `Token …`, `X-API-Key`, the parameters `token` and `api_key`, and for browsers, which
 * can set no header, the WebSocket sub-protocols `token, …`, `bearer, …` and `openai-insecure-api-key.…`.
 */
export function presentedToken(request: IncomingMessage, query: URLSearchParams): string {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  const inHeader = /^(?:Bearer|Token) +(.+)$/i.exec(authorization ?? '')?.[1];
  const candidates = [inHeader, apiKey, query.get('token'), query.get('api_key'), subProtocolToken(request)];
  return candidates.find((candidate) => typeof candidate === 'string') ?? '';
}

function subProtocolToken(request: IncomingMessage): string | undefined {
  const names = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const marker = names.findIndex((name) => TOKEN_FOLLOWS.includes(name.toLowerCase()));
  if (marker >= 0) return names[marker + 1];
  return names.find((name) => name.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length);
}
