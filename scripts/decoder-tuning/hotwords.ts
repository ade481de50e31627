/**
 * What hotwords do to the search through a bundle's lexicon, on recordings whose text is known:
 *
 *     npx tsx scripts/decoder-tuning/hotwords.ts models/en-base manifest.tsv --audio FOLDER --split dev
 *
 * The hotwords are the rare words of the recordings: those whose unigram the language model gives less than `--rare`
 * (natural log), and those that it does not know; at most 200 of them, each the hotword of all recordings, so that in each
 * all but its own are wrong. The model runs once over the recordings, `--clips` of them spread evenly over the manifest.
 */
import { HotwordTree } from '../../agent/decoder/hotword-tree.ts';
import { LexiconSearch } from '../../agent/decoder/lexicon-search.ts';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { speakHotwords } from '../../agent/decoder/spoken-hotwords.ts';
import { align } from '../../agent/evaluation/alignment.ts';
import { addCounts, errorRate, NO_ERRORS, wordErrors } from '../../agent/evaluation/error-counts.ts';
import { scriptArguments } from '../script-arguments.ts';
import type { ScoredClip } from './scored-clips.ts';
import { loadSearch, readRows, scoreClips } from './search-setup.ts';
import { RECORDING_OPTIONS, tuningInputs } from './tuning-inputs.ts';

const BOOSTS = [null, 0, 3, 4, 5, 6, 9, 50];
const MOST_HOTWORDS = 200;

const parsed = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: {
    ...RECORDING_OPTIONS,
    dataset: { type: 'string', multiple: true, default: [] },
    clips: { type: 'string', default: '300' },
    rare: { type: 'string', default: '-12.5' },
  },
});
const { values } = parsed;
const { folder, manifestPath, audioFolder } = tuningInputs(parsed);

const { bundle, resources, heads, options, wordsOf } = await loadSearch(folder);
const { model, lexicon } = resources;

function isRare(word: string): boolean {
  const id = model.wordId(word);
  return id === 0 || model.score(NgramModel.EMPTY, id) < Number(values.rare);
}

function rareWords(clips: readonly ScoredClip[]): string[] {
  const rare = new Set(clips.flatMap(({ reference }) => reference.filter(isRare)));
  return [...rare].sort().slice(0, MOST_HOTWORDS);
}

function createSearch(words: readonly string[], boost: number | null): LexiconSearch {
  if (boost === null) return new LexiconSearch(resources, options);
  const list = words.map((text) => ({ text }));
  const hotwords = speakHotwords({ list, boost, max: MOST_HOTWORDS }, wordsOf);
  return new LexiconSearch(resources, options, new HotwordTree(hotwords, { lexicon, model, ...options }));
}

/** One line: how the hotwords fare, and the words of the recordings with and without one of them. */
function measure(clips: readonly ScoredClip[], words: ReadonlySet<string>, search: LexiconSearch): string {
  let [said, heard, invented] = [0, 0, 0];
  let [around, elsewhere] = [NO_ERRORS, NO_ERRORS];
  for (const { reference, rows, steps } of clips) {
    search.reset();
    search.accept(rows, steps);
    search.end();
    const found = search.best().words.map(({ text }) => text);
    for (const pair of align(reference, found)) {
      if (pair.reference !== null && words.has(pair.reference)) said += 1;
      if (pair.hypothesis === null || !words.has(pair.hypothesis)) continue;
      if (pair.kind === 'match') heard += 1;
      else invented += 1;
    }
    const errors = wordErrors(reference, found);
    if (reference.some((word) => words.has(word))) around = addCounts(around, errors);
    else elsewhere = addCounts(elsewhere, errors);
  }
  const percent = (share: number | null) => (100 * (share ?? 0)).toFixed(1);
  return `${percent(heard / said)} | ${invented} | ${percent(errorRate(around))} | ${percent(errorRate(elsewhere))}`;
}

const filter = { datasets: values.dataset, splits: [values.split] };
const rows = await readRows(manifestPath, filter, Number(values.clips));
const clips = await scoreClips(bundle, rows, audioFolder, heads);
const words = rareWords(clips);
const own = words.filter((word) => lexicon.lookup(word) < 0).length;
process.stdout.write(
  `${clips.length} recordings; ${words.length} hotwords, ${own} of them not in the lexicon\n\n` +
    '| boost | hotwords heard, % | hotwords not said | WER with one, % | WER without, % |\n|--:|--:|--:|--:|--:|\n',
);
for (const boost of BOOSTS) {
  const line = measure(clips, new Set(words), createSearch(words, boost));
  process.stdout.write(`| ${boost ?? 'none'} | ${line} |\n`);
}
