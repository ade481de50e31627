import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { machineName } from '../../agent/server/machine-name.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const ID = '0123456789abcdef0123456789abcdef';
const info = { netmask: '', cidr: null, family: 'IPv4', address: '192.0.2.7' } as const;
const wired = { eth0: [{ ...info, mac: '02:42:ac:11:00:02', internal: false }] };
const wireless = { wlan0: [{ ...info, mac: '02:42:ac:11:00:03', internal: false }] };

test('a machine with an id has one name whatever its network, which does not tell the id', (t) => {
  const idFile = join(temporaryFolder(t), 'machine-id');
  writeFileSync(idFile, `${ID}\n`);
  const name = machineName({ idFile, interfaces: wired });
  assert.match(name, /^[0-9a-f]{12}$/);
  assert.ok(!ID.includes(name));
  assert.equal(machineName({ idFile, interfaces: wireless }), name);
  assert.equal(machineName({ idFile, interfaces: {} }), name);
});

test('without an id it is the first hardware address, without one the name of the host', (t) => {
  const idFile = join(temporaryFolder(t), 'machine-id');
  const loopback = { lo: [{ ...info, mac: '00:00:00:00:00:00', internal: true }] };
  assert.equal(machineName({ idFile, interfaces: { ...loopback, ...wired } }), '0242ac110002');
  for (const unset of ['', 'uninitialized\n']) {
    writeFileSync(idFile, unset);
    assert.equal(machineName({ idFile, interfaces: wireless }), '0242ac110003');
  }
  assert.equal(machineName({ idFile, interfaces: loopback }), hostname());
});
