import { createHash, randomBytes } from 'node:crypto';
import { AgentError } from '../errors.ts';
import { parseExpiry } from './token-expiry.ts';

/** What a token may be good for: sending audio, hearing the daemon's microphone, running the daemon. */
export const SCOPES = ['stream', 'microphone', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** One line of a tokens file. */
export interface TokenEntry {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the token, 32 bytes. */
  readonly digest: Buffer;
  /** Milliseconds since 1970 from which it is refused; null: never. */
  readonly expiresAt: number | null;
}

const TOKEN_BYTES = 32;
const HASH_PREFIX = 'sha256:';
const LINE_FORM = 'NAME SCOPE[,SCOPE…] sha256:HEX [expires=2027-01-31]';

/**
 * A new token: 256 random bits. Nobody can guess it, so a plain SHA-256 at rest tells nothing about it; a slow
 * hash as for passwords would only cost every connection its time.
 */
export function createToken(): string {
  return `ear_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/** What is kept of a token, 32 bytes. */
export function digestToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The line of a tokens file for this entry. */
export function formatTokenEntry({ name, scopes, digest, expiresAt }: TokenEntry): string {
  const expiry = expiresAt === null ? '' : ` expires=${new Date(expiresAt).toISOString()}`;
  return `${name} ${scopes.join(',')} ${HASH_PREFIX}${digest.toString('hex')}${expiry}`;
}

/**
 * The entries of a tokens file; empty lines and lines that begin with `#` say nothing.
 * @param source where the text comes from, for messages
 * @throws {AgentError} `CONFIG_INVALID`, naming the line but never its hash
 */
export function parseTokenEntries(text: string, source: string): TokenEntry[] {
  const entries: TokenEntry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const where = `${source}:${index + 1}`;
    const entry = parseLine(line.trim().split(/\s+/), where);
    if (entries.some(({ name }) => name === entry.name)) throw invalid(where, `the name ${entry.name} twice`);
    entries.push(entry);
  }
  return entries;
}

/**
 * Scopes written as `stream,microphone`.
 * @throws {AgentError} `CONFIG_INVALID`
 */
export function parseScopes(text: string, where: string): Scope[] {
  const scopes = text.split(',').map((scope) => {
    const known = SCOPES.find((one) => one === scope);
    if (known === undefined) throw invalid(where, `the scope "${scope}"; there are ${SCOPES.join(', ')}`);
    return known;
  });
  return [...new Set(scopes)];
}

function parseLine(fields: readonly string[], where: string): TokenEntry {
  const [name = '', scopes = '', hash = '', expiry, ...rest] = fields;
  if (rest.length > 0 || !/^sha256:[0-9a-f]{64}$/.test(hash)) throw invalid(where, 'something else');
  if (expiry !== undefined && !expiry.startsWith('expires=')) throw invalid(where, 'something else');
  return {
    name,
    scopes: parseScopes(scopes, where),
    digest: Buffer.from(hash.slice(HASH_PREFIX.length), 'hex'),
    expiresAt: expiry === undefined ? null : expiryOf(expiry.slice('expires='.length), where),
  };
}

function expiryOf(text: string, where: string): number {
  const time = parseExpiry(text);
  if (time === null) throw invalid(where, `expires=${text}, which is no date`);
  return time;
}

function invalid(where: string, got: string): AgentError {
  return new AgentError('CONFIG_INVALID', `${where}: expected ${LINE_FORM}; got ${got}.`);
}
