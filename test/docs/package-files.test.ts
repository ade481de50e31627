import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** For those who work on the project itself. */
const FOR_DEVELOPERS = /^(CONTRIBUTING\.md|scripts\/README\.md|test\/)/;

test('the package holds every document that its README sends users to', () => {
  const pack = execFileSync('npm', ['pack', '--dry-run', '--json'], { encoding: 'utf8', stdio: 'pipe' });
  const [{ files }] = JSON.parse(pack) as [{ files: { path: string }[] }];
  const packed = new Set(files.map(({ path }) => path));
  const links = [...readFileSync('README.md', 'utf8').matchAll(/\]\((?!http|#)([^)#]+)/g)].map(
    ([, link]) => link!,
  );
  assert.ok(links.length > 10);
  assert.deepEqual(
    links.filter((link) => !packed.has(link) && !FOR_DEVELOPERS.test(link)),
    [],
  );
});
