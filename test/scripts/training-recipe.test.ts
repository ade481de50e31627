import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/tiny-bundle.ts';
import { lacksTrainer, runProgram, TRAINER_ENVIRONMENT, TRAINER_PYTHON } from './trainer.ts';

/** What the small model is to get of synthetic sentences that it heard in training, at other speeds; it gets 25.3 %. */
const LARGEST_ERROR_RATE = 0.5;

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
  runProgram(TRAINER_PYTHON, ['-m', 'training.train', '--data', data!, '--run', folder!, ...options]);
  const naming = ['--name', 'untrained', '--version', '0.0.0', '--precisions', 'fp32'];
  runProgram(TRAINER_PYTHON, [
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
  runProgram(process.execPath, ['--import', 'tsx', 'agent/main.ts', ...what, ...how]);
  return errorRateIn(join(work, 'untrained.json'));
}

test('the recipe goes from recordings to a bundle that hears what it was taught', {
  skip: lacksTrainer(),
}, (t) => {
  const work = temporaryFolder(t);
  runProgram('bash', ['scripts/run-all.sh', '--smoke-test'], { WORK: work, VENV: TRAINER_ENVIRONMENT });
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
