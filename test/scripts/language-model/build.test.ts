import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { NgramModel } from '../../../agent/decoder/ngram-model.ts';
import { temporaryFolder } from '../../support/tiny-bundle.ts';

const TRAIN = 'test/fixtures/language-model/train.txt';
const TEST = 'test/fixtures/language-model/test.txt';

function run(script: string, args: readonly string[]) {
  const path = `scripts/language-model/${script}.ts`;
  return spawnSync(process.execPath, ['--import', 'tsx', path, ...args], { encoding: 'utf8' });
}

/** Builds from the given arguments, and gives the model and what was said. */
function build(t: TestContext, args: readonly string[]) {
  const folder = temporaryFolder(t);
  const output = join(folder, 'lm.bin');
  const { status, stderr } = run('build', [...args, '--output', output]);
  assert.equal(status, 0, stderr);
  const bytes = readFileSync(output);
  return {
    model: NgramModel.fromBuffer(new Uint8Array(bytes).buffer, output),
    bytes,
    stderr,
    folder,
    output,
  };
}

function written(t: TestContext, text: string): string {
  const path = join(temporaryFolder(t), 'text.txt');
  writeFileSync(path, text);
  return path;
}

test('one command makes a model of the size asked for, the same at every run', (t) => {
  const options = ['--text', TRAIN, '--order', '3', '--max-ngrams', '500'];
  const { model, bytes } = build(t, options);
  assert.equal(model.order, 3);
  assert.equal(
    model.ngramCounts.reduce((sum, count) => sum + count, 0),
    500,
  );
  assert.ok(model.wordId('kitchen') > 0);
  assert.deepEqual(build(t, options).bytes, bytes);
});

test('text is normalised as the agent does, unless told not to', (t) => {
  const text = written(t, 'Dr. Œdipus paid $5!\n');
  assert.ok(build(t, ['--text', text]).model.wordId('oedipus') > 0);
  const plain = build(t, ['--text', text, '--no-normalize']).model;
  assert.equal(plain.wordId('oedipus'), 0);
  assert.ok(plain.wordId('Œdipus') > 0);
});

test('the vocabulary is what is required and the most frequent others', (t) => {
  const text = written(t, 'a a a b b c\n');
  const required = written(t, 'zebra Z IY B R AH\nc\nMr\n');
  const counts = join(temporaryFolder(t), 'counts.tsv');
  const { model } = build(t, [
    '--text',
    text,
    '--max-words',
    '1',
    '--vocabulary',
    required,
    '--counts',
    counts,
  ]);
  const words = Array.from({ length: model.wordCount }, (_, id) => model.word(id));
  assert.deepEqual(words, ['<unk>', '<s>', '</s>', 'a', 'c', 'zebra']);
  assert.equal(readFileSync(counts, 'utf8'), 'a\t3\nc\t1\nzebra\t0\n');
  const frequent = build(t, ['--text', text, '--min-count', '2']).model;
  assert.deepEqual([frequent.wordId('b') > 0, frequent.wordId('c')], [true, 0]);
});

test('what the model is tested on stays out of it', (t) => {
  const { model, stderr } = build(t, ['--text', written(t, 'Yes.\nno\n'), '--exclude', written(t, 'yes\n')]);
  assert.equal(model.wordId('yes'), 0);
  assert.match(stderr, /1 sentences, 1 words; 1 sentences excluded/);
});

test('several texts are mixed with the weights that a tuning text wants', (t) => {
  const { stderr } = build(t, ['--text', TRAIN, '--prose', written(t, 'Once upon a time.'), '--tune', TEST]);
  const weights = [...stderr.matchAll(/weight (\S+) {2}/g)].map(([, weight]) => Number(weight));
  assert.ok(weights[0]! > 0.9 && Math.abs(weights[0]! + weights[1]! - 1) < 0.001, stderr);
  assert.match(stderr, /perplexity \d/);
});

const noXz = spawnSync('xz', ['--version']).error === undefined ? false : 'the program xz is not installed';

test('a text that xz packed is read', { skip: noXz }, (t) => {
  const path = join(temporaryFolder(t), 'train.txt.xz');
  writeFileSync(path, spawnSync('xz', ['--stdout', TRAIN]).stdout);
  assert.deepEqual(build(t, ['--text', path]).bytes, build(t, ['--text', TRAIN]).bytes);
  writeFileSync(path, 'not packed');
  const { status, stderr } = run('build', ['--text', path, '--output', '/dev/null']);
  assert.equal(status, 1);
  assert.match(stderr, /train\.txt\.xz can not be read: xz: /);
});

test('wrong use and what can not be read end with a message and no file', (t) => {
  const output = join(temporaryFolder(t), 'lm.bin');
  const message = (...args: string[]): string => {
    const { status, stderr } = run('build', [...args, '--output', output]);
    assert.ok(status === 1 || status === 2, `exit code ${status}`);
    assert.ok(!existsSync(output));
    return `${status} ${stderr}`;
  };
  assert.match(message(), /^2 build: expected a text/);
  assert.match(
    message('--text', TRAIN, '--order', '9'),
    /^2 build: --order: expected a whole number from 1 to 8, got "9"/,
  );
  assert.match(message('--text', TRAIN, '--weights', '1,2'), /^2 build: --weights: expected 1 numbers/);
  assert.match(message('--text', TRAIN, '--speed'), /^2 build: Unknown option '--speed'/);
  assert.match(message('--text', '/nowhere.txt'), /^1 build: \/nowhere\.txt can not be read: ENOENT/);
  assert.match(message('--text', written(t, '\n...\n')), /^1 .*\nbuild: .*text\.txt has no words/);
});

test('perplexity.ts says how well a model fits a text', (t) => {
  const { output } = build(t, ['--text', TRAIN]);
  const { stdout } = run('perplexity', [output, TEST]);
  const [, perplexity, unknown] =
    /perplexity (\S+), 211 words and ends, (\d+) unknown words/.exec(stdout) ?? [];
  assert.ok(Number(perplexity) > 1 && Number(perplexity) < 60, stdout);
  assert.equal(unknown, '4');
});
