import { align } from '../../agent/evaluation/alignment.ts';
import { errorRate } from '../../agent/evaluation/error-counts.ts';
import { byDataset } from '../../agent/evaluation/manifest.ts';
import { alignedLines, worstHeading } from '../../agent/evaluation/report-table.ts';
import { markdownTable } from '../../agent/evaluation/table.ts';
import { splitWords } from '../../agent/evaluation/text-normalization.ts';
import type { UtteranceResult } from '../../agent/evaluation/utterance-result.ts';

/** Recordings with fewer words have error rates of few steps: all right, half wrong, all wrong. */
const LEAST_WORDS = 4;

/** A data set with fewer such recordings has no places worth the name. */
const LEAST_RECORDINGS = 10;

/** Where in the order of a data set's recordings, the best first, an example stands. */
const PLACES = [
  { share: 0.5, name: 'in the middle' },
  { share: 0.75, name: 'a quarter are worse' },
  { share: 0.9, name: 'a tenth are worse' },
] as const;

const WORDS_LISTED = 20;

/** A recording that stands for others. */
export interface ErrorExample {
  readonly place: string;
  readonly result: UtteranceResult;
}

/** What a word was heard as. */
export interface Confusion {
  readonly word: string;
  readonly said: number;
  readonly wrong: number;
  /** What stood in its place most often, null for nothing, and how often. */
  readonly heardAs: string | null;
  readonly heardAsTimes: number;
}

/** What stands in the page beside the results. */
export interface ErrorPageFacts {
  /** Name and version. */
  readonly model: string;
  readonly split: string;
  /** What makes the page. */
  readonly commands: readonly string[];
  /** Machine and version of Earshot. */
  readonly machine: string;
}

/**
 * Recordings at fixed places in the order of their shares of wrong words, so that nobody picks them. Equal shares are
 * ordered by file name. Empty where fewer than `LEAST_RECORDINGS` recordings have `LEAST_WORDS` words.
 */
export function errorExamples(results: readonly UtteranceResult[]): ErrorExample[] {
  const ordered = results
    .filter(({ words }) => words.reference >= LEAST_WORDS)
    .sort((a, b) => rateOf(a) - rateOf(b) || (a.file < b.file ? -1 : 1));
  if (ordered.length < LEAST_RECORDINGS) return [];
  return PLACES.map(({ share, name }) => ({
    place: name,
    result: ordered[Math.floor(share * ordered.length)]!,
  }));
}

/** The words that were wrong most often, at most `most`; among equals the one said less often comes first. */
export function confusions(results: readonly UtteranceResult[], most = WORDS_LISTED): Confusion[] {
  const words = new Map<string, { said: number; heard: Map<string | null, number> }>();
  for (const { reference, hypothesis } of results) {
    for (const pair of align(splitWords(reference), splitWords(hypothesis))) {
      if (pair.reference === null) continue;
      const word = words.get(pair.reference) ?? { said: 0, heard: new Map() };
      words.set(pair.reference, word);
      word.said += 1;
      if (pair.kind !== 'match') word.heard.set(pair.hypothesis, (word.heard.get(pair.hypothesis) ?? 0) + 1);
    }
  }
  return [...words]
    .filter(([, { heard }]) => heard.size > 0)
    .map(([word, { said, heard }]) => confusionOf(word, said, heard))
    .sort((a, b) => b.wrong - a.wrong || a.said - b.said || (a.word < b.word ? -1 : 1))
    .slice(0, most);
}

/** The page ERRORS.md of a bundle. */
export function errorPage(results: readonly UtteranceResult[], facts: ErrorPageFacts): string {
  const sections = [...byDataset(results)].map(([dataset, its]) => section(dataset, its));
  return `# What ${facts.model} gets wrong

${results.length.toLocaleString('en')} recordings of \`${facts.split}\`; error rates of \`test\` stand on the [card](MODEL_CARD.md). ${facts.machine}. Made by:

${facts.commands.map((command) => `    ${command}`).join('\n')}

## Words

Those that were wrong most often, and what was written most often in their place.

${confusionTable(confusions(results))}

## Recordings

Nobody picked them: the recordings of a data set with ${LEAST_WORDS} words or more are put in the order of their shares of wrong words, and
shown are the one in the middle, the one with a quarter behind it and the one with a tenth; of data sets with fewer than
${LEAST_RECORDINGS} of them, none. Wrong words are in capitals, asterisks stand for words that the other line has.

${sections.filter((text) => text !== '').join('\n\n')}
`;
}

function confusionOf(word: string, said: number, heard: ReadonlyMap<string | null, number>): Confusion {
  const counts = [...heard].sort(([a, m], [b, n]) => n - m || (String(a) < String(b) ? -1 : 1));
  const [heardAs, heardAsTimes] = counts[0]!;
  return { word, said, wrong: counts.reduce((sum, [, n]) => sum + n, 0), heardAs, heardAsTimes };
}

function confusionTable(rows: readonly Confusion[]): string {
  const columns = [
    { title: 'word' },
    ...['said', 'wrong', 'wrong %'].map((title) => ({ title, align: 'right' as const })),
    { title: 'most often as' },
  ];
  return markdownTable(
    columns,
    rows.map(({ word, said, wrong, heardAs, heardAsTimes }) => [
      ...[word, String(said), String(wrong), ((100 * wrong) / said).toFixed(0)],
      `${heardAs ?? 'nothing'} (${heardAsTimes})`,
    ]),
  );
}

function section(dataset: string, results: readonly UtteranceResult[]): string {
  const examples = errorExamples(results);
  if (examples.length === 0) return '';
  const shown = examples.map(
    ({ place, result }) => `${place}, ${worstHeading(result)}\n${alignedLines(result)}`,
  );
  return `### ${dataset}\n\n\`\`\`text\n${shown.join('\n\n')}\n\`\`\``;
}

function rateOf(result: UtteranceResult): number {
  return errorRate(result.words)!; // it has `LEAST_WORDS`
}
