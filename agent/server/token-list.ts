import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AgentError } from '../errors.ts';
import { digestToken, parseTokenEntries, SCOPES, type TokenEntry } from './token.ts';

/** What is right of a presented token. */
export interface Grant {
  readonly name: string;
  readonly scopes: TokenEntry['scopes'];
  readonly isExpired: boolean;
}

/** Name of the token that stands in the setting `server.token`. */
const SETTING_NAME = 'server.token';

/** The tokens that this daemon takes, as digests: the tokens themselves are kept nowhere. */
export class TokenList {
  readonly #entries: readonly TokenEntry[];

  /** Whether no token is asked for: everybody may do everything. */
  readonly isOpen: boolean;

  private constructor(entries: readonly TokenEntry[], isOpen: boolean) {
    this.#entries = entries;
    this.isOpen = isOpen;
  }

  /**
   * The token of the setting `server.token`, which may do everything, and those of the file `server.tokensFile`.
   * @throws {AgentError} `CONFIG_INVALID` when the file can not be read or has a wrong line
   */
  static read({ token, tokensFile }: { readonly token: string; readonly tokensFile: string }): TokenList {
    const entries = tokensFile === '' ? [] : parseTokenEntries(readText(tokensFile), tokensFile);
    if (token === '') return new TokenList(entries, tokensFile === '');
    const own = { name: SETTING_NAME, scopes: SCOPES, digest: digestToken(token), expiresAt: null };
    return new TokenList([own, ...entries], false);
  }

  /** Whether a token is asked for and there is none: a file that was emptied or cut short opens nothing. */
  get admitsNobody(): boolean {
    return !this.isOpen && this.#entries.length === 0;
  }

  /**
   * What `presented` is good for at `nowMs`; null when it is none of ours. The time it takes says nothing: digests
   * are compared, each in constant time, and all of them.
   */
  find(presented: string, nowMs: number): Grant | null {
    return this.findDigest(digestToken(presented), nowMs);
  }

  /** The same for a token of which only the digest was kept. */
  findDigest(digest: Buffer, nowMs: number): Grant | null {
    let found: TokenEntry | null = null;
    for (const entry of this.#entries) if (timingSafeEqual(digest, entry.digest)) found = entry;
    if (found === null) return null;
    const { name, scopes, expiresAt } = found;
    return { name, scopes, isExpired: expiresAt !== null && nowMs >= expiresAt };
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error as Error);
  }
}

function unreadable(path: string, cause: Error): AgentError {
  const message = `server.tokensFile: expected a file that can be read; got ${path} (${cause.message}).`;
  return new AgentError('CONFIG_INVALID', message, { cause });
}
