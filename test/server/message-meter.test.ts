import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { MessageMemory } from '../../agent/server/message-memory.ts';
import { MessageMeter } from '../../agent/server/message-meter.ts';

/** Meters of connections that share 100 bytes, each with 10 of its own. */
function setUp() {
  const memory = new MessageMemory(100);
  return () => {
    const wire = new PassThrough();
    const meter = new MessageMeter(wire, memory, 10);
    let isFull = false;
    meter.start(() => {
      isFull = true;
    });
    const read = (bytes: number): boolean => {
      wire.emit('data', new Uint8Array(bytes));
      return !isFull;
    };
    return { meter, read };
  };
}

test('what a message has beyond its own bytes is taken from all, however it is cut', () => {
  const create = setUp();
  const one = create();
  for (let count = 0; count < 11; count++) assert.ok(one.read(10));
  assert.ok(!one.read(1));
  assert.ok(create().read(10), 'short messages need none of it');
  assert.ok(!create().read(11));
});

test('the memory of a message is given back when more is read behind it', () => {
  const create = setUp();
  const [one, other] = [create(), create()];
  assert.ok(one.read(100));
  one.meter.messageEnded();
  assert.ok(!create().read(50));
  assert.ok(one.read(1));
  assert.ok(other.read(110));
});

test('the memory of a message is given back once when its connection ends', () => {
  const create = setUp();
  const one = create();
  assert.ok(one.read(60));
  one.meter.stop();
  one.meter.stop();
  const other = create();
  assert.ok(other.read(110));
  assert.ok(!other.read(1));
});
