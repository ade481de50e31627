/**
 * How far the times of words are from a forced alignment of what was said:
 *
 *     npx tsx scripts/decoder-tuning/word-times.ts models/en-base manifest.tsv --audio FOLDER --split test
 *
 * The alignment is of the reference text, over the log-probs of the bundle's own phonemes; only words that the search
 * got right, and recordings whose words are all in the lexicon, are compared.
 */
import type { HypothesisWord } from '../../agent/decoder/decoder.ts';
import { type AlignedWord, FORCED, ForcedAligner } from '../../agent/decoder/forced-aligner.ts';
import { LexiconSearch } from '../../agent/decoder/lexicon-search.ts';
import { align } from '../../agent/evaluation/alignment.ts';
import { distribution } from '../../agent/evaluation/quantile.ts';
import { markdownTable } from '../../agent/evaluation/table.ts';
import { scriptArguments } from '../script-arguments.ts';
import type { ScoredClip } from './scored-clips.ts';
import { loadSearch, readRows, scoreClips } from './search-setup.ts';
import { RECORDING_OPTIONS, tuningInputs } from './tuning-inputs.ts';

const parsed = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: {
    ...RECORDING_OPTIONS,
    split: { type: 'string', default: 'test' },
    clips: { type: 'string', default: '300' },
  },
});
const { values } = parsed;
const { folder, manifestPath, audioFolder } = tuningInputs(parsed);

const { bundle, resources, heads, options, stepMs } = await loadSearch(folder);
const { lexicon, tokens } = resources;
const search = new LexiconSearch(resources, options);

function found({ rows, steps }: ScoredClip): readonly HypothesisWord[] {
  search.reset();
  search.accept(rows, steps);
  search.end();
  return search.best().words;
}

/** The rows of the first head. */
function phonemeRows(rows: Float32Array, steps: number): Float32Array {
  const { size } = tokens;
  const phonemes = new Float32Array(steps * size);
  for (let step = 0; step < steps; step += 1) {
    const from = step * search.rowLength;
    phonemes.set(rows.subarray(from, from + size), step * size);
  }
  return phonemes;
}

/** Where the words of the reference were said; null when one is not in the lexicon or nothing fits. */
function said({ reference, rows, steps }: ScoredClip): (AlignedWord | null)[] | null {
  const words = reference.map((word) => lexicon.lookup(word));
  if (words.length === 0 || words.includes(-1)) return null;
  const sayings = words.map((word) => lexicon.pronunciations(word));
  const aligner = new ForcedAligner(sayings, tokens, FORCED);
  aligner.accept(phonemeRows(rows, steps), steps);
  return aligner.end();
}

/** Milliseconds by which starts and ends of right words lie behind the alignment. */
function distances(clip: ScoredClip): { start: number; end: number }[] {
  const spans = said(clip);
  if (spans === null) return [];
  const words = found(clip);
  const pairs = align(
    clip.reference,
    words.map(({ text }) => text),
  );
  let [at, hypothesisAt] = [0, 0];
  return pairs.flatMap(({ kind, reference, hypothesis }) => {
    const span = spans[at]!;
    const word = words[hypothesisAt]!;
    if (reference !== null) at += 1;
    if (hypothesis !== null) hypothesisAt += 1;
    if (kind !== 'match') return [];
    return {
      start: (word.startStep - span.startStep) * stepMs,
      end: (word.endStep - span.endStep) * stepMs,
    };
  });
}

const rows = await readRows(manifestPath, { splits: [values.split] }, Number(values.clips));
const clips = await scoreClips(bundle, rows, audioFolder, heads);
const all = clips.flatMap(distances);
const lines = (['start', 'end'] as const).map((side) => {
  const signed = all.map((each) => each[side]);
  const distance = distribution(signed.map(Math.abs));
  const cells = [distribution(signed)?.p50, distance?.p50, distance?.p95];
  return [side, ...cells.map((cell) => (cell === undefined ? '–' : cell.toFixed(0)))];
});
const columns = ['', 'median delay ms', 'median distance ms', 'p95'].map((title) => ({ title }));
process.stdout.write(`${all.length} right words of ${clips.length} recordings of ${values.split}\n\n`);
process.stdout.write(`${markdownTable(columns, lines)}\n`);
