import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { AgentError } from '../../agent/errors.ts';
import { SILENT_LOGGER } from '../../agent/logger.ts';
import { Metrics } from '../../agent/metrics.ts';
import { Connection } from '../../agent/server/connection.ts';
import { NO_MICROPHONE } from '../../agent/server/hub.ts';
import { NATIVE_STREAM } from '../../agent/server/protocols/native.ts';
import type { Frame } from '../../agent/server/protocols/protocol.ts';
import type { Transport } from '../../agent/server/transport.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A wire whose other side reads when the test says so. */
class FakeTransport implements Transport {
  readonly calls: string[] = [];
  bufferedAmount = 0;
  /** As that of a session whose client is away. */
  isPaused = false;
  #unread: (() => void)[] = [];

  listen(): void {}
  send(frame: Frame, done: () => void): void {
    this.bufferedAmount += frame.length;
    this.#unread.push(done);
  }
  read(): void {
    this.bufferedAmount = 0;
    for (const done of this.#unread.splice(0)) done();
  }
  pause(): void {
    this.calls.push('pause');
  }
  resume(): void {
    this.calls.push('resume');
  }
  close(): void {
    this.calls.push('close');
  }
  terminate(): void {}
}

function open() {
  const transport = new FakeTransport();
  const clock = new FakeClock();
  const connection = new Connection(
    'id',
    transport,
    { protocol: NATIVE_STREAM, codec: NATIVE_STREAM.createCodec(new URLSearchParams()) },
    {
      config: configSchema.parse({ server: { sendBufferBytes: 100 } }).server,
      clock,
      log: SILENT_LOGGER,
      metrics: new Metrics({ version: 'test', engine: () => null, microphone: () => NO_MICROPHONE }),
    },
  );
  return { transport, connection, clock };
}

test('a session whose client is away is paused for the client that comes back', () => {
  const { transport, connection } = open();
  transport.isPaused = true;
  connection.pause();
  assert.deepEqual(transport.calls, ['pause']);
  connection.resume();
  assert.deepEqual(transport.calls, ['pause', 'resume']);
});

test('it reads again when the session takes more and the client has read what there was', () => {
  const { transport, connection } = open();
  connection.pause();
  connection.sendFrames(['x'.repeat(200)]);
  connection.resume();
  assert.deepEqual(transport.calls, ['pause']);
  transport.read();
  assert.deepEqual(transport.calls, ['pause', 'resume']);
  connection.sendFrames(['x'.repeat(200)]);
  connection.close(1000);
  assert.deepEqual(transport.calls, ['pause', 'resume', 'pause', 'resume', 'close']);
});

test('a wish that can not be fulfilled is forgiven twenty times a minute; more of them count as bad messages', () => {
  const { transport, connection, clock } = open();
  connection.start({ onCommand() {}, onClosed() {} });
  const refuse = (times: number) => {
    for (let i = 0; i < times; i += 1) {
      connection.reject(new AgentError('GRAMMAR_TOO_LARGE', 'no'));
      transport.read();
    }
  };
  for (let minute = 0; minute < 20; minute += 1) {
    refuse(20);
    clock.advance(61_000);
  }
  refuse(29);
  assert.equal(connection.isOpen, true);
  refuse(1);
  assert.equal(connection.isOpen, false);
  assert.ok(transport.calls.includes('close'));
});
