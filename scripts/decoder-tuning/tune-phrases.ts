/**
 * Chooses what a list of phrases with `[unk]` pays for a sound that is none of its words, and for going from such sounds to
 * a word or back (`PHRASE_WEIGHTS` in `agent/grammar/phrase-network.ts`), on recordings whose text is known:
 *
 *     npx tsx scripts/decoder-tuning/tune-phrases.ts models/en-base manifest.tsv --audio FOLDER --split dev [--plot FILE.svg]
 *
 * The lists are the digits, and words drawn from the texts, which are then said among others. Digits said alone come from
 * `train` where no other split has them (`--digits`, data sets). Every recording is listened to with every list; a listed
 * word is missed where it was said and not heard, and a false alarm where it was heard and not said. The model runs once
 * over the recordings. Chosen is what makes the fewest misses and false alarms together.
 */
import { writeFile } from 'node:fs/promises';
import { stepMsOf } from '../../agent/acoustic/step-length.ts';
import { svgPlot } from '../../agent/cli/svg-plot.ts';
import { defaultConfig } from '../../agent/config.ts';
import { CommandSearch } from '../../agent/decoder/command-search.ts';
import { align } from '../../agent/evaluation/alignment.ts';
import { spread } from '../../agent/evaluation/spread.ts';
import { markdownTable } from '../../agent/evaluation/table.ts';
import { normalizeText, splitWords } from '../../agent/evaluation/text-normalization.ts';
import { compilePhrases } from '../../agent/grammar/compile-phrases.ts';
import { PHRASE_WEIGHTS, type PhraseWeights } from '../../agent/grammar/phrase-network.ts';
import { scriptArguments } from '../script-arguments.ts';
import { DIGITS, type ListedWord, phraseLists, WORD_LENGTHS } from './phrase-lists.ts';
import type { ScoredClip } from './scored-clips.ts';
import { loadSayings, readRows, scoreClips } from './search-setup.ts';
import { RECORDING_OPTIONS, tuningInputs } from './tuning-inputs.ts';

const UNKNOWN = '[unk]';
const UNKNOWN_SOUNDS = [-1, -1.5, -2];
const BESIDE_UNKNOWN = [0, -2, -3, -4];
/** The groups of words that are counted apart; the last one's false alarms are other words than were said. */
const GROUPS = [...WORD_LENGTHS.map(({ name }) => name), 'digits alone'];
const ALONE = GROUPS.length - 1;
const LISTS = { count: 2, perLength: 8 };

const parsed = scriptArguments(import.meta.filename, {
  allowPositionals: true,
  options: {
    ...RECORDING_OPTIONS,
    dataset: { type: 'string', multiple: true, default: [] },
    clips: { type: 'string', default: '80' },
    digits: { type: 'string', multiple: true, default: ['an4', 'alphanum', 'fsdd', 'speechocean762'] },
    'digit-clips': { type: 'string', default: '60' },
    plot: { type: 'string' },
  },
});
const { values } = parsed;
const { folder, manifestPath, audioFolder } = tuningInputs(parsed);

const {
  bundle,
  sayings,
  pronouncer,
  heads: { sounds: tokens },
} = await loadSayings(folder);
const filter = { datasets: values.dataset, splits: [values.split] };
const speech = await scoreClips(
  bundle,
  await readRows(manifestPath, filter, Number(values.clips)),
  audioFolder,
);
const spelled = await readRows(manifestPath, { datasets: values.digits, splits: ['train'] }, Infinity);
const digitRows = spelled.filter(({ text }) => isOf(DIGITS, splitWords(normalizeText(text))));
const alone = await scoreClips(bundle, spread(digitRows, Number(values['digit-clips'])), audioFolder);
const hours =
  (speech.reduce((total, { steps }) => total + steps, 0) * stepMsOf(bundle.description)) / 3_600_000;
const wayKeys = new Map<string, readonly string[]>();
const [digits, ...drawn] = phraseLists(
  speech.map(({ reference }) => reference),
  pronouncer,
  LISTS,
);
/** What is listened to with which list. */
const trials = [
  ...[digits!, ...drawn].map((list) => spokenList(list, speech)),
  { ...spokenList(digits!, alone), isAlone: true },
];

function isOf(list: readonly string[], words: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => list.includes(word));
}

/** A list, recordings, and the words of the list that are said in each. */
interface Trial {
  readonly lengths: ReadonlyMap<string, number>;
  readonly clips: readonly ScoredClip[];
  readonly said: readonly (readonly string[])[];
  /** Whether nothing else is said. */
  readonly isAlone: boolean;
}

function waysOf(word: string): readonly string[] {
  const keys = wayKeys.get(word) ?? sayings.sayings(word).map((way) => way.join(' '));
  wayKeys.set(word, keys);
  return keys;
}

/** What sounds as a word of the list counts as that word: nobody can tell `two` from `too`. */
function spokenList(list: readonly ListedWord[], clips: readonly ScoredClip[]): Trial {
  const bySound = new Map(list.flatMap(({ text }) => waysOf(text).map((way) => [way, text] as const)));
  const lengths = new Map(list.map(({ text, length }) => [text, length]));
  const listed = (word: string) =>
    lengths.has(word) ? word : waysOf(word).flatMap((way) => bySound.get(way) ?? [])[0];
  const said = clips.map(({ reference }) => reference.flatMap((word) => listed(word) ?? []));
  return { lengths, clips, said, isAlone: false };
}

/** Of the words of one length, or of those said alone, over all lists. */
interface Tally {
  said: number;
  missed: number;
  falseAlarms: number;
}

function measure(weights: PhraseWeights): Tally[] {
  const tallies = GROUPS.map(() => ({ said: 0, missed: 0, falseAlarms: 0 }));
  for (const trial of trials) listenFor(trial, weights, tallies);
  return tallies;
}

function listenFor(
  { lengths, clips, said, isAlone }: Trial,
  weights: PhraseWeights,
  tallies: readonly Tally[],
): void {
  const tally = (word: string) => tallies[isAlone ? ALONE : lengths.get(word)!]!;
  const list = { phrases: [...lengths.keys()], unknown: UNKNOWN };
  const graph = compilePhrases(list, sayings.sayings, tokens, { weights });
  const search = new CommandSearch(graph, tokens, { ...defaultConfig().commands, minConfidence: 0 });
  for (const [index, { rows: logProbs, steps }] of clips.entries()) {
    search.reset();
    search.accept(logProbs, steps);
    search.end();
    const found = search.best().words.flatMap(({ text }) => (text === UNKNOWN ? [] : [text]));
    for (const word of said[index]!) tally(word).said += 1;
    for (const pair of align(said[index]!, found)) {
      if (pair.kind === 'match') continue;
      if (pair.reference !== null) tally(pair.reference).missed += 1;
      if (pair.hypothesis !== null) tally(pair.hypothesis).falseAlarms += 1;
    }
  }
}

interface Tried extends PhraseWeights {
  readonly tallies: readonly Tally[];
  readonly errors: number;
}

function tried(unknownSound: number, besideUnknown: number): Tried {
  const weights = { ...PHRASE_WEIGHTS, unknownSound, besideUnknown };
  const tallies = measure(weights);
  const errors = tallies.reduce((sum, { missed, falseAlarms }) => sum + missed + falseAlarms, 0);
  process.stderr.write(`${unknownSound} a sound, ${besideUnknown} beside it: ${errors} errors\n`);
  return { ...weights, tallies, errors };
}

const all = BESIDE_UNKNOWN.flatMap((beside) => UNKNOWN_SOUNDS.map((sound) => tried(sound, beside)));
const best = all.reduce((least, each) => (each.errors < least.errors ? each : least));
const heardHours = hours * (1 + drawn.length);

const missedPercent = ({ missed, said }: Tally) => (100 * missed) / Math.max(1, said);
const alarmsPerHour = ({ falseAlarms }: Tally) => falseAlarms / heardHours;
const sum = (tallies: readonly Tally[]): Tally =>
  tallies.reduce((a, b) => ({
    said: a.said + b.said,
    missed: a.missed + b.missed,
    falseAlarms: a.falseAlarms + b.falseAlarms,
  }));

function row({ unknownSound, besideUnknown, tallies, errors }: Tried): string[] {
  const cells = [...tallies, sum(tallies)].flatMap((each) => [
    missedPercent(each).toFixed(1),
    alarmsPerHour(each).toFixed(1),
  ]);
  return [String(unknownSound), String(besideUnknown), ...cells, String(errors)];
}

const columns = [
  'a sound',
  'beside it',
  ...[...GROUPS, 'all'].flatMap((name) => [`${name}: missed %`, 'false an hour']),
  'errors',
].map((title) => ({ title }));
const { said } = sum(best.tallies);
process.stdout.write(
  `${speech.length} recordings of ${values.split} (${hours.toFixed(2)} h), ${1 + drawn.length} lists; ${alone.length} of digits alone; ${said} listed words said.\n\n`,
);
process.stdout.write(`${markdownTable(columns, all.map(row))}\n\n`);
process.stdout.write(`Fewest errors: ${best.unknownSound} a sound, ${best.besideUnknown} beside it.\n`);
if (values.plot !== undefined) {
  await writeFile(
    values.plot,
    svgPlot({
      title: 'Words of a list with [unk]: missed against false alarms',
      xTitle: 'false alarms an hour',
      yTitle: 'missed, %',
      isLinear: true,
      limit: { name: 'chosen', y: missedPercent(sum(best.tallies)) },
      series: BESIDE_UNKNOWN.map((beside) => ({
        name: `${beside} beside it`,
        points: all
          .filter(({ besideUnknown }) => besideUnknown === beside)
          .map(({ tallies }) => ({ x: alarmsPerHour(sum(tallies)), y: missedPercent(sum(tallies)) }))
          .sort((a, b) => a.x - b.x),
      })),
      caption: `${bundle.description.name} ${bundle.description.version}, ${speech.length} recordings of ${values.split}`,
    }),
  );
}
