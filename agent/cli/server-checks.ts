import { X509Certificate } from 'node:crypto';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { Config } from '../config.ts';
import { toAgentError } from '../errors.ts';
import { SILENT_LOGGER } from '../logger.ts';
import { Metrics } from '../metrics.ts';
import { PACKAGE_VERSION } from '../package-info.ts';
import { AccessControl } from '../server/access-control.ts';
import { Certificate } from '../server/certificate.ts';
import { NO_MICROPHONE } from '../server/hub.ts';
import { isLoopback } from '../server/loopback.ts';
import { type Check, failed, notOk, ok } from './doctor-check.ts';

/** Whether the tokens can be read, and whether others could come in without one, as the daemon asks at its start. */
export function checkAccess({ server, wyoming }: Config): Check {
  try {
    const accessControl = AccessControl.create(server);
    accessControl.checkExposure(wyoming);
    if (accessControl.admitsNobody) {
      const detail = `nobody may connect: ${server.tokensFile} holds no token`;
      return notOk('access', { needed: false, detail, mend: tokenMend(server.tokensFile) });
    }
    const who = isLoopback(server.host) ? 'this machine alone' : 'others, as it is configured';
    return ok('access', `${server.host} is for ${who}`);
  } catch (error) {
    const { code, message } = toAgentError(error);
    const isWyoming = code === 'TOKEN_REQUIRED' && message.startsWith('wyoming');
    const mend = isWyoming ? 'set wyoming.host to 127.0.0.1' : tokenMend(server.tokensFile);
    return failed('access', error, mend);
  }
}

function tokenMend(tokensFile: string): string {
  const file = tokensFile === '' ? 'a file, and server.tokensFile to its path' : tokensFile;
  return `write what \`earshot token create NAME\` prints into ${file}`;
}

/** The certificate and its key; nothing when none is configured. */
export function checkCertificate({ server: { tls } }: Config): Check[] {
  const name = 'certificate';
  const metrics = new Metrics({
    version: PACKAGE_VERSION,
    engine: () => null,
    microphone: () => NO_MICROPHONE,
  });
  try {
    const certificate = Certificate.load(tls, { clock: SYSTEM_CLOCK, log: SILENT_LOGGER, metrics });
    if (certificate === null) return [];
    return [ok(name, `${tls.certFile} is valid until ${new X509Certificate(certificate.pair.cert).validTo}`)];
  } catch (error) {
    return [
      failed(name, error, 'set server.tls.certFile and server.tls.keyFile to a pair, or both to nothing'),
    ];
  }
}
