/**
 * How well a model of `build.ts` predicts text: perplexity and unknown words of each file (a sentence a line).
 *
 *   node --import tsx scripts/language-model/perplexity.ts MODEL FILE… [--no-normalize] [--scores]
 *
 * With --scores it prints, for every word and sentence end, the common logarithm of its probability, one a line,
 * sentences separated by empty lines.
 */
import { readFileSync } from 'node:fs';
import { UNKNOWN_WORD } from '../../agent/decoder/ngram-format.ts';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { normalizeText, splitWords } from '../../agent/evaluation/text-normalization.ts';
import { refuseArguments, scriptArguments } from '../script-arguments.ts';
import { readLines } from './text-files.ts';

const { values, positionals } = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: { 'no-normalize': { type: 'boolean' }, scores: { type: 'boolean' } },
});
const [modelPath, ...files] = positionals;
if (modelPath === undefined || files.length === 0)
  refuseArguments('expected: MODEL FILE… [--no-normalize] [--scores]');
const model = openModel(modelPath);

for (const file of files) {
  let [logProb, predicted, unknown] = [0, 0, 0];
  for await (const line of readLines(file)) {
    const words = splitWords(values['no-normalize'] ? line.trim() : normalizeText(line));
    if (words.length === 0) continue;
    const scores = sentenceScores(words);
    if (values.scores) process.stdout.write(`${scores.map((score) => score / Math.LN10).join('\n')}\n\n`);
    logProb += scores.reduce((sum, score) => sum + score, 0);
    predicted += scores.length;
    unknown += words.filter((word) => model.wordId(word) === UNKNOWN_WORD).length;
  }
  if (values.scores) continue;
  const perplexity = Math.exp(-logProb / predicted).toFixed(2);
  process.stdout.write(
    `${file}: perplexity ${perplexity}, ${predicted} words and ends, ${unknown} unknown words\n`,
  );
}

function openModel(path: string): NgramModel {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return NgramModel.fromBuffer(buffer.slice(byteOffset, byteOffset + byteLength), path);
}

/** Natural-log probabilities of the words and of the end. */
function sentenceScores(words: readonly string[]): number[] {
  let state = model.start;
  const scores = words.map((text) => {
    const word = model.wordId(text);
    const score = model.score(state, word);
    state = model.next(state, word);
    return score;
  });
  return [...scores, model.end(state)];
}
