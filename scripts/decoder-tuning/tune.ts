/**
 * Chooses the weight of the language model, the word bonus, the penalty on blanks and the say of letters in the search
 * through a bundle's lexicon, and fits the confidence of words, on recordings whose text is known:
 *
 *     npx tsx scripts/decoder-tuning/tune.ts models/en-base manifest.tsv --audio FOLDER --split dev [--write]
 *
 * The model runs once over the recordings, `--clips` of them spread evenly over the manifest; each setting searches what
 * it said anew, as the agent would. The settings are varied in turn until none helps. The confidence is fitted on
 * every other recording and judged on the rest; it tells when letters spell a word that the lexicon lacks, if that helps, and
 * `leastConfidence` says how sure one word of a segment must be.
 * `--write` puts the results into model.json, as the bundle's advice in `decoder`, and writes how reliable the confidence
 * is to CONFIDENCE.md and reliability.svg next to it.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LexiconSearch } from '../../agent/decoder/lexicon-search.ts';
import { logistic } from '../../agent/decoder/log-math.ts';
import type { SpellingOptions } from '../../agent/decoder/spelling-evidence.ts';
import type { UnknownWordOptions } from '../../agent/decoder/unknown-words.ts';
import { type ConfidenceCalibration, UNCALIBRATED } from '../../agent/decoder/word-confidence.ts';
import { align } from '../../agent/evaluation/alignment.ts';
import { totalErrors, wordErrors } from '../../agent/evaluation/error-counts.ts';
import { scriptArguments } from '../script-arguments.ts';
import {
  type CalibrationReport,
  confidencePage,
  confidenceText,
  reliabilityPlot,
} from './confidence-page.ts';
import { fitConfidence, type JudgedWord, reliability } from './fit-confidence.ts';
import { leastConfidence } from './least-confidence.ts';
import type { ScoredClip } from './scored-clips.ts';
import { loadSearch, readRows, scoreClips } from './search-setup.ts';
import { RECORDING_OPTIONS, tuningInputs } from './tuning-inputs.ts';

/** What is tried. */
const GRID = {
  languageModelWeight: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4],
  wordBonus: [-4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1],
  lexiconBlankPenalty: [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5],
};
/** What is tried of the letters, where the bundle has a head that spells. */
const SPELLING_GRID = {
  ...GRID,
  weight: [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5],
  letterBonus: [0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8, 2.1, 2.4],
};
/** When letters spell words that the lexicon lacks: what is tried in the end, the careful before the bold. */
const UNKNOWN_WORDS_GRID: readonly UnknownWordOptions[] = [0.2, 0.3, 0.4, 0.5].flatMap((maxConfidence) =>
  [0.7, 0.6, 0.5, 0.4].map((minLetterProbability) => ({ maxConfidence, minLetterProbability })),
);
/** Where the choice begins, whatever the bundle advises by now. */
const START = { languageModelWeight: 0.8, wordBonus: 0.5, lexiconBlankPenalty: 0.5 };
const SPELLING_START = {
  languageModelWeight: 1,
  wordBonus: -2,
  lexiconBlankPenalty: 1.5,
  weight: 0.3,
  letterBonus: 1.5,
};

const parsed = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: {
    ...RECORDING_OPTIONS,
    clips: { type: 'string', default: '300' },
    write: { type: 'boolean', default: false },
  },
});
const { values } = parsed;
const { folder, manifestPath, audioFolder } = tuningInputs(parsed);

const { bundle, resources, heads, options } = await loadSearch(folder, { weight: 0, letterBonus: 0 });
const spells = resources.spellings !== null;
const grid = spells ? SPELLING_GRID : GRID;

type Setting = { readonly [Name in keyof typeof GRID]: number } & Partial<SpellingOptions>;

/** A setting as advice of a bundle. */
function adviceOf({ weight, letterBonus, unknownWords, ...fusion }: Setting) {
  if (weight === undefined || letterBonus === undefined) return fusion;
  return { ...fusion, spelling: { weight, letterBonus, ...(unknownWords && { unknownWords }) } };
}

/** The words that a search finds in each clip. */
function recognize(clips: readonly ScoredClip[], setting: Setting, calibration = UNCALIBRATED) {
  const { lexiconBlankPenalty: blankPenalty, ...fusion } = { spelling: null, ...adviceOf(setting) };
  const search = new LexiconSearch(resources, { ...options, ...fusion, blankPenalty, calibration });
  return clips.map(({ rows, steps }) => {
    search.reset();
    search.accept(rows, steps);
    search.end();
    return search.best().words;
  });
}

/** WER; prints it, and what a step of the search cost. */
function errorRate(clips: readonly ScoredClip[], setting: Setting, calibration = UNCALIBRATED): number {
  let [errors, words] = [0, 0];
  const before = process.cpuUsage();
  const recognized = recognize(clips, setting, calibration);
  const { user, system } = process.cpuUsage(before);
  const microseconds = (user + system) / clips.reduce((sum, { steps }) => sum + steps, 0);
  for (const [i, found] of recognized.entries()) {
    const { reference } = clips[i]!;
    errors += totalErrors(
      wordErrors(
        reference,
        found.map(({ text }) => text),
      ),
    );
    words += reference.length;
  }
  const rate = errors / words;
  process.stdout.write(
    `${JSON.stringify(setting)}: WER ${(100 * rate).toFixed(2)} %, ${microseconds.toFixed(0)} µs of CPU a step\n`,
  );
  return rate;
}

function chooseSetting(clips: readonly ScoredClip[]): Setting {
  let best: Setting = spells ? SPELLING_START : START;
  let rate = errorRate(clips, best);
  const tried = new Set([JSON.stringify(best)]);
  for (let changed = true; changed; ) {
    const before = best;
    for (const setting of neighbours(best)) {
      const key = JSON.stringify(setting);
      if (tried.has(key)) continue;
      tried.add(key);
      const other = errorRate(clips, setting);
      if (other < rate) [best, rate] = [setting, other];
    }
    changed = best !== before;
  }
  return best;
}

/** The setting, and when letters spell words that the lexicon lacks; without that where it does not help. */
function withUnknownWords(
  clips: readonly ScoredClip[],
  setting: Setting,
  calibration: ConfidenceCalibration,
): Setting {
  let [best, rate] = [setting, errorRate(clips, setting, calibration)];
  for (const unknownWords of spells ? UNKNOWN_WORDS_GRID : []) {
    const other = errorRate(clips, { ...setting, unknownWords }, calibration);
    if (other < rate) [best, rate] = [{ ...setting, unknownWords }, other];
  }
  return best;
}

/** The settings one step away on the grid. */
function neighbours(setting: Setting): Setting[] {
  return Object.entries(grid).flatMap(([name, values]) => {
    const at = values.indexOf(setting[name as keyof typeof SPELLING_GRID]!);
    return values.filter((_, i) => Math.abs(i - at) === 1).map((value) => ({ ...setting, [name]: value }));
  });
}

/** For each clip the evidence for each word that is found, and whether it is right. */
function judge(clips: readonly ScoredClip[], setting: Setting): JudgedWord[][] {
  const logits = recognize(clips, setting, { bias: 0, posterior: 1, deficit: 0 });
  const deficits = recognize(clips, setting, { bias: 0, posterior: 0, deficit: 1 });
  return clips.map(({ reference }, i) => {
    const texts = logits[i]!.map(({ text }) => text);
    const pairs = align(reference, texts).filter(({ hypothesis }) => hypothesis !== null);
    return pairs.map(({ kind }, k) => ({
      logit: logit(logits[i]![k]!.confidence),
      deficit: logit(deficits[i]![k]!.confidence),
      correct: kind === 'match',
    }));
  });
}

function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}

/** The words with the confidence that a calibration gives them. */
function confident(words: readonly JudgedWord[], { bias, posterior, deficit }: ConfidenceCalibration) {
  return words.map((word) => ({
    confidence: logistic(bias + posterior * word.logit + deficit * word.deficit),
    correct: word.correct,
  }));
}

async function write(advice: object, report: CalibrationReport): Promise<void> {
  const path = join(folder!, 'model.json');
  const description = JSON.parse(await readFile(path, 'utf8'));
  description.decoder = { ...description.decoder, search: 'lexicon', ...advice };
  await writeFile(path, `${JSON.stringify(description, null, 2)}\n`);
  await writeFile(join(folder!, 'reliability.svg'), reliabilityPlot(report));
  await writeFile(join(folder!, 'CONFIDENCE.md'), confidencePage(report));
}

const rows = await readRows(manifestPath, { splits: [values.split] }, Number(values.clips));
const clips = await scoreClips(bundle, rows, audioFolder, heads);

const setting = chooseSetting(clips);
const judged = judge(clips, setting);
const half = (rest: 0 | 1) => judged.filter((_, i) => i % 2 === rest).flat();
const confidence = fitConfidence(half(0));
const heldOut = half(1);
const report: CalibrationReport = {
  model: `${bundle.description.name} ${bundle.description.version}`,
  split: values.split,
  clips: clips.length,
  command: `npx tsx scripts/decoder-tuning/tune.ts models/${basename(folder)} MANIFEST --audio FOLDER --split ${values.split} --clips ${values.clips} --write`,
  calibration: confidence,
  share: reliability(confident(heldOut, UNCALIBRATED)),
  fitted: reliability(confident(heldOut, confidence)),
};
const chosen = withUnknownWords(clips, setting, confidence);
const found = recognize(clips, chosen, confidence).map((words, i) => ({
  reference: clips[i]!.reference,
  words,
}));
const advice = { ...adviceOf(chosen), confidence, minConfidence: leastConfidence(found) };
process.stdout.write(`\n${confidenceText(report)}\n${JSON.stringify(advice)}\n`);
if (values.write) await write(advice, report);
