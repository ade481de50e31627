import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connect,
  type FollowOptions,
  followMicrophone,
  type StreamRequest,
} from '../../agent/client/node.ts';
import type { ErrorCode } from '../../agent/errors.ts';
import { READY, say, scriptedServer } from './scripted-server.ts';

const USAGE = 'USAGE' satisfies ErrorCode;
const url = 'ws://127.0.0.1:9/v1/stream';

for (const [options, message] of [
  [{}, /^url .*got undefined/],
  [{ url: 7 }, /^url .*got 7/],
  [{ url, bufferSeconds: -1 }, /^bufferSeconds: .*got -1/],
  [{ url, giveUpAfterMs: '5 s' }, /^giveUpAfterMs: .*got 5 s/],
  [{ url, lostAfterMs: Number.NaN }, /^lostAfterMs: .*got NaN/],
  [{ url, connectTimeoutMs: null }, /^connectTimeoutMs: .*got null/],
  [{ url, encoding: 'mp3' }, /^encoding: .*got mp3/],
  [{ url, token: 'secret\n' }, /^token: .*line break\.$/],
] as const) {
  test(`${JSON.stringify(options)} is refused, and the option named`, async () => {
    await assert.rejects(connect(options as unknown as StreamRequest), { code: USAGE, message });
  });
}

test('a follower needs an address, and a signal to end it', async () => {
  const { signal } = new AbortController();
  for (const [options, message] of [
    [{ url }, /^signal: /],
    [{ signal }, /^url /],
  ] as const) {
    const events = followMicrophone(options as unknown as FollowOptions);
    await assert.rejects(events.next(), { code: USAGE, message });
  }
});

test('an address may be a URL', async (t) => {
  const { url } = await scriptedServer(t, (socket) => say(socket, READY));
  (await connect({ url: new URL(url) })).close();
});
