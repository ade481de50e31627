import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';
import { AgentError } from '../errors.ts';
import type { Asker } from './asker.ts';
import { checkAccess, checkToken } from './auth.ts';
import { requestQuery } from './http-reply.ts';
import { addressOf, isLoopback } from './loopback.ts';
import { presentedToken } from './presented-token.ts';
import type { Scope } from './token.ts';
import { TokenList } from './token-list.ts';

/** Who may do what. The settings are looked at for each request; the tokens are read again by `reload`. */
export class AccessControl {
  readonly #config: Config['server'];
  #tokens: TokenList;

  private constructor(config: Config['server'], tokens: TokenList) {
    this.#config = config;
    this.#tokens = tokens;
  }

  /** @throws {AgentError} `CONFIG_INVALID` when the file of tokens can not be read */
  static create(config: Config['server']): AccessControl {
    return new AccessControl(config, TokenList.read(config));
  }

  /**
   * Takes the tokens of other settings from now on.
   * @throws {AgentError} `CONFIG_INVALID`, or `TOKEN_REQUIRED` where tokens were asked for and none would be any more: an emptied
   *   file of settings must not let everybody in; the tokens of before stay then
   */
  reload(config: Pick<Config['server'], 'token' | 'tokensFile' | 'allowUnauthenticated'>): void {
    const tokens = TokenList.read(config);
    if (tokens.isOpen && !this.#tokens.isOpen && !config.allowUnauthenticated) {
      const what =
        'Tokens are asked for, and the settings read now ask for none (server.token, server.tokensFile).';
      throw new AgentError(
        'TOKEN_REQUIRED',
        `${what} If that is meant, start the daemon anew, or ${letIn('server')}`,
      );
    }
    this.#tokens = tokens;
  }

  /** Whether tokens are asked for and `server.tokensFile` holds none. */
  get admitsNobody(): boolean {
    return this.#tokens.admitsNobody;
  }

  /** Who makes a request, for the log; whether they may do what they ask for is another question. */
  identify(request: IncomingMessage): Asker {
    const grant = this.#tokens.find(presentedToken(request, requestQuery(request)), Date.now());
    return { address: addressOf(request.socket), tokenName: grant?.name };
  }

  /**
   * Whether a request may use what `scope` stands for. The result asks again, while a session lasts, and throws once the token is
   * gone or has expired; only the token's digest is kept for it.
   * @throws {AgentError} `UNAUTHORIZED`, `TOKEN_EXPIRED`, `SCOPE_MISSING` or `ORIGIN_FORBIDDEN`
   */
  check(request: IncomingMessage, query: URLSearchParams, scope: Scope): () => void {
    const digest = checkAccess(request, query, { ...this.#config, tokens: this.#tokens, scope });
    return () => checkToken(digest, { tokens: this.#tokens, scope });
  }

  /** Metrics are for everybody until there are tokens; then for those of the scope admin. */
  checkMetrics(request: IncomingMessage, query: URLSearchParams): void {
    if (!this.#tokens.isOpen) this.check(request, query, 'admin');
  }

  /**
   * Whether a request may change something. Without tokens only this machine may.
   * @throws {AgentError} as `check`
   */
  checkAdmin(request: IncomingMessage, query: URLSearchParams): void {
    this.check(request, query, 'admin');
    if (!this.#tokens.isOpen || isLoopback(addressOf(request.socket))) return;
    const how = 'From another machine it takes a token with the scope admin (server.tokensFile).';
    throw new AgentError('UNAUTHORIZED', `Without tokens this is for the machine of the daemon only. ${how}`);
  }

  /**
   * Refuses to let other machines in without a token when nobody said so.
   * @throws {AgentError} `TOKEN_REQUIRED`
   */
  checkExposure(wyoming: Config['wyoming']): void {
    if (this.#config.allowUnauthenticated) return;
    if (!isLoopback(this.#config.host) && this.#tokens.isOpen) {
      const what = `server.host is ${this.#config.host}, and no token is asked for.`;
      const how = `Set server.token or server.tokensFile, or ${letIn('server')}`;
      throw new AgentError('TOKEN_REQUIRED', `${what} ${how}`);
    }
    if (wyoming.enabled && !isLoopback(wyoming.host) && !wyoming.allowUnauthenticated) {
      const what = `wyoming.host is ${wyoming.host}, and Wyoming has no tokens.`;
      throw new AgentError('TOKEN_REQUIRED', `${what} Set it to 127.0.0.1, or ${letIn('wyoming')}`);
    }
  }
}

function letIn(section: 'server' | 'wyoming'): string {
  return `set ${section}.allowUnauthenticated=true to let everybody in who reaches that address.`;
}
