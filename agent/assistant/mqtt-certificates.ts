import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Config } from '../config.ts';
import { AgentError, toAgentError } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** What a connection to a broker is secured with, PEM; absent where no file is configured. */
export interface MqttCertificateFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const SETTINGS = { ca: 'caFile', cert: 'certFile', key: 'keyFile' } as const;

/** The certificates for a broker. Short-lived ones are renewed while the daemon runs. */
export class MqttCertificates {
  readonly #settings: Config['mqtt'];
  readonly #log: Logger;
  #files: MqttCertificateFiles;
  /** A fault is told once, not at every attempt to connect. */
  #lastFault = '';

  /** @throws {AgentError} `CONFIG_INVALID` when a file can not be read or used */
  constructor(settings: Config['mqtt'], log: Logger) {
    this.#settings = settings;
    this.#log = log;
    this.#files = readFiles(settings);
  }

  /** Those that the files hold now; while they can not be used, those that could. */
  read(): MqttCertificateFiles {
    try {
      this.#files = readFiles(this.#settings);
      this.#lastFault = '';
    } catch (error) {
      this.#tell(toAgentError(error));
    }
    return this.#files;
  }

  #tell({ code, message }: AgentError): void {
    if (message === this.#lastFault) return;
    this.#lastFault = message;
    this.#log.error({ code, reason: message }, 'new mqtt certificates not taken, the old ones stay');
  }
}

function readFiles(settings: Config['mqtt']): MqttCertificateFiles {
  const entries = Object.entries(SETTINGS).flatMap(([name, setting]) => {
    const path = settings[setting];
    return path === '' ? [] : [[name, readPem(setting, path)] as const];
  });
  const files: MqttCertificateFiles = Object.fromEntries(entries);
  checkUse(files);
  return files;
}

function readPem(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(setting, path, error as NodeJS.ErrnoException);
  }
}

/** What can not be used would be thrown where the library connects again, and end the daemon. */
function checkUse(files: MqttCertificateFiles): void {
  try {
    createSecureContext(files);
  } catch (error) {
    throw unusable(error as Error);
  }
}

function unreadable(setting: string, path: string, cause: NodeJS.ErrnoException): AgentError {
  const message = `mqtt.${setting}: expected a PEM file that can be read; got ${path} (${cause.code}).`;
  return new AgentError('CONFIG_INVALID', message, { cause });
}

/** OpenSSL's message names what is wrong and holds nothing of the key. */
function unusable(cause: Error): AgentError {
  const expected = 'mqtt.caFile, mqtt.certFile, mqtt.keyFile: expected PEM certificates and the private key';
  return new AgentError('CONFIG_INVALID', `${expected}; got others (${cause.message}).`, { cause });
}
