import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseTokenEntries } from '../../agent/server/token.ts';
import { TokenList } from '../../agent/server/token-list.ts';
import { EarshotProcess } from '../support/daemon.ts';
import { temporaryFolder } from '../support/tiny-bundle.ts';

test('token create prints a token once, and the line that lets it in', async (t) => {
  const args = ['token', 'create', 'kitchen', '--scope', 'stream,admin', '--expires', '2999-01-31'];
  const { code, stdout, stderr } = await EarshotProcess.start(t, args).ended;
  assert.equal(code, 0);
  const token = /ear_[\w-]{43}/.exec(stderr)?.[0] ?? '';
  assert.ok(!stdout.includes(token));
  assert.deepEqual(parseTokenEntries(stdout, 'stdout')[0]?.scopes, ['stream', 'admin']);
  const tokensFile = join(temporaryFolder(t), 'tokens');
  writeFileSync(tokensFile, stdout);
  const grant = TokenList.read({ token: '', tokensFile }).find(token, Date.now());
  assert.deepEqual(grant, { name: 'kitchen', scopes: ['stream', 'admin'], isExpired: false });
});

test('a wrong or past day of expiry is wrong use, and makes no token', async (t) => {
  for (const day of ['2999-02-31', '5', '2020-01-31']) {
    const args = ['token', 'create', 'a', '--expires', day];
    const { code, stdout, stderr } = await EarshotProcess.start(t, args).ended;
    assert.deepEqual([code, stdout], [2, ''], day);
    assert.match(stderr, /^earshot: USAGE: --expires: expected .*\n$/);
  }
});

test('an unknown scope is wrong use', async (t) => {
  const { code, stderr } = await EarshotProcess.start(t, ['token', 'create', 'a', '--scope', 'root']).ended;
  assert.equal(code, 2);
  assert.match(stderr, /there are stream, microphone, admin/);
});
