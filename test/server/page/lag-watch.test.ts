import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LagWatch } from '../../../agent/server/page/lag-watch.js';

/** What is seen in so many seconds of speech, of which `speed` of a second arrives in each. */
function* looks(seconds: number, speed: number, from = { behind: 0, arrived: 0 }) {
  for (let second = 1; second <= seconds; second += 1) {
    yield {
      behind: from.behind + second * (1 - speed),
      arrived: from.arrived + second * speed,
      daemonMs: 40,
    };
  }
}

test('a slow network is told of from five seconds on, with how late the sound is', () => {
  const watch = new LagWatch();
  const lags = [...looks(20, 0.5)].map((look) => watch.look(look));
  assert.deepEqual(lags.slice(0, 9), Array(9).fill(undefined));
  assert.deepEqual(lags[9], { seconds: 5, cause: 'network' });
  assert.deepEqual(lags[19], { seconds: 10, cause: 'network' });
});

test('it is told of until next to nothing is left', () => {
  const watch = new LagWatch();
  for (const look of looks(20, 0.5)) watch.look(look);
  const lags = [...looks(9, 2, { behind: 10, arrived: 10 })].map((look) => watch.look(look)?.seconds);
  assert.deepEqual(lags, [9, 8, 7, 6, 5, 4, 3, 2, undefined]);
});

test('a connection that catches up after an outage is not slow', () => {
  const watch = new LagWatch();
  const lags = [...looks(30, 2, { behind: 32, arrived: 0 })].map((look) => watch.look(look));
  assert.deepEqual(lags, Array(30).fill(undefined));
});

test('a daemon that reads nothing, or is behind with what has arrived, is not taken for a slow network', () => {
  const loads = new LagWatch();
  assert.equal([...looks(20, 0)].map((look) => loads.look(look)).at(-1)?.cause, 'daemon');
  const busy = new LagWatch();
  const slow = [...looks(20, 0.5)].map((look) => busy.look({ ...look, daemonMs: 5000 }));
  assert.equal(slow.at(-1)?.cause, 'daemon');
});

test('what was seen of a connection is forgotten with it', () => {
  const watch = new LagWatch();
  for (const look of looks(20, 0.5)) watch.look(look);
  watch.forget();
  assert.equal(watch.look({ behind: 12, arrived: 10, daemonMs: 40 }), undefined);
});
