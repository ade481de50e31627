import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { CancelTimer, Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { AgentError, toAgentError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { ServerMetrics } from './server-metrics.ts';

/** Certificates are renewed days before they end, so there is time; polling also sees files behind links. */
const CHECK_INTERVAL_MS = 10_000;

/** A certificate chain with its private key, both PEM. */
export interface CertificatePair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface CertificateTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ServerMetrics;
}

/** The certificate of the port, followed while its files change. A pair that does not fit changes nothing. */
export class Certificate {
  readonly #config: Config['server']['tls'];
  readonly #tools: CertificateTools;
  #pair: CertificatePair;
  /** A fault is told once, not at every look. */
  #lastFault = '';
  #cancelTimer: CancelTimer | null = null;

  private constructor(config: Config['server']['tls'], tools: CertificateTools, pair: CertificatePair) {
    this.#config = config;
    this.#tools = tools;
    this.#pair = pair;
    this.#tellExpiry();
  }

  /**
   * Null when no certificate is configured.
   * @throws {AgentError} `TLS_INVALID`
   */
  static load(config: Config['server']['tls'], tools: CertificateTools): Certificate | null {
    if (config.certFile === '' && config.keyFile === '') return null;
    return new Certificate(config, tools, readPair(config));
  }

  get pair(): CertificatePair {
    return this.#pair;
  }

  /** Looks at the files from time to time; `onChange` gets each new pair. */
  follow(onChange: (pair: CertificatePair) => void): void {
    this.#cancelTimer ??= this.#tools.clock.every(CHECK_INTERVAL_MS, () => this.#look(onChange));
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #look(onChange: (pair: CertificatePair) => void): void {
    const { log, metrics } = this.#tools;
    try {
      const pair = readPair(this.#config);
      this.#lastFault = '';
      if (pair.cert.equals(this.#pair.cert) && pair.key.equals(this.#pair.key)) return;
      onChange(pair);
      this.#pair = pair;
      this.#tellExpiry();
      metrics.certificateRead('ok');
      log.info({ validTo: new X509Certificate(pair.cert).validTo }, 'certificate changed');
    } catch (error) {
      const { code, message } = toAgentError(error);
      if (message === this.#lastFault) return;
      this.#lastFault = message;
      metrics.certificateRead('failed');
      log.error({ code, reason: message }, 'new certificate not taken, the old one stays');
    }
  }

  #tellExpiry(): void {
    const { validTo } = new X509Certificate(this.#pair.cert);
    this.#tools.metrics.certificateExpires(Date.parse(validTo) / 1000);
  }
}

function readPair({ certFile, keyFile }: Config['server']['tls']): CertificatePair {
  try {
    const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    createSecureContext(pair);
    return pair;
  } catch (error) {
    throw invalidPair(error as Error, certFile, keyFile);
  }
}

/** OpenSSL's message names what is wrong and holds nothing of the key. */
function invalidPair(cause: Error, certFile: string, keyFile: string): AgentError {
  const expected = 'server.tls.certFile, server.tls.keyFile: expected a PEM certificate and its private key';
  const message = `${expected}; got "${certFile}" and "${keyFile}" (${cause.message}).`;
  return new AgentError('TLS_INVALID', message, { cause });
}
