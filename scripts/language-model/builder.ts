import { normalizeText } from '../../agent/evaluation/text-normalization.ts';
import { type Corpus, WordCounter } from './corpus.ts';
import { pruneTable } from './entropy-pruning.ts';
import { type EstimatedTable, estimateKneserNey } from './kneser-ney.ts';
import { mixTables } from './mixture.ts';
import { tuneWeights } from './mixture-weights.ts';
import { type NgramTable, ngramCount } from './ngram-table.ts';
import type { BuildOptions } from './options.ts';
import { writeModel, writeWordCounts } from './output-files.ts';
import { CorpusReader } from './read-corpus.ts';
import { perplexity, textLogProbs } from './table-score.ts';
import { lexiconWords, readLines } from './text-files.ts';
import { chooseWords, idsOf } from './vocabulary.ts';

type Progress = (message: string) => void;

/**
 * From text to the files of a model. Tells what it does through `progress`.
 * @throws Error naming the file that can not be read or written, or the text without words
 */
export async function buildModel(options: BuildOptions, progress: Progress): Promise<void> {
  const counter = new WordCounter();
  const corpora = await readSources(options, counter, progress);
  const words = chooseWords(counter.byCount(), await requiredWords(options), options);
  progress(`vocabulary: ${words.length} words, the special ones included`);
  if (options.counts !== null) await writeWordCounts(options.counts, counter, words);
  const vocabulary = idsOf(words);
  const ids = counter.idsIn(vocabulary);
  const tuneTokens = await readTuneText(options, vocabulary);
  const tables = corpora.map((corpus, i) => {
    const table = estimateKneserNey(corpus.tokens(ids), options.order, words);
    progress(`estimated from ${options.sources[i]!.path}: ${describe(table, tuneTokens)}`);
    return table;
  });
  const mixed = mix(tables, options, tuneTokens, progress);
  const table = ngramCount(mixed) > options.maxNgrams ? pruneTable(mixed, options.maxNgrams) : mixed;
  progress(`model: ${describe(table, tuneTokens)}`);
  const bytes = await writeModel(table, options);
  progress(`wrote ${options.output}: ${bytes} bytes`);
}

async function readSources(
  options: BuildOptions,
  counter: WordCounter,
  progress: Progress,
): Promise<Corpus[]> {
  const reader = new CorpusReader(options);
  for (const path of options.exclude) await reader.exclude(path);
  const corpora: Corpus[] = [];
  for (const source of options.sources) {
    const { corpus, excluded } = await reader.read(source, counter);
    const { sentenceCount, wordCount } = corpus;
    progress(
      `read ${source.path}: ${sentenceCount} sentences, ${wordCount} words; ${excluded} sentences excluded`,
    );
    if (wordCount === 0) throw new Error(`${source.path} has no words; expected text, a sentence a line`);
    corpora.push(corpus);
  }
  return corpora;
}

/** A word that the normalisation changes can not occur in a text, so it is left out. */
async function requiredWords({ vocabulary, lexicon, normalize }: BuildOptions): Promise<string[]> {
  const words = lexicon === null ? [] : await lexiconWords(lexicon);
  for (const path of vocabulary) {
    for await (const line of readLines(path)) words.push(line.trim().split(/\s/, 1)[0]!);
  }
  return words.filter((word) => word !== '' && (!normalize || normalizeText(word) === word));
}

/** The tuning text knows nothing of exclusions, and its words do not count. */
async function readTuneText(
  options: BuildOptions,
  vocabulary: ReadonlyMap<string, number>,
): Promise<Uint32Array | null> {
  if (options.tune === null) return null;
  const counter = new WordCounter();
  const { corpus } = await new CorpusReader(options).read({ path: options.tune, isProse: false }, counter);
  if (corpus.wordCount === 0)
    throw new Error(`${options.tune} has no words; expected text, a sentence a line`);
  return corpus.tokens(counter.idsIn(vocabulary));
}

function mix(
  tables: readonly EstimatedTable[],
  { sources, weights }: BuildOptions,
  tuneTokens: Uint32Array | null,
  progress: Progress,
): EstimatedTable {
  if (tables.length === 1) return tables[0]!;
  const equal = tables.map(() => 1 / tables.length);
  const chosen = weights ?? (tuneTokens === null ? equal : tuneWeights(tables, tuneTokens));
  for (const [i, { path }] of sources.entries()) progress(`weight ${chosen[i]!.toFixed(4)}  ${path}`);
  const mixed = mixTables(tables, chosen);
  progress(`mixed: ${describe(mixed, tuneTokens)}`);
  return mixed;
}

function describe(table: NgramTable, tuneTokens: Uint32Array | null): string {
  const counts = table.levels.map(({ words }) => words.length).join(' + ');
  const fit =
    tuneTokens === null ? '' : `; perplexity ${perplexity(textLogProbs(table, tuneTokens)).toFixed(2)}`;
  return `${ngramCount(table)} n-grams (${counts})${fit}`;
}
