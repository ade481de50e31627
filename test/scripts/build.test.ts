import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/tiny-bundle.ts';

test('a build leaves nothing of an earlier one in dist', (t) => {
  const folder = temporaryFolder(t);
  const at = (path: string) => join(folder, path);
  for (const file of ['package.json', 'tsconfig.json', 'scripts/copy-page.mjs']) cpSync(file, at(file));
  symlinkSync(join(process.cwd(), 'node_modules'), at('node_modules'), 'junction');
  for (const path of ['agent/server/page', 'dist/agent/server/page'])
    mkdirSync(at(path), { recursive: true });
  for (const path of ['agent/main.ts', 'agent/server/page/page.js']) writeFileSync(at(path), 'export {};\n');
  for (const path of ['dist/agent/gone.js', 'dist/agent/server/page/gone.js']) writeFileSync(at(path), '');
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder, shell: process.platform === 'win32' });
  for (const path of ['main.js', 'server/page/page.js'])
    assert.ok(existsSync(at(`dist/agent/${path}`)), path);
  for (const path of ['gone.js', 'server/page/gone.js'])
    assert.ok(!existsSync(at(`dist/agent/${path}`)), path);
});
