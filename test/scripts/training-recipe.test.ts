import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/tiny-bundle.ts';

const ENVIRONMENT = '.cache/training';
const PYTHON = join(ENVIRONMENT, 'bin/python');
const INSTALLED = join(ENVIRONMENT, 'installed.txt');
const LONGEST_SECONDS = 540;
/** What the small model is to get of synthetic sentences that it heard in training, at other speeds; it gets 17.6 %. */
const LARGEST_ERROR_RATE = 0.5;

const skip = existsSync(INSTALLED)
  ? false
  : 'the Python environment of the trainer is not there; `bash scripts/training/install.sh` makes it';

/** Runs a program and what it starts, and ends all of them when it takes too long. */
function run(program: string, args: readonly string[], variables: Record<string, string> = {}): string {
  // biome-ignore lint/style/noProcessEnv: programs get the environment of the test, not settings of Earshot
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env; // a test program among them is to report to nobody
  const env = { ...inherited, OMP_NUM_THREADS: '1', PYTHONPATH: 'scripts', ...variables };
  const command = ['--kill-after=5', String(LONGEST_SECONDS), program, ...args];
  const { status, stdout, stderr } = spawnSync('timeout', command, { env, encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${args.join(' ')}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** Share of the characters that are wrong, as `earshot eval` wrote it. */
function errorRateIn(path: string): number {
  const { summaries, failures } = JSON.parse(readFileSync(path, 'utf8'));
  assert.deepEqual(failures, []);
  assert.equal(summaries[0].name, 'synthetic');
  return summaries[0].cer.rate;
}

/** The error rate, on the same recordings, of a model whose training has not begun. */
function untrainedErrorRate(work: string): number {
  const [data, folder, bundle] = ['data', 'untrained', 'untrained-bundle'].map((name) => join(work, name));
  const options = ['--hidden', '128', '--layers', '2', '--updates', '1', '--learning-rate', '0'];
  run(PYTHON, ['-m', 'training.train', '--data', data!, '--run', folder!, ...options]);
  const naming = ['--name', 'untrained', '--version', '0.0.0', '--precisions', 'fp32'];
  run(PYTHON, [
    '-m',
    'training.export',
    '--run',
    folder!,
    '--data-folder',
    data!,
    '--out',
    bundle!,
    ...naming,
  ]);
  const speech = join(work, 'speech');
  const what = ['eval', join(speech, 'manifest.tsv'), '--audio', speech, '--split', 'test'];
  const how = ['--model', bundle!, '--decoder', 'greedy', '--json', join(work, 'untrained.json')];
  run(process.execPath, ['--import', 'tsx', 'agent/main.ts', ...what, ...how]);
  return errorRateIn(join(work, 'untrained.json'));
}

test('the recipe goes from recordings to a bundle that hears what it was taught', { skip }, (t) => {
  const work = temporaryFolder(t);
  run('bash', ['scripts/run-all.sh', '--smoke-test'], { WORK: work, VENV: ENVIRONMENT });
  const untrained = untrainedErrorRate(work);
  for (const search of ['greedy', 'beam']) {
    const trained = errorRateIn(join(work, 'smoke', `test-${search}.json`));
    t.diagnostic(`${search}: ${trained.toFixed(3)} of the characters wrong, ${untrained.toFixed(3)} before`);
    assert.ok(trained < untrained && trained < LARGEST_ERROR_RATE, `${trained}, untrained ${untrained}`);
  }
  const card = readFileSync(join(work, 'bundle', 'MODEL_CARD.md'), 'utf8');
  assert.match(card, /^# smoke 0\.1\.0$/m);
  assert.ok(existsSync(join(work, 'smoke', 'report.html')));
});
