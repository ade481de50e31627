/**
 * Chooses the weight of the language model and the word bonus of the search through a bundle's lexicon, and fits the
 * confidence of words, on recordings whose text is known:
 *
 *     npx tsx scripts/decoder-tuning/tune.ts models/en-base manifest.tsv --audio FOLDER --split dev [--write]
 *
 * The model runs once over the recordings; each setting searches what it said anew. Weight and bonus are varied in
 * turn until neither helps. The confidence is fitted on every other recording and judged on the rest. `--write` puts
 * the results into model.json, as the bundle's advice in `decoder`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { OnnxAcousticModel } from '../../agent/acoustic/onnx-acoustic-model.ts';
import { defaultConfig } from '../../agent/config.ts';
import { LexiconSearch, type LexiconSearchOptions } from '../../agent/decoder/lexicon-search.ts';
import { type ConfidenceCalibration, UNCALIBRATED } from '../../agent/decoder/word-confidence.ts';
import { loadDecoderResources, shareLexiconTree } from '../../agent/engine/load-decoder-resources.ts';
import { align } from '../../agent/evaluation/alignment.ts';
import { totalErrors, wordErrors } from '../../agent/evaluation/error-counts.ts';
import { parseManifest, selectRows } from '../../agent/evaluation/manifest.ts';
import { fitConfidence, type JudgedWord, reliability } from './fit-confidence.ts';
import { phonemeRows, type ScoredClip } from './phoneme-rows.ts';

const STEPS_PER_RUN = 64;
const WEIGHTS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4];
const BONUSES = [-1, -0.5, 0, 0.5, 1, 1.5, 2];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    audio: { type: 'string' },
    split: { type: 'string', default: 'dev' },
    limit: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const [folder, manifestPath] = positionals;
if (folder === undefined || manifestPath === undefined) throw new Error('expected a bundle and a manifest');

const bundle = await loadBundle(folder);
const {
  languageModel: model,
  lexicon,
  pronunciations,
  heads,
} = loadDecoderResources(bundle, shareLexiconTree(bundle));
if (!model || !lexicon || !pronunciations) throw new Error(`${folder} has no lexicon or no language model`);
const resources = { model, lexicon, tree: pronunciations.tree, tokens: heads.get(pronunciations.head)! };
const defaults = defaultConfig().decoder;

interface Setting {
  readonly languageModelWeight: number;
  readonly wordBonus: number;
}

function searchOptions(setting: Setting, calibration: ConfidenceCalibration): LexiconSearchOptions {
  return {
    ...setting,
    calibration,
    beamWidth: defaults.lexiconBeamWidth,
    tokenMinLogProb: defaults.lexiconTokenMinLogProb,
    beamMinLogProb: defaults.lexiconBeamMinLogProb,
    stableAfterSteps: Number.POSITIVE_INFINITY,
  };
}

/** The words that a search finds in each clip. */
function recognize(clips: readonly ScoredClip[], setting: Setting, calibration = UNCALIBRATED) {
  const search = new LexiconSearch(resources, searchOptions(setting, calibration));
  return clips.map(({ rows, steps }) => {
    search.reset();
    search.accept(rows, steps);
    search.end();
    return search.best().words;
  });
}

function errorRate(clips: readonly ScoredClip[], setting: Setting): number {
  let [errors, words] = [0, 0];
  for (const [i, found] of recognize(clips, setting).entries()) {
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
  const { languageModelWeight, wordBonus } = setting;
  process.stdout.write(
    `weight ${languageModelWeight}, bonus ${wordBonus}: WER ${(100 * rate).toFixed(2)} %\n`,
  );
  return rate;
}

function chooseSetting(clips: readonly ScoredClip[]): Setting {
  let best: Setting = { languageModelWeight: defaults.languageModelWeight, wordBonus: defaults.wordBonus };
  let rate = errorRate(clips, best);
  for (let changed = true; changed; ) {
    const before = best;
    for (const setting of neighbours(best)) {
      const other = errorRate(clips, setting);
      if (other < rate) [best, rate] = [setting, other];
    }
    changed = best !== before;
  }
  return best;
}

/** The settings one step away on the grid. */
function neighbours({ languageModelWeight, wordBonus }: Setting): Setting[] {
  const weight = WEIGHTS.indexOf(languageModelWeight);
  const bonus = BONUSES.indexOf(wordBonus);
  return [
    ...[WEIGHTS[weight - 1], WEIGHTS[weight + 1]].map((each) => ({ languageModelWeight: each, wordBonus })),
    ...[BONUSES[bonus - 1], BONUSES[bonus + 1]].map((each) => ({ languageModelWeight, wordBonus: each })),
  ].filter((setting): setting is Setting => Object.values(setting).every((value) => value !== undefined));
}

/** The evidence for each word that is found, and whether it is right. */
function judge(clips: readonly ScoredClip[], setting: Setting): JudgedWord[] {
  const logits = recognize(clips, setting, { bias: 0, posterior: 1, deficit: 0 });
  const deficits = recognize(clips, setting, { bias: 0, posterior: 0, deficit: 1 });
  return clips.flatMap(({ reference }, i) => {
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

function printReliability(words: readonly JudgedWord[], calibration: ConfidenceCalibration): void {
  const { bias, posterior, deficit } = calibration;
  const judged = words.map((word) => ({
    confidence: 1 / (1 + Math.exp(-(bias + posterior * word.logit + deficit * word.deficit))),
    correct: word.correct,
  }));
  const { bins, error } = reliability(judged);
  process.stdout.write('\n| words | mean confidence | right |\n|--:|--:|--:|\n');
  for (const bin of bins) {
    if (bin.words === 0) continue;
    process.stdout.write(`| ${bin.words} | ${bin.confidence.toFixed(2)} | ${bin.correct.toFixed(2)} |\n`);
  }
  process.stdout.write(`\nexpected calibration error ${error.toFixed(3)}\n`);
}

async function write(advice: object): Promise<void> {
  const path = join(folder!, 'model.json');
  const description = JSON.parse(await readFile(path, 'utf8'));
  description.decoder = { ...description.decoder, search: 'lexicon', ...advice };
  await writeFile(path, `${JSON.stringify(description, null, 2)}\n`);
}

const rows = selectRows(parseManifest(await readFile(manifestPath, 'utf8'), manifestPath), {
  splits: [values.split],
  limit: values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit),
});
const acoustics = await OnnxAcousticModel.load(bundle, {
  providers: ['cpu'],
  strict: true,
  precision: 'auto',
  runtimeDir: '',
  maxBatch: 1,
  maxSteps: STEPS_PER_RUN,
});
const clips: ScoredClip[] = [];
for await (const clip of phonemeRows(acoustics, rows, values.audio ?? dirname(manifestPath)))
  clips.push(clip);
await acoustics.release();

const setting = chooseSetting(clips);
const fitted = judge(
  clips.filter((_, i) => i % 2 === 0),
  setting,
);
const confidence = fitConfidence(fitted);
const judged = judge(
  clips.filter((_, i) => i % 2 === 1),
  setting,
);
process.stdout.write('\nThe share of the beam as confidence:\n');
printReliability(judged, UNCALIBRATED);
process.stdout.write(`\nFitted, ${JSON.stringify(confidence)}:\n`);
printReliability(judged, confidence);
const advice = { ...setting, confidence };
process.stdout.write(`\n${JSON.stringify(advice)}\n`);
if (values.write) await write(advice);
