import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestToken, formatTokenEntry } from '../../agent/server/token.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeMicrophone } from '../support/fake-microphone.ts';
import { TestClient } from '../support/test-client.ts';
import { startTestServer } from '../support/test-server.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

test('who follows the microphone hears it no longer once the token has expired; who sends audio may end', async (t) => {
  const expiresAt = Date.now() + 3_600_000;
  const tokensFile = join(temporaryFolder(t), 'tokens');
  const entry = {
    name: 'guest',
    scopes: ['microphone', 'stream'],
    digest: digestToken('secret'),
    expiresAt,
  } as const;
  writeFileSync(tokensFile, `${formatTokenEntry(entry)}\n`);
  const clock = new FakeClock();
  const microphone = new FakeMicrophone();
  const { url } = await startTestServer(t, { config: { tokensFile }, clock, microphone });
  const [follower, speaker] = await Promise.all(
    ['microphone', 'stream'].map((path) => TestClient.connect(`${url}/v1/${path}?token=secret`)),
  );
  await Promise.all([follower!.next('ready'), speaker!.next('ready')]);

  clock.advance(10_000);
  microphone.hear(0.5);
  await follower!.next('partial');
  t.mock.method(Date, 'now', () => expiresAt);
  clock.advance(10_000);
  assert.equal((await follower!.next('error')).code, 'TOKEN_EXPIRED');
  assert.equal((await follower!.closed).code, 1008);
  speaker!.send({ type: 'stop' });
  assert.equal((await speaker!.closed).code, 1000);
});
