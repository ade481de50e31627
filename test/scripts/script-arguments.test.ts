import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

function run(script: string, ...options: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, ...options], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('--help of a script is the comment at its head, without the marks', () => {
  const { status, stdout, stderr } = run('scripts/lexicon/build.ts', '--help');
  assert.equal(status, 0);
  assert.match(stdout, /^Builds the lexicon of a model bundle/);
  assert.match(stdout, /\n {4}npx tsx scripts\/lexicon\/build\.ts models\/en-base\n/);
  assert.doesNotMatch(stdout, /\*/);
  assert.equal(stderr, '');
});

test('an unknown option of a benchmark is refused in a sentence', () => {
  const { status, stdout, stderr } = run('test/bench/wake-benchmark.ts', '--modle', 'models/en-small');
  assert.equal(status, 2);
  assert.match(stderr, /^Unknown option '--modle'[^\n]*\n--help says how to run this\.\n$/);
  assert.equal(stdout, '');
});

test('what a script lacks is said in a sentence', () => {
  const { status, stderr } = run('scripts/lexicon/build.ts');
  assert.equal(status, 2);
  assert.equal(
    stderr,
    'expected the folder of a model bundle, such as models/en-base\n--help says how to run this.\n',
  );
});
