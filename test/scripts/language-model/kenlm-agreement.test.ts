import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { NgramModel } from '../../../agent/decoder/ngram-model.ts';
import { formatArpa, parseArpa } from '../../../scripts/language-model/arpa.ts';
import { Corpus, WordCounter } from '../../../scripts/language-model/corpus.ts';
import { pruneTable } from '../../../scripts/language-model/entropy-pruning.ts';
import { type EstimatedTable, estimateKneserNey } from '../../../scripts/language-model/kneser-ney.ts';
import { encodeModel } from '../../../scripts/language-model/model-file.ts';
import { chooseWords, idsOf } from '../../../scripts/language-model/vocabulary.ts';
import { temporaryFolder } from '../../support/tiny-bundle.ts';

const FIXTURES = 'test/fixtures/language-model';
const PYTHON = '.cache/kenlm/bin/python';
/** In common logarithms. */
const TOLERANCE = 1e-4;
/** In the whole model. */
const NGRAMS = 1767;

const arpa = readFileSync(join(FIXTURES, 'kenlm.arpa'), 'utf8');
const linesOf = (name: string): string[] => readFileSync(join(FIXTURES, name), 'utf8').trimEnd().split('\n');

function estimate(): EstimatedTable {
  const [corpus, counter] = [new Corpus(), new WordCounter()];
  for (const sentence of linesOf('train.txt')) corpus.add(sentence, counter);
  const words = chooseWords(counter.byCount(), [], { minCount: 1, maxWords: 1000 });
  return estimateKneserNey(corpus.tokens(counter.idsIn(idsOf(words))), 4, words);
}

/** Lines of an ARPA text by their n-gram: logarithms of its probability and of its back-off weight. */
function weightsOf(text: string): Map<string, [number, number]> {
  const rows = text.split('\n').map((line) => line.split('\t'));
  return new Map(
    rows.filter((row) => row.length > 1).map(([p, ngram, b]) => [ngram!, [Number(p), Number(b ?? 0)]]),
  );
}

function scoresOf(model: NgramModel, sentence: string): number[] {
  let state = model.start;
  const scores = sentence.split(' ').map((text) => {
    const word = model.wordId(text);
    const score = model.score(state, word);
    state = model.next(state, word);
    return score;
  });
  return [...scores, model.end(state)].map((score) => score / Math.LN10);
}

function assertScores(model: NgramModel, expected: readonly (readonly number[])[]): void {
  for (const [i, sentence] of linesOf('test.txt').entries()) {
    const got = scoresOf(model, sentence);
    assert.equal(got.length, expected[i]!.length, sentence);
    for (const [k, score] of got.entries()) {
      const difference = Math.abs(score - expected[i]![k]!);
      assert.ok(difference < TOLERANCE, `"${sentence}", word ${k}: ${score}, KenLM ${expected[i]![k]}`);
    }
  }
}

test('the builder estimates every n-gram as KenLM does', () => {
  const expected = weightsOf(arpa);
  const got = weightsOf([...formatArpa(estimate())].join(''));
  assert.deepEqual([...got.keys()].sort(), [...expected.keys()].sort());
  for (const [ngram, [logProb, backoff]] of expected) {
    if (ngram === '<s>') continue; // nobody predicts it: 0 here, -99 there
    const [ownLogProb, ownBackoff] = got.get(ngram)!;
    assert.ok(Math.abs(ownLogProb - logProb) < 1e-6, `${ngram}: ${ownLogProb}, KenLM ${logProb}`);
    assert.ok(Math.abs(ownBackoff - backoff) < 1e-6, `back-off of ${ngram}: ${ownBackoff}, KenLM ${backoff}`);
  }
});

test('a model scores a text as KenLM did', () => {
  const golden: number[][] = JSON.parse(readFileSync('test/golden/language-model.json', 'utf8'));
  assertScores(NgramModel.fromBuffer(encodeModel(parseArpa(arpa))), golden);
});

const noKenlm = existsSync(PYTHON)
  ? false
  : 'KenLM is not installed: run scripts/language-model/reference/install.sh';

for (const share of [1, 0.5, 0.2]) {
  test(`KenLM reads our ARPA file and scores alike, ${100 * share} % of the n-grams`, {
    skip: noKenlm,
  }, (t) => {
    const path = join(temporaryFolder(t), 'model.arpa');
    const table = pruneTable(estimate(), Math.floor(share * NGRAMS));
    writeFileSync(path, [...formatArpa(table)].join(''));
    const script = 'scripts/language-model/reference/score.py';
    const output = execFileSync(PYTHON, [script, path, join(FIXTURES, 'test.txt')], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    assertScores(NgramModel.fromBuffer(encodeModel(table)), JSON.parse(output));
  });
}
