import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventBuffer } from '../../agent/engine/event-buffer.ts';
import { AgentError } from '../../agent/errors.ts';
import type { TranscriptEvent } from '../../agent/transcript/transcript-event.ts';

function partial(text: string, segment = 0): TranscriptEvent {
  return { type: 'partial', segment, text, stable: '', start: 0, end: 1 };
}

const DONE = { done: true, value: undefined };

test('events come in order, also to a reader that was there first', async () => {
  const buffer = new EventBuffer();
  const first = buffer.next();
  buffer.push(partial('a'));
  buffer.push(partial('b'));
  assert.deepEqual(await first, { done: false, value: partial('a') });
  assert.deepEqual(await buffer.next(), { done: false, value: partial('b') });
});

test('the end comes after the unread events and stays', async () => {
  const buffer = new EventBuffer();
  buffer.push(partial('a'));
  buffer.end();
  assert.equal((await buffer.next()).done, false);
  assert.deepEqual(await buffer.next(), DONE);
  assert.deepEqual(await buffer.next(), DONE);
});

test('an error comes once, after the unread events', async () => {
  const buffer = new EventBuffer();
  buffer.push(partial('a'));
  buffer.end(new AgentError('ENGINE_FAILED', 'gone'));
  assert.equal((await buffer.next()).done, false);
  await assert.rejects(buffer.next(), { code: 'ENGINE_FAILED' });
  assert.deepEqual(await buffer.next(), DONE);
});

test('waiting readers get the error, once, and the end', async () => {
  const buffer = new EventBuffer();
  const waiting = [buffer.next(), buffer.next()] as const;
  buffer.end(new AgentError('ENGINE_FAILED', 'gone'));
  await assert.rejects(waiting[0], { code: 'ENGINE_FAILED' });
  assert.deepEqual(await waiting[1], DONE);
});

test('nothing is taken after the end', async () => {
  const buffer = new EventBuffer();
  buffer.end();
  buffer.push(partial('late'));
  assert.deepEqual(await buffer.next(), DONE);
});

test('for a reader who does not read, partials of one segment take constant room', () => {
  const buffer = new EventBuffer();
  for (let i = 0; i < 5000; i++) buffer.push(partial(`word ${i}`));
  assert.ok(buffer.length < 300, `${buffer.length} events are waiting`);
});

test('a reader who is far behind still gets the newest partial and all else', async () => {
  const buffer = new EventBuffer();
  for (let segment = 0; segment < 400; segment++) {
    buffer.push({ type: 'speech-start', time: segment });
    for (let i = 0; i < 3; i++) buffer.push(partial(`${i}`, segment));
  }
  buffer.end();
  const events: TranscriptEvent[] = [];
  for (let read = await buffer.next(); !read.done; read = await buffer.next()) events.push(read.value);
  assert.equal(events.filter(({ type }) => type === 'speech-start').length, 400);
  assert.deepEqual(events.at(-1), partial('2', 399));
});
