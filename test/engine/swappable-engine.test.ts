import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SwappableEngine } from '../../agent/engine/swappable-engine.ts';
import { FakeEngine } from '../support/fake-engine.ts';

const HALF_SECOND = new Int16Array(8000);

test('after a swap new streams get the new engine; the old one is closed when its last stream has ended', async () => {
  const [first, second] = [new FakeEngine(), new FakeEngine()];
  const engine = new SwappableEngine(first);
  const early = engine.createStream();
  const swapped = engine.swap(second);
  assert.ok(engine.isSwapping);
  engine.createStream();
  assert.deepEqual([first.streams.length, second.streams.length], [1, 1]);
  early.acceptPcm(HALF_SECOND);
  assert.equal(first.closed, false);
  early.finish();
  await swapped;
  assert.deepEqual([first.closed, second.closed, engine.isSwapping], [true, false, false]);
  const types: string[] = [];
  for await (const { type } of early) types.push(type);
  assert.deepEqual(types, ['speech-start', 'partial', 'final', 'speech-end']);
});

test('counts go on over swaps, and what is open is that of both engines', async () => {
  const engine = new SwappableEngine(new FakeEngine());
  for (let swaps = 0; swaps < 3; swaps++) {
    const stream = engine.createStream();
    stream.acceptPcm(HALF_SECOND);
    const swapped = engine.swap(new FakeEngine());
    assert.deepEqual([engine.stats().streams, engine.stats().workers], [1, 2]);
    stream.finish();
    await swapped;
    const { audioSeconds, streams, workers } = engine.stats();
    assert.deepEqual([audioSeconds, streams, workers], [(swaps + 1) / 2, 0, 1]);
  }
});

test('to close it closes the old engine too', async () => {
  const [first, second] = [new FakeEngine(), new FakeEngine()];
  const engine = new SwappableEngine(first);
  engine.createStream();
  const swapped = engine.swap(second);
  await engine.close();
  await swapped;
  assert.deepEqual([first.closed, second.closed], [true, true]);
});
