import { test } from 'node:test';
import { lacksTrainer, runProgram, TRAINER_PYTHON } from './trainer.ts';

test('the tests of the trainer pass', { skip: lacksTrainer() }, (t) => {
  const report = runProgram(TRAINER_PYTHON, [
    '-m',
    'pytest',
    '-q',
    '-p',
    'no:cacheprovider',
    'test/training',
  ]);
  t.diagnostic(report.trimEnd().split('\n').at(-1)!);
});
