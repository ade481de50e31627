import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { configSchema } from '../../agent/config.ts';
import { createLogger } from '../../agent/log.ts';
import { wyomingProtocol } from '../../agent/server/protocols/wyoming.ts';
import { digestToken, formatTokenEntry } from '../../agent/server/token.ts';
import { dialWyoming } from '../contract/tcp-link.ts';
import { refusal, TestClient } from '../support/test-client.ts';
import { startTestServer, until } from '../support/test-server.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

type Line = Readonly<Record<string, unknown>>;

/** A server with a token of the scope stream, "kitchen", and what it logs, as it would stand in the file. */
async function setUp(t: TestContext) {
  const tokensFile = join(temporaryFolder(t), 'tokens');
  const kitchen = { name: 'kitchen', scopes: ['stream'], expiresAt: null } as const;
  writeFileSync(tokensFile, formatTokenEntry({ ...kitchen, digest: digestToken('ear_secret') }));
  let text = '';
  const log = createLogger(configSchema.parse({}).log, {
    write(line: string) {
      text += line;
    },
  });
  const wyoming = wyomingProtocol({ version: '0.1.0', findsEnd: false, wakePhrases: [] });
  const server = await startTestServer(t, { log, wyoming, config: { tokensFile, maxClients: 1 } });
  const lines = (message: string): Line[] =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === message)
      .map(({ address, tokenName, code }) => ({ address, tokenName, code }));
  return { ...server, lines, logged: () => text };
}

test('the log names address and token of who gets a session, and of who gets none, but no secret', async (t) => {
  const { url, wyomingPort, lines, logged } = await setUp(t);
  await refusal(`${url}/v1/stream?token=ear_wrong`);
  await refusal(`${url}/v1/microphone?token=ear_secret`);
  await refusal(`${url}/nothing?token=ear_secret`);
  await TestClient.connect(`${url}/v1/stream`, { Authorization: 'Bearer ear_secret' });
  await refusal(`${url}/v1/stream?token=ear_secret`);
  await dialWyoming(wyomingPort)(() => {});
  await until(() => lines('connection refused').length === 5);
  const address = '127.0.0.1';
  const tokenName = 'kitchen';
  assert.deepEqual(lines('session opened'), [{ address, tokenName, code: undefined }]);
  assert.deepEqual(lines('connection refused'), [
    { address, tokenName: undefined, code: 'UNAUTHORIZED' },
    { address, tokenName, code: 'SCOPE_MISSING' },
    { address, tokenName, code: 'NOT_FOUND' },
    { address, tokenName, code: 'TOO_MANY_CLIENTS' },
    { address, tokenName: undefined, code: 'TOO_MANY_CLIENTS' },
  ]);
  assert.doesNotMatch(logged(), /ear_/);
});
