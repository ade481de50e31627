import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { promisify } from 'node:util';
import { createProgram } from '../../agent/cli/program.ts';
import { startDaemon } from '../support/daemon.ts';
import { codeBlocks } from './markdown.ts';

const README = 'README.md';
const EXAMPLE_URL = 'ws://127.0.0.1:2750';
const run = promisify(execFile);

function testedBlock(language: string): string {
  const block = codeBlocks(README).find((one) => one.language === language && one.note === 'tested');
  assert.ok(block, `${README} has no block \`\`\`${language} tested`);
  return block.code;
}

for (const command of testedBlock('sh').trim().split('\n')) {
  test(`the command of the README works: ${command}`, async () => {
    const [npx, program, ...args] = command.split(/\s+/);
    assert.deepEqual([npx, program], ['npx', 'earshot']);
    const { stdout } = await run(process.execPath, ['--import', 'tsx', 'agent/main.ts', ...args]);
    assert.notEqual(stdout, '');
  });
}

test('the README lists every command of the program, and no other', () => {
  const section = readFileSync(README, 'utf8').split(/<!-- \/?commands -->/)[1] ?? '';
  const listed = [...section.matchAll(/^\| `earshot (\S+)`/gm)].map(([, name]) => name);
  assert.deepEqual(
    listed.sort(),
    createProgram()
      .commands.map((command) => command.name())
      .sort(),
  );
});

test('the example in Node.js prints partials and finals', async (t) => {
  const { url } = await startDaemon(t);
  const code = testedBlock('js').replace(EXAMPLE_URL, url);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code]);
  assert.match(stdout, /^… ./m);
  assert.match(stdout, /^→ ./m);
});

// A Python of the system's own packages may stand behind another one in PATH.
const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import websockets']).status === 0,
);
const noPython = python === undefined ? 'python3 with the package websockets is not installed' : false;

test('the example in Python prints partials and finals', { skip: noPython }, async (t) => {
  const { url } = await startDaemon(t);
  const { stdout } = await run(String(python), ['-c', testedBlock('python').replace(EXAMPLE_URL, url)]);
  assert.match(stdout, /^… ./m);
  assert.match(stdout, /^→ ./m);
});
