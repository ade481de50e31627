import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../../agent/server/outbox.ts';
import type { Frame } from '../../agent/server/protocols/protocol.ts';
import type { DroppableType } from '../../agent/server/server-metrics.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A socket whose reader reads only when the test says so. */
class StuckSocket {
  readonly sent: Frame[] = [];
  readonly #unread: { size: number; done: () => void }[] = [];

  get bufferedAmount(): number {
    return this.#unread.reduce((sum, { size }) => sum + size, 0);
  }

  send(frame: Frame, done: () => void): void {
    this.sent.push(frame);
    this.#unread.push({ size: frame.length, done });
  }

  read(frames: number): void {
    for (const { done } of this.#unread.splice(0, frames)) done();
  }
}

function setUp() {
  const socket = new StuckSocket();
  const clock = new FakeClock();
  const dropped: DroppableType[] = [];
  const full: boolean[] = [];
  let slow = 0;
  const outbox = new Outbox({
    socket,
    clock,
    sendBufferBytes: 10,
    drainTimeoutMs: 1000,
    onFull: (isFull) => full.push(isFull),
    onSlow: () => slow++,
    onDrop: (type) => dropped.push(type),
  });
  return { socket, clock, dropped, outbox, full, slowCalls: () => slow };
}

const LONG = 'twelve bytes';

test('everything is sent at once to a client that reads', () => {
  const { socket, outbox } = setUp();
  outbox.sendDroppable('partial', ['p1']);
  outbox.send(['final']);
  assert.deepEqual(socket.sent, ['p1', 'final']);
});

test('of the partials for a slow reader only the newest is sent, when it has caught up', () => {
  const { socket, outbox, dropped } = setUp();
  outbox.send([LONG]);
  for (const partial of ['p1', 'p2', 'p3']) outbox.sendDroppable('partial', [partial]);
  assert.deepEqual(socket.sent, [LONG]);
  socket.read(1);
  assert.deepEqual(socket.sent, [LONG, 'p3']);
  assert.deepEqual(dropped, ['partial', 'partial']);
});

test('finals go out however slow the reader is', () => {
  const { socket, outbox } = setUp();
  outbox.send([LONG]);
  outbox.send(['final 1']);
  outbox.send(['final 2']);
  assert.deepEqual(socket.sent, [LONG, 'final 1', 'final 2']);
});

test('a superseded partial is never sent', () => {
  const { socket, outbox, dropped } = setUp();
  outbox.send([LONG]);
  outbox.sendDroppable('partial', ['p1']);
  outbox.sendDroppable('level', ['l1']);
  outbox.supersede('partial');
  outbox.send(['f']);
  socket.read(2);
  assert.deepEqual(socket.sent, [LONG, 'f', 'l1']);
  assert.deepEqual(dropped, ['partial']);
});

test('a reader that stays over the limit for the drain time is given up, once', () => {
  const { clock, outbox, slowCalls } = setUp();
  outbox.send([LONG]);
  clock.advance(999);
  outbox.send([LONG]);
  assert.equal(slowCalls(), 0);
  clock.advance(1);
  assert.equal(slowCalls(), 1);
  clock.advance(5000);
  assert.equal(slowCalls(), 1);
});

test('a reader that catches up in time starts anew', () => {
  const { socket, clock, outbox, slowCalls } = setUp();
  outbox.send([LONG]);
  clock.advance(900);
  socket.read(1);
  outbox.send([LONG]);
  clock.advance(900);
  assert.equal(slowCalls(), 0);
  clock.advance(100);
  assert.equal(slowCalls(), 1);
});

test('nothing is sent and no timer runs after close', () => {
  const { socket, clock, outbox } = setUp();
  outbox.send([LONG]);
  outbox.sendDroppable('partial', ['p1']);
  outbox.close();
  outbox.close();
  outbox.send(['late']);
  socket.read(1);
  assert.deepEqual(socket.sent, [LONG]);
  assert.equal(clock.pendingTimers, 0);
});

test('it tells once when too much waits, and once when that is over', () => {
  const { socket, outbox, full } = setUp();
  outbox.send(['short']);
  assert.deepEqual(full, []);
  outbox.send([LONG]);
  outbox.send([LONG, LONG]);
  assert.deepEqual(full, [true]);
  socket.read(3);
  assert.deepEqual(full, [true]);
  socket.read(1);
  assert.deepEqual(full, [true, false]);
});
