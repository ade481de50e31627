import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutgoingLog } from '../../agent/client/outgoing-log.ts';
import { SettingsLog } from '../../agent/client/settings-log.ts';

test('the server is behind with what it is asked for until that has arrived, but not with acknowledgements', () => {
  const log = new OutgoingLog(1000, new SettingsLog());
  assert.equal(log.isBehind, false);
  log.push('audio', new Uint8Array(4));
  assert.equal(log.isBehind, true);
  log.next();
  log.acknowledge(1);
  log.push('ack', '{}');
  assert.equal(log.isBehind, false);
  log.push('flush', '{}');
  assert.equal(log.isBehind, true);
});

test('what was cleared is not kept: nothing is sent, and nothing waits', () => {
  const log = new OutgoingLog(1000, new SettingsLog());
  log.push('audio', new Uint8Array(4));
  log.push('audio', new Uint8Array(4));
  log.next();
  log.clear();
  assert.equal(log.next(), undefined);
  assert.equal(log.pendingBytes, 0);
});
