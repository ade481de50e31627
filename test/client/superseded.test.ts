import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageQueue } from '../../agent/client/message-queue.ts';
import type { StreamEvent } from '../../agent/client/stream-request.ts';
import { withoutSuperseded } from '../../agent/client/superseded.ts';

const partial = (text: string) => ({ type: 'partial', text }) as StreamEvent;
const final = (text: string) => ({ type: 'final', text }) as StreamEvent;
const start = { type: 'speech-start', time: 0 } as const;

test('of partials the last is kept, unless a final is behind it; all else is', () => {
  const spoken = [start, partial('a'), partial('ab'), final('ab.'), start, partial('c')];
  assert.deepEqual(withoutSuperseded([...spoken, partial('cd'), start]), [
    start,
    final('ab.'),
    start,
    partial('cd'),
    start,
  ]);
  assert.deepEqual(withoutSuperseded([partial('a'), final('a.')]), [final('a.')]);
});

test('a full queue first drops what is superseded, and pauses its source when that is too little', () => {
  const calls: string[] = [];
  const source = { pause: () => calls.push('pause'), resume: () => calls.push('resume') };
  const queue = new MessageQueue<StreamEvent>(4, source, withoutSuperseded);
  for (let i = 0; i < 10; i++) queue.push(partial('a'));
  assert.deepEqual(calls, []);
  for (let i = 0; i < 4; i++) queue.push(final('a.'));
  assert.deepEqual(calls, ['pause']);
});
