import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { configSchema } from '../../agent/config.ts';
import { SILENT_LOGGER } from '../../agent/logger.ts';
import { Metrics } from '../../agent/metrics.ts';
import { NO_MICROPHONE } from '../../agent/server/hub.ts';
import { NATIVE_STREAM } from '../../agent/server/protocols/native.ts';
import { ResumableSessions } from '../../agent/server/resumable-sessions.ts';
import type { Transport, TransportEvents } from '../../agent/server/transport.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A wire that carries nothing and can be cut. */
class DeadWire implements Transport {
  readonly bufferedAmount = 0;
  readonly isPaused = false;
  #events: TransportEvents | null = null;

  listen(events: TransportEvents): void {
    this.#events = events;
  }

  cut(): void {
    this.#events?.closed(1006);
  }

  send(): void {}
  pause(): void {}
  resume(): void {}
  close(): void {}
  terminate(): void {}
}

/** Sessions of these addresses, cut in this order; which of them are over then. */
function lost(addresses: readonly string[], maxDetached: number): number[] {
  const { server: config } = configSchema.parse({ server: { maxDetached } });
  const metrics = new Metrics({ version: 'test', engine: () => null, microphone: () => NO_MICROPHONE });
  const context = { config, clock: new FakeClock(), log: SILENT_LOGGER, metrics };
  const sessions = new ResumableSessions(context);
  const over: number[] = [];
  const wires = addresses.map((address, index) => {
    const wire = new DeadWire();
    const words = NATIVE_STREAM.resumeWords!;
    const transport = sessions.open(wire, { session: `s${index}`, address, accessToken: '', words });
    transport.listen({
      message() {},
      alive() {},
      ping() {},
      unreadable() {},
      broken() {},
      closed: () => over.push(index),
    });
    return wire;
  });
  for (const wire of wires) wire.cut();
  return over;
}

test('at the bound the address that has most gives way, and of its sessions the one that waits longest', () => {
  assert.deepEqual(lost(['own', 'many', 'many', 'many'], 3), [1]);
  assert.deepEqual(lost(['many', 'many', 'many', 'own'], 3), [0]);
  assert.deepEqual(lost(['many', 'many', 'own', 'many', 'many'], 3), [0, 1]);
});

test('where all have as many the one that waits longest is given up', () => {
  assert.deepEqual(lost(['a', 'b', 'c'], 2), [0]);
  assert.deepEqual(lost(['same', 'same', 'same', 'same'], 2), [0, 1]);
});

test('who has no more than a fair share of the places loses none', () => {
  const address = fc.constantFrom('own', 'x', 'y');
  fc.assert(
    fc.property(fc.array(address, { maxLength: 40 }), (addresses) => {
      const own = addresses.flatMap((one, index) => (one === 'own' ? [index] : []));
      fc.pre(own.length <= 3);
      const over = lost(addresses, 9);
      assert.equal(over.length, Math.max(0, addresses.length - 9));
      assert.ok(!over.some((index) => own.includes(index)));
    }),
  );
});
