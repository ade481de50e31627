import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { AddressCounts } from '../../agent/server/address-counts.ts';
import { networkOf } from '../../agent/server/address-network.ts';
import { AudioAllowance } from '../../agent/server/audio-allowance.ts';
import { FakeClock } from '../support/fake-clock.ts';

const [ONE, SAME_NETWORK, OTHER_NETWORK] = ['2001:db8:0:1::1', '2001:db8:0:1:a:b:c:d', '2001:db8:0:2::1'];

test('the network of an address is its /64, and an IPv4 address is one', () => {
  for (const [address, network] of [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    [ONE, '2001:db8:0:1::/64'],
    [SAME_NETWORK, '2001:db8:0:1::/64'],
    ['2001:DB8:0:1:A::', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001::1:2:3:4:5:6', '2001:0:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1:2%eth0', 'fe80:0:0:0::/64%eth0'],
    ['', ''],
  ] as const) {
    assert.equal(networkOf(address), network, address);
  }
});

test('who changes the address within a network stays counted as one', () => {
  const counts = new AddressCounts();
  counts.add(ONE);
  counts.add(SAME_NETWORK);
  counts.add('192.0.2.1');
  assert.deepEqual(
    [ONE, OTHER_NETWORK, '192.0.2.2'].map((address) => counts.of(address)),
    [2, 0, 0],
  );
  counts.remove(ONE);
  counts.remove(ONE);
  assert.equal(counts.of(SAME_NETWORK), 0);
});

test('the audio of a network is that of all its addresses', () => {
  const { limits } = configSchema.parse({ server: { limits: { addressAudioSecondsPerMinute: 10 } } }).server;
  const allowance = new AudioAllowance(() => limits, new FakeClock());
  allowance.take(ONE, 6);
  allowance.take(SAME_NETWORK, 6);
  assert.throws(() => allowance.check('2001:db8:0:1::ffff'), { code: 'AUDIO_LIMIT' });
  allowance.check(OTHER_NETWORK);
});
