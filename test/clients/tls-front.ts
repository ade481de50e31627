import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer } from 'node:tls';
import { makeCertificate } from '../support/certificate.ts';

/** Takes TLS connections with a certificate of its own and hands their bytes on; returns its port. */
export async function startTlsFront(t: TestContext, targetPort: number): Promise<number> {
  const { keyFile, certFile } = makeCertificate(t);
  const options = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
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
