import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACK_OFF, nextLinkState } from '../../../agent/server/page/link-state.js';

type State = Parameters<typeof nextLinkState>[0];
type Event = Parameters<typeof nextLinkState>[1];

const MIDDLE = 0.5;
const lost = (code = 'SERVER_GONE', openMs = 0): Event => ({ type: 'lost', code, openMs });

function run(events: readonly Event[], from: State = { name: 'idle' }): State {
  return events.reduce((state, event) => nextLinkState(state, event, MIDDLE), from);
}

test('a connection opens, is asked for the last words and ends', () => {
  assert.equal(run([{ type: 'dial' }]).name, 'connecting');
  assert.equal(run([{ type: 'dial' }, { type: 'ready' }]).name, 'open');
  assert.equal(run([{ type: 'dial' }, { type: 'ready' }, { type: 'finish' }]).name, 'finishing');
  assert.equal(run([{ type: 'dial' }, { type: 'ready' }, { type: 'hang-up' }]).name, 'idle');
});

test('the pauses between attempts double up to a limit', () => {
  const pauses: number[] = [];
  let state = run([{ type: 'dial' }]);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    state = nextLinkState(state, lost(), MIDDLE);
    if (state.name === 'waiting') pauses.push(state.delayMs);
    state = nextLinkState(state, { type: 'retry' }, MIDDLE);
  }
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test('chance spreads the pauses', () => {
  const first = (chance: number) => nextLinkState({ name: 'connecting', attempt: 0 }, lost(), chance);
  const pause = (chance: number) => {
    const state = first(chance);
    return state.name === 'waiting' ? state.delayMs : 0;
  };
  assert.equal(pause(0), BACK_OFF.firstMs * (1 - BACK_OFF.jitter));
  assert.equal(pause(1), BACK_OFF.firstMs * (1 + BACK_OFF.jitter));
});

test('a connection that held long enough starts the count of failures again', () => {
  const open: State = { name: 'open', attempt: 4 };
  const short = nextLinkState(open, lost('SERVER_GONE', BACK_OFF.steadyMs - 1), MIDDLE);
  const long = nextLinkState(open, lost('SERVER_GONE', BACK_OFF.steadyMs), MIDDLE);
  assert.equal(short.name === 'waiting' && short.attempt, 5);
  assert.equal(long.name === 'waiting' && long.attempt, 1);
});

test('what only a person can mend is not tried again', () => {
  const needsPerson = [
    'UNAUTHORIZED',
    'TOKEN_EXPIRED',
    'SCOPE_MISSING',
    'ORIGIN_FORBIDDEN',
    'MICROPHONE_DISABLED',
  ];
  for (const code of needsPerson) {
    assert.deepEqual(run([{ type: 'dial' }, lost(code)]), { name: 'refused', code });
  }
  for (const code of ['TOO_MANY_CLIENTS', 'ADDRESS_LIMIT', 'OVERLOADED', 'DRAINING']) {
    assert.equal(run([{ type: 'dial' }, lost(code)]).name, 'waiting', code);
  }
});

test('a connection lost while it finishes is opened again for the rest', () => {
  assert.equal(run([{ type: 'dial' }, { type: 'ready' }, { type: 'finish' }, lost()]).name, 'waiting');
});

test('what comes too late changes nothing', () => {
  assert.equal(run([{ type: 'hang-up' }, lost()]).name, 'idle');
  assert.equal(run([{ type: 'retry' }]).name, 'idle');
  assert.equal(run([{ type: 'ready' }]).name, 'idle');
  assert.equal(run([{ type: 'finish' }]).name, 'idle');
});
