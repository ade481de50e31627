import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createServer } from 'node:tls';
import { temporaryFolder } from '../support/tiny-bundle.ts';

/** Why tests that need a certificate are skipped; false when one can be made. */
export const lacksOpenssl =
  spawnSync('openssl', ['version']).status === 0 ? (false as const) : 'openssl is not installed';

/** Takes TLS connections with a certificate of its own and hands their bytes on; returns its port. */
export async function startTlsFront(t: TestContext, targetPort: number): Promise<number> {
  const folder = temporaryFolder(t);
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', key, '-out', cert, '-days', '1', '-subj', '/CN=127.0.0.1'];
  execFileSync('openssl', [...request, ...files], { stdio: 'ignore' });
  const options = { key: readFileSync(key), cert: readFileSync(cert) };
  const server = createServer(options, (client) => {
    const target = connect(targetPort, '127.0.0.1');
    client.pipe(target).pipe(client);
    for (const socket of [client, target]) {
      socket.on('error', () => {
        client.destroy();
        target.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}
