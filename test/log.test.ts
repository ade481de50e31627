import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../agent/log.ts';
import { FakeMicrophone } from './support/fake-microphone.ts';
import { pcm, TestClient } from './support/test-client.ts';
import { startTestServer } from './support/test-server.ts';

function capture(options: { level?: 'info' | 'trace'; transcripts?: boolean } = {}) {
  const lines: string[] = [];
  const { level = 'info', transcripts = false } = options;
  const log = createLogger({ level, transcripts }, { write: (line) => lines.push(line) });
  return { log, lines, text: () => lines.join('') };
}

test('a line is JSON with time, level, constant message and fields', () => {
  const { log, lines } = capture();
  log.child({ session: 'a' }).warn({ code: 'X' }, 'something happened');
  const { level, session, code, msg, time } = JSON.parse(lines[0] ?? '');
  assert.deepEqual([level, session, code, msg], [40, 'a', 'X', 'something happened']);
  assert.ok(!Number.isNaN(Date.parse(time)));
});

test('secrets are never written', () => {
  const { log, text } = capture({ transcripts: true });
  log.info({ token: 'secret', config: { token: 'secret' }, headers: { authorization: 'secret' } }, 'm');
  assert.doesNotMatch(text(), /secret/);
});

for (const transcripts of [false, true]) {
  test(`transcripts are ${transcripts ? '' : 'not '}in the log of client and microphone sessions`, async (t) => {
    const { log, text } = capture({ level: 'trace', transcripts });
    const microphone = new FakeMicrophone();
    const { url, hub } = await startTestServer(t, { log, microphone });
    const client = await TestClient.connect(`${url}/v1/stream`);
    client.sendAudio(pcm(1));
    client.send({ type: 'stop' });
    await client.closed;
    microphone.hear(0.5);
    await hub.stop();
    assert.match(text(), /"msg":"final"/);
    assert.equal(text().includes('word0'), transcripts);
  });
}
