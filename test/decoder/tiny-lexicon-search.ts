import { Lexicon } from '../../agent/decoder/lexicon.ts';
import type { LexiconSearchOptions } from '../../agent/decoder/lexicon-search.ts';
import { LexiconTree } from '../../agent/decoder/lexicon-tree.ts';
import { buildLexiconTree } from '../../agent/decoder/lexicon-tree-builder.ts';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { UNCALIBRATED } from '../../agent/decoder/word-confidence.ts';
import { parseArpa } from '../../scripts/language-model/arpa.ts';
import { encodeModel } from '../../scripts/language-model/model-file.ts';
import { lexiconFile } from '../support/tiny-lexicon.ts';
import { collapse, letterTable } from './log-probs.ts';

const NEVER = Number.POSITIVE_INFINITY;

export const NOTHING_PRUNED: LexiconSearchOptions = {
  beamWidth: 4096,
  tokenMinLogProb: -1e9,
  beamMinLogProb: -1e9,
  blankPenalty: 0,
  languageModelWeight: 0.7,
  wordBonus: 0.3,
  spelling: null,
  stableAfterSteps: NEVER,
  stableCertainty: 1,
  certainAfterSteps: 0,
  calibration: UNCALIBRATED,
};

export const USUAL: LexiconSearchOptions = {
  ...NOTHING_PRUNED,
  beamWidth: 6,
  tokenMinLogProb: -9,
  beamMinLogProb: -10,
  stableAfterSteps: 20,
};

/** Homophones ("be", "bee"), a word within words, a word of two pronunciations, and a word that the model lacks. */
const WORDS = 'ab a b\nbe b\nbee b\nbab b a b\nbab b b\nca c a\ncab c a b\nnew a a';

const MODEL = `\\data\\
ngram 1=9
ngram 2=6
ngram 3=2

\\1-grams:
-1.5\t<unk>
-99\t<s>\t-0.4
-0.9\t</s>
-0.8\tab\t-0.3
-1.0\tbe\t-0.2
-1.2\tbee\t-0.1
-0.9\tbab
-1.1\tca\t-0.2
-0.7\tcab\t-0.4

\\2-grams:
-0.2\t<s> be\t-0.15
-0.5\tbe bee\t-0.25
-0.7\tbee be
-0.3\tab </s>
-0.45\tab ca
-0.1\tca be

\\3-grams:
-0.1\t<s> be bee
-0.9\tbe bee be

\\end\\
`;

export const SIZE = 4;
const table = letterTable(SIZE);
export const lexicon = Lexicon.fromBuffer(lexiconFile(WORDS, ['<blank>', 'a', 'b', 'c']));
export const model = NgramModel.fromBuffer(encodeModel(parseArpa(MODEL)));
const tree = new LexiconTree(buildLexiconTree(lexicon, model), SIZE);
export const resources = { lexicon, model, tree, tokens: table, spellings: null };

/** Words that are found together, and their score after a state of the language model. */
export interface Unit {
  readonly words: readonly string[];
  readonly pronunciation: readonly number[];
  /** Weighted and boosted score of a word whose natural-log probability is given. */
  readonly score: (logProb: number, word: string) => number;
}

/** The words of the lexicon, one unit for each pronunciation. */
export function lexiconUnits(languageModelWeight: number): Unit[] {
  return Array.from({ length: lexicon.size }, (_, word) => word).flatMap((word) =>
    lexicon.pronunciations(word).map((pronunciation) => ({
      words: [lexicon.word(word)],
      pronunciation,
      score: (logProb: number) => languageModelWeight * logProb,
    })),
  );
}

/** The best score of every word sequence, ending included, by going through all alignments and all ways to read them. */
export function bruteForce(
  logProbs: Float32Array,
  { blankPenalty, languageModelWeight, wordBonus }: LexiconSearchOptions,
  units = lexiconUnits(languageModelWeight),
): Map<string, number> {
  const found = new Map<string, number>();
  for (const [key, acoustic] of likeliestAlignments(logProbs, blankPenalty)) {
    for (const reading of readings(key === '' ? [] : key.split(' ').map(Number), units)) {
      let state = model.start;
      let score = acoustic;
      for (const unit of reading) {
        for (const word of unit.words) {
          const id = model.wordId(word);
          score += unit.score(model.score(state, id), word) + wordBonus;
          state = model.next(state, id);
        }
      }
      score += languageModelWeight * model.end(state);
      const text = reading.flatMap(({ words }) => words).join(' ');
      found.set(text, Math.max(found.get(text) ?? Number.NEGATIVE_INFINITY, score));
    }
  }
  return found;
}

/** By tokens, one space apart: log-probability of the best alignment, its blanks penalised. */
function likeliestAlignments(logProbs: Float32Array, blankPenalty: number): Map<string, number> {
  const steps = logProbs.length / SIZE;
  const spoken = new Map<string, number>();
  for (let n = 0; n < SIZE ** steps; n += 1) {
    const path = Array.from({ length: steps }, (_, step) => Math.floor(n / SIZE ** step) % SIZE);
    const blanks = path.filter((token) => token === 0).length;
    const sound = path.reduce((sum, token, step) => sum + logProbs[step * SIZE + token]!, 0);
    const score = sound - blankPenalty * blanks;
    const key = collapse(path).join(' ');
    spoken.set(key, Math.max(spoken.get(key) ?? Number.NEGATIVE_INFINITY, score));
  }
  return spoken;
}

/** All ways to read phonemes as units. */
function readings(phonemes: readonly number[], units: readonly Unit[]): Unit[][] {
  if (phonemes.length === 0) return [[]];
  return units
    .filter(({ pronunciation }) => pronunciation.every((phoneme, i) => phonemes[i] === phoneme))
    .flatMap((unit) =>
      readings(phonemes.slice(unit.pronunciation.length), units).map((rest) => [unit, ...rest]),
    );
}
