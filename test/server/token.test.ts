import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AgentError } from '../../agent/errors.ts';
import { checkAccess } from '../../agent/server/auth.ts';
import {
  createToken,
  digestToken,
  formatTokenEntry,
  parseTokenEntries,
  type Scope,
  type TokenEntry,
} from '../../agent/server/token.ts';
import { TokenList } from '../../agent/server/token-list.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const entry = (token: string, part: Partial<TokenEntry> = {}): TokenEntry => ({
  name: 'kitchen',
  scopes: ['stream'],
  digest: digestToken(token),
  expiresAt: null,
  ...part,
});

function tokensFile(t: TestContext, ...entries: TokenEntry[]): string {
  const path = join(temporaryFolder(t), 'tokens');
  writeFileSync(path, `# who may connect\n\n${entries.map(formatTokenEntry).join('\n')}\n`);
  return path;
}

function verdict(tokens: TokenList, token: string, scope: Scope): string | null {
  const request = { headers: { authorization: `Bearer ${token}` } } as IncomingMessage;
  try {
    checkAccess(request, new URLSearchParams(), { tokens, scope, allowedOrigins: [], host: '127.0.0.1' });
    return null;
  } catch (error) {
    assert.ok(error instanceof AgentError);
    return error.code;
  }
}

test('a token is new each time, and its line holds its hash and not the token', () => {
  const token = createToken();
  assert.notEqual(token, createToken());
  assert.match(token, /^ear_[\w-]{43}$/);
  const line = formatTokenEntry(entry(token, { scopes: ['stream', 'admin'], expiresAt: Date.UTC(2030, 0) }));
  assert.match(line, /^kitchen stream,admin sha256:[0-9a-f]{64} expires=2030-01-01T00:00:00\.000Z$/);
  assert.ok(!line.includes(token));
  assert.equal(formatTokenEntry(parseTokenEntries(line, 'tokens')[0]!), line);
});

test('each token lets in where its scopes say, and nowhere else', (t) => {
  const file = tokensFile(
    t,
    entry('a', { name: 'a', scopes: ['stream'] }),
    entry('b', { name: 'b', scopes: ['microphone', 'admin'] }),
  );
  const tokens = TokenList.read({ token: 'own', tokensFile: file });
  const verdicts = (token: string) =>
    (['stream', 'microphone', 'admin'] as const).map((s) => verdict(tokens, token, s));
  assert.deepEqual(verdicts('a'), [null, 'SCOPE_MISSING', 'SCOPE_MISSING']);
  assert.deepEqual(verdicts('b'), ['SCOPE_MISSING', null, null]);
  assert.deepEqual(verdicts('own'), [null, null, null]);
  assert.deepEqual(verdicts('wrong'), ['UNAUTHORIZED', 'UNAUTHORIZED', 'UNAUTHORIZED']);
});

test('a hash that was stolen is no token', (t) => {
  const tokens = TokenList.read({ token: '', tokensFile: tokensFile(t, entry('a')) });
  const hash = digestToken('a').toString('hex');
  for (const presented of [hash, `sha256:${hash}`])
    assert.equal(verdict(tokens, presented, 'stream'), 'UNAUTHORIZED');
});

test('an expired token is TOKEN_EXPIRED, one that has not expired passes', (t) => {
  const file = tokensFile(
    t,
    entry('old', { name: 'old', expiresAt: Date.now() - 1 }),
    entry('new', { name: 'new', expiresAt: Date.now() + 3600_000 }),
  );
  const tokens = TokenList.read({ token: '', tokensFile: file });
  assert.equal(verdict(tokens, 'old', 'stream'), 'TOKEN_EXPIRED');
  assert.equal(verdict(tokens, 'new', 'stream'), null);
});

test('a wrong line is refused with its place, and its hash is not repeated', () => {
  const hash = 'a'.repeat(64);
  for (const [line, message] of [
    [`kitchen stream ${hash}`, /tokens:1: expected/],
    [`kitchen listen sha256:${hash}`, /the scope "listen"; there are stream, microphone, admin/],
    [`kitchen stream sha256:${hash} expires=soon`, /which is no date/],
    [`kitchen stream sha256:${hash} expires=2027-02-31`, /which is no date/],
    [`kitchen stream sha256:${hash} expires=5`, /which is no date/],
    [`kitchen stream sha256:${hash} 2030-01-01`, /tokens:1: expected/],
    [`kitchen stream sha256:${hash}\nkitchen stream sha256:${hash}`, /tokens:2: .*twice/],
  ] as const) {
    assert.throws(
      () => parseTokenEntries(line, 'tokens'),
      (error: AgentError) =>
        error.code === 'CONFIG_INVALID' && message.test(error.message) && !error.message.includes(hash),
    );
  }
});

test('a file of tokens that can not be read is refused, so nobody is let in by mistake', () => {
  const read = () => TokenList.read({ token: '', tokensFile: '/nowhere/tokens' });
  assert.throws(read, (error) => error instanceof AgentError && error.code === 'CONFIG_INVALID');
});
