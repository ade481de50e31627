/**
 * Where the connection to the daemon stands. `attempt` counts the failures in a row.
 *
 * @typedef {{ name: 'idle' }
 *   | { name: 'connecting', attempt: number }
 *   | { name: 'open', attempt: number }
 *   | { name: 'finishing', attempt: number }
 *   | { name: 'waiting', attempt: number, delayMs: number, code: string }
 *   | { name: 'refused', code: string }} LinkState
 *
 * `lost` says how long the connection had been open and the catalogue code of the reason, where one is known.
 * @typedef {{ type: 'dial' } | { type: 'ready' } | { type: 'retry' } | { type: 'finish' } | { type: 'hang-up' }
 *   | { type: 'lost', openMs: number, code: string }} LinkEvent
 */

/** A connection that held for `steadyMs` starts the count of failures again. */
export const BACK_OFF = { firstMs: 500, factor: 2, longestMs: 15_000, jitter: 0.2, steadyMs: 5000 };

/** Reasons for which trying again by itself would only annoy: a person has to do something first. */
const NEEDS_A_PERSON = new Set([
  'UNAUTHORIZED',
  'TOKEN_EXPIRED',
  'SCOPE_MISSING',
  'ORIGIN_FORBIDDEN',
  'MICROPHONE_DISABLED',
  'NOT_FOUND',
  'MESSAGE_INVALID',
  'MESSAGE_TOO_LARGE',
  'TOO_MANY_ERRORS',
]);

/** @type {LinkState} */
const IDLE = { name: 'idle' };

/**
 * The next state of the connection. Pure: chance is handed in.
 * @param {LinkState} state
 * @param {LinkEvent} event
 * @param {number} chance 0 to 1, spreads the pauses of many clients
 * @returns {LinkState}
 */
export function nextLinkState(state, event, chance) {
  switch (event.type) {
    case 'dial':
      return { name: 'connecting', attempt: 0 };
    case 'hang-up':
      return IDLE;
    case 'retry':
      return state.name === 'waiting' ? { name: 'connecting', attempt: state.attempt } : state;
    case 'ready':
      return state.name === 'connecting' ? { name: 'open', attempt: state.attempt } : state;
    case 'finish':
      return state.name === 'open' ? { name: 'finishing', attempt: state.attempt } : state;
    case 'lost':
      return afterLoss(state, event, chance);
  }
}

/**
 * @param {LinkState} state
 * @param {{ openMs: number, code: string }} loss
 * @param {number} chance
 * @returns {LinkState}
 */
function afterLoss(state, loss, chance) {
  if (state.name !== 'connecting' && state.name !== 'open' && state.name !== 'finishing') return state;
  if (NEEDS_A_PERSON.has(loss.code)) return { name: 'refused', code: loss.code };
  const failures = loss.openMs >= BACK_OFF.steadyMs ? 0 : state.attempt;
  return {
    name: 'waiting',
    attempt: failures + 1,
    delayMs: pauseMs(failures, chance),
    code: loss.code,
  };
}

/**
 * @param {number} failures before this one
 * @param {number} chance 0 to 1
 */
function pauseMs(failures, chance) {
  const pause = Math.min(BACK_OFF.longestMs, BACK_OFF.firstMs * BACK_OFF.factor ** failures);
  return Math.round(pause * (1 + BACK_OFF.jitter * (2 * chance - 1)));
}
