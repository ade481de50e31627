import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextOutput } from '../../agent/cli/listen-output.ts';
import type { FollowEvent } from '../../agent/client/follow-microphone.ts';
import { AgentError } from '../../agent/errors.ts';

function partial(text: string): FollowEvent {
  return { type: 'partial', segment: 0, text, stable: '', start: 0, end: 1 };
}

function final(text: string): FollowEvent {
  return { type: 'final', segment: 0, text, words: [], confidence: 1, start: 0, end: 1, reason: 'endpoint' };
}

function inPipe() {
  const printed: string[] = [];
  const notes: string[] = [];
  const output = new TextOutput(null, {
    print: (text) => printed.push(text),
    note: (text) => notes.push(text),
  });
  return { output, printed, notes };
}

test('prints only finals in a pipe, and no empty ones', () => {
  const { output, printed } = inPipe();
  for (const event of [partial('turn'), partial('turn on'), final('turn on'), final('')]) output.take(event);
  output.end();
  assert.deepEqual(printed, ['turn on']);
});

test('prints a partial that no final followed, so that nothing is lost', () => {
  const { output, printed } = inPipe();
  output.take(partial('turn on'));
  output.end();
  output.end();
  assert.deepEqual(printed, ['turn on']);
});

test('says what happens to the connection and to the microphone, but not every state', () => {
  const { output, notes } = inPipe();
  const status = { type: 'microphone', code: null, recorder: null } as const;
  const error = new AgentError('SERVER_UNREACHABLE', 'Gone.');
  output.take({ ...status, state: 'running', detail: '', restarts: 0 });
  output.take({ ...status, state: 'restarting', detail: 'it ended', restarts: 1 });
  output.take({ ...status, state: 'running', detail: '', restarts: 1 });
  output.take({ type: 'disconnected', error, retryInMs: 1500 });
  output.take({ type: 'speech-start', time: 1 });
  assert.deepEqual(notes, [
    'Microphone restarting: it ended',
    'The microphone is back.',
    'Gone. Trying again in 1.5 s.',
  ]);
});

test('rewrites the partial in a terminal and prints the final in its place', () => {
  let written = '';
  const output = new TextOutput({ columns: 40, write: (text) => (written += text) });
  output.take(partial('turn'));
  output.take(final('turn on'));
  assert.equal(written, '\r\x1b[2Kturn\r\x1b[2Kturn on\n');
});
