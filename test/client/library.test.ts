import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { connect } from '../../agent/client/browser.ts';
import { codeBlocks } from '../docs/markdown.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { startTestServer } from '../support/test-server.ts';

const README = 'agent/client/README.md';
const run = promisify(execFile);

/** Files that a source file needs at run time, itself included; `withTypes`: also those that its types need. */
function importsOf(file: string, withTypes = false, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!file.endsWith('.ts')) return seen;
  for (const [, clause = '', from = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const isErased = /^(import|export) type\b/.test(clause);
    if (isErased && !withTypes) continue;
    importsOf(from.startsWith('.') ? join(dirname(file), from) : from, withTypes, seen);
  }
  return seen;
}
const IMPORT = /^((?:import|export)\b[^;']*?)from '([^']+)'/gm;

test('the browser path imports no package and nothing of Node', () => {
  const names = [...importsOf('agent/client/browser.ts')];
  assert.ok(names.length > 5);
  assert.deepEqual(
    names.filter((name) => !name.startsWith('agent/')),
    [],
  );
});

test('the library and its types need no package but ws, and that in Node alone', () => {
  for (const [entry, expected] of [
    ['browser', []],
    ['node', ['ws']],
  ] as const) {
    const names = [...importsOf(`agent/client/${entry}.ts`, true)];
    assert.ok(names.includes('agent/server/protocols/native-message.ts'));
    const packages = names.filter((name) => !name.startsWith('agent/') && !name.startsWith('node:'));
    assert.deepEqual(packages, expected);
  }
});

test('the global WebSocket carries a stream over a cut', async (t) => {
  Object.assign(globalThis, { WebSocket });
  const { httpUrl } = await startTestServer(t, { config: { token: 'secret' } });
  const proxy = await CuttingProxy.start(t, Number(new URL(httpUrl).port));
  const url = `ws://127.0.0.1:${proxy.port}/v1/stream`;
  const stream = await connect({ url, token: 'secret', backOff: { minMs: 1 } });
  for (let i = 0; i < 10; i++) {
    await stream.send(new Int16Array(1600));
    if (i === 5) proxy.cut();
  }
  stream.stop();
  const events = [];
  for await (const event of stream) events.push(event);
  assert.deepEqual(
    events.flatMap((event) => (event.type === 'final' ? [event.text] : [])),
    ['word0 word1'],
  );
  assert.deepEqual(
    events.filter(({ type }) => type === 'resumed').map(({ type }) => type),
    ['resumed'],
  );
});

test('the global WebSocket says when there is no server', async () => {
  Object.assign(globalThis, { WebSocket });
  await assert.rejects(connect({ url: 'ws://127.0.0.1:9/v1/stream' }), { code: 'SERVER_UNREACHABLE' });
  await assert.rejects(connect({ url: 'nowhere' }), { code: 'USAGE' });
});

const notBuilt = existsSync('dist/agent/client/node.js') ? false : 'the package is not built: npm run build';

test('the example of the client page prints partials and a final', { skip: notBuilt }, async (t) => {
  const { url } = await startTestServer(t);
  const block = codeBlocks(README).find(({ note }) => note === 'tested');
  const code = String(block?.code).replace('ws://127.0.0.1:2750', url);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code]);
  assert.equal(stdout, '… word0\n… word0 word1\n→ word0 word1\n');
});
