import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './tiny-bundle.ts';

/** Why tests that need a certificate are skipped; false when one can be made. */
export const lacksOpenssl =
  spawnSync('openssl', ['version']).status === 0 ? (false as const) : 'openssl is not installed';

/** Files with a key and a certificate for 127.0.0.1 that vouches for itself, of a day. */
export function makeCertificate(t: TestContext): { readonly keyFile: string; readonly certFile: string } {
  const folder = temporaryFolder(t);
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-days', '1', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', [...request, ...files, ...subject], { stdio: 'ignore' });
  return { keyFile, certFile };
}
