import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mendAfter } from '../../agent/client/mend.ts';
import { AgentError, type ErrorCode } from '../../agent/errors.ts';

const request = { url: 'ws://127.0.0.1:2750/v1/stream' };

function mend(code: ErrorCode, wishes: object = {}): string | null {
  return mendAfter(new AgentError(code, ''), true, 0, { ...request, ...wishes });
}

test('a cut is mended by resuming, what the server ends by a new session, and what would come again by nothing', () => {
  assert.equal(mend('SERVER_UNREACHABLE'), 'resume');
  assert.equal(mend('NOT_FOUND'), 'resume', 'the server was there');
  for (const code of ['IDLE_TIMEOUT', 'SLOW_CLIENT', 'AUDIO_LIMIT', 'ADDRESS_LIMIT', 'OVERLOADED'] as const) {
    assert.equal(mend(code), 'restart', code);
    assert.equal(mend(code, { restart: false }), null, code);
  }
  for (const code of ['UNAUTHORIZED', 'MESSAGE_TOO_LARGE', 'TOO_MANY_ERRORS', 'INTERNAL'] as const) {
    assert.equal(mend(code), null, code);
  }
});
