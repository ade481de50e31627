import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { checkPort } from '../../agent/cli/port-check.ts';
import { daemonAddress, localAddress } from '../../agent/cli/server-address.ts';
import { type Config, configSchema } from '../../agent/config.ts';

const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
const lacksIpv6 = addresses.some(({ address }) => address === '::1') ? false : 'this machine has no IPv6';

function configAt(host: string, port = 2750): Config {
  return configSchema.parse({ server: { host, port } });
}

for (const [host, expected] of [
  ['127.0.0.1', '127.0.0.1:2750'],
  ['0.0.0.0', '127.0.0.1:2750'],
  ['::1', '[::1]:2750'],
  ['fd00::7', '[fd00::7]:2750'],
  ['kitchen', 'kitchen:2750'],
] as const) {
  test(`a daemon that listens at ${host} is asked at ${expected}`, () => {
    assert.equal(localAddress({ host, port: 2750 }), expected);
    assert.equal(daemonAddress(undefined, configAt(host)), `http://${expected}`);
  });
}

for (const [what, loopback, expected] of [
  ['without IPv4', ['::1'], '[::1]:2750'],
  ['with both', ['127.0.0.1', '::1'], '[::1]:2750'],
  ['whose IPv6 is switched off', ['127.0.0.1'], '127.0.0.1:2750'],
] as const) {
  test(`a daemon that listens at :: is asked at ${expected} on a machine ${what}`, () => {
    const lo = loopback.map((address) => ({ address }) as NetworkInterfaceInfo);
    assert.equal(
      localAddress({ host: '::', port: 2750 }, () => ({ lo })),
      expected,
    );
  });
}

test('what listens at :: is found there, and is told with the address in brackets', {
  skip: lacksIpv6,
}, async (t) => {
  const server = createServer((_, response) => response.end('ok')).listen(0, '::');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { status, detail } = await checkPort(configAt('::', port));
  assert.deepEqual([status, detail], ['ok', `an Earshot daemon runs on [::]:${port}`]);
});
