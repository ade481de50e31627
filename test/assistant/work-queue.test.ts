import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeliveryOutcome, type WorkContext, WorkQueue } from '../../agent/assistant/work-queue.ts';
import { type Deferred, deferred } from '../support/deferred.ts';
import { FakeClock } from '../support/fake-clock.ts';

interface Setup {
  readonly queue: WorkQueue<number>;
  readonly clock: FakeClock;
  readonly outcomes: DeliveryOutcome[];
  /** What was begun, in order. */
  readonly begun: {
    readonly item: number;
    readonly end: Deferred<DeliveryOutcome>;
    readonly context: WorkContext;
  }[];
}

function setUp(limits: { concurrency?: number; queueLimit?: number; maxAgeMs?: number } = {}): Setup {
  const clock = new FakeClock();
  const outcomes: DeliveryOutcome[] = [];
  const begun: Setup['begun'] = [];
  const queue = new WorkQueue<number>({
    ...{ concurrency: 1, queueLimit: 3, maxAgeMs: 1000, ...limits },
    clock,
    run: (item, context) => {
      const end = deferred<DeliveryOutcome>();
      begun.push({ item, end, context });
      return end.promise;
    },
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  return { queue, clock, outcomes, begun };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('deliveries are begun in order, so many at once', async () => {
  const { queue, begun, outcomes } = setUp({ concurrency: 2 });
  for (const item of [1, 2, 3]) queue.push(item);
  assert.deepEqual([begun.map(({ item }) => item), queue.length], [[1, 2], 3]);
  begun[1]?.end.resolve('failed');
  await turn();
  assert.deepEqual([begun.map(({ item }) => item), queue.length], [[1, 2, 3], 2]);
  assert.deepEqual(outcomes, ['failed']);
});

test('when too many wait the oldest is dropped', async () => {
  const { queue, begun, outcomes } = setUp();
  for (let item = 0; item < 1000; item++) queue.push(item);
  assert.equal(queue.length, 4);
  assert.equal(outcomes.filter((outcome) => outcome === 'dropped').length, 996);
  for (let done = 0; done < 4; done++) {
    begun[done]?.end.resolve('done');
    await turn();
  }
  assert.deepEqual(
    begun.map(({ item }) => item),
    [0, 997, 998, 999],
  );
});

test('what has waited too long is not begun', async () => {
  const { queue, begun, clock, outcomes } = setUp();
  queue.push(1);
  queue.push(2);
  clock.advance(1001);
  queue.push(3);
  begun[0]?.end.resolve('done');
  await turn();
  assert.deepEqual(
    begun.map(({ item }) => item),
    [1, 3],
  );
  assert.deepEqual(outcomes, ['done', 'expired']);
});

test('the time that the machine sleeps makes what waits older', async () => {
  const { queue, begun, clock, outcomes } = setUp();
  for (const item of [1, 2]) queue.push(item);
  clock.sleep(8 * 3_600_000);
  queue.push(3);
  begun[0]?.end.resolve('done');
  await turn();
  assert.deepEqual(
    [begun.map(({ item }) => item), outcomes],
    [
      [1, 3],
      ['done', 'expired'],
    ],
  );
});

test('at the end what is there is still delivered, nothing is taken any more', async () => {
  const { queue, begun, outcomes, clock } = setUp();
  queue.push(1);
  queue.push(2);
  const closed = queue.close(500);
  queue.push(3);
  for (const index of [0, 1]) {
    begun[index]?.end.resolve('done');
    await turn();
  }
  await closed;
  await queue.close(500);
  assert.deepEqual([outcomes, clock.pendingTimers], [['done', 'done'], 0]);
});

test('after the grace time what runs is aborted and what waits is dropped', async () => {
  const { queue, begun, outcomes, clock } = setUp();
  queue.push(1);
  queue.push(2);
  const closed = queue.close(500);
  begun[0]?.context.signal.addEventListener('abort', () => begun[0]?.end.resolve('failed'));
  clock.advance(500);
  await closed;
  assert.deepEqual(outcomes, ['failed', 'dropped']);
});

test('a delivery that does not heed the abort does not hold up the end', async () => {
  const { queue, begun, clock } = setUp();
  queue.push(1);
  const closed = queue.close(500);
  clock.advance(500);
  await turn();
  assert.equal(begun[0]?.context.signal.aborted, true);
  clock.advance(2000);
  await closed;
});
