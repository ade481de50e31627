import type { NgramLevel, NgramTable } from './ngram-table.ts';
import { idsOf, wordList } from './vocabulary.ts';

/** ARPA files have common logarithms. */
const LN10 = Math.LN10;
/** What ARPA writers put for the logarithm of 0, which `<s>` has: nobody predicts it. */
export const ARPA_ZERO = -99;

interface ArpaEntry {
  readonly ids: readonly number[];
  readonly logProb: number;
  readonly backoff: number;
}

/**
 * Reads a model in ARPA format: the text that SRILM, KenLM, OpenGrm and `build.ts --arpa` write.
 * @throws Error naming the line
 */
export function parseArpa(text: string): NgramTable {
  const lines = text.split(/\r?\n/);
  const sections = findSections(lines);
  const words = wordList(['<unk>', ...entriesOf(lines, sections[0]!).map(({ fields }) => fields[1]!)]);
  const ids = idsOf(words);
  const levels = sections.map((section) =>
    entriesOf(lines, section)
      .map(({ fields, line }) => entryOf(fields, ids, section.order, line))
      .sort((a, b) => compareIds(a.ids, b.ids)),
  );
  addMissingUnigrams(levels[0]!, words.length);
  return { words, levels: levels.map((level, k) => levelOf(level, levels[k + 1], k + 1)) };
}

/** The model in ARPA format, in pieces of text. */
export function* formatArpa({ words, levels }: NgramTable): Generator<string> {
  const counts = levels.map((level, k) => `ngram ${k + 1}=${level.words.length}\n`).join('');
  yield `\\data\\\n${counts}`;
  let histories: string[] = [''];
  let starts: ArrayLike<number> = [0, words.length];
  for (const [k, level] of levels.entries()) {
    yield `\n\\${k + 1}-grams:\n`;
    const texts = new Array<string>(level.words.length);
    for (const [parent, history] of histories.entries()) {
      for (let i = starts[parent]!; i < starts[parent + 1]!; i += 1) {
        texts[i] = `${history}${words[level.words[i]!]!}`;
        const backoff = level.backoffs.length > 0 ? `\t${level.backoffs[i]! / LN10}` : '';
        yield `${level.logProbs[i]! / LN10}\t${texts[i]}${backoff}\n`;
      }
    }
    histories = texts.map((each) => `${each} `);
    starts = level.firstChild;
  }
  yield '\n\\end\\\n';
}

interface ArpaSection {
  readonly order: number;
  /** Indices of lines: the first of the section, and the one after its last. */
  readonly start: number;
  readonly end: number;
}

function findSections(lines: readonly string[]): ArpaSection[] {
  const marks = lines.flatMap((line, index) => (/^\\(\d+-grams:|end\\)\s*$/.test(line) ? [index] : []));
  if (!lines.some((line) => line.startsWith('\\data\\')) || marks.length < 2) {
    throw new Error('not an ARPA file: expected \\data\\, sections such as \\1-grams: and \\end\\');
  }
  return marks.slice(0, -1).map((mark, k) => {
    const order = Number.parseInt(lines[mark]!.slice(1), 10);
    if (order !== k + 1) throw new Error(`line ${mark + 1}: expected \\${k + 1}-grams:, got ${lines[mark]}`);
    return { order, start: mark + 1, end: marks[k + 1]! };
  });
}

function entriesOf(lines: readonly string[], { order, start, end }: ArpaSection) {
  return lines.slice(start, end).flatMap((text, index) => {
    const fields = text.trim().split(/\s+/);
    if (fields[0] === '') return [];
    const line = start + index + 1;
    if (fields.length < order + 1 || fields.length > order + 2) {
      throw new Error(
        `line ${line}: expected a logarithm, ${order} words and perhaps a back-off, got: ${text}`,
      );
    }
    return [{ fields, line }];
  });
}

function entryOf(fields: string[], ids: ReadonlyMap<string, number>, order: number, line: number): ArpaEntry {
  const number = (text: string): number => {
    const value = Number(text);
    if (!Number.isFinite(value)) throw new Error(`line ${line}: expected a number, got ${text}`);
    return value * LN10;
  };
  const idOf = (word: string): number => {
    const id = ids.get(word);
    if (id === undefined) throw new Error(`line ${line}: the word ${word} is not among the 1-grams`);
    return id;
  };
  return {
    logProb: number(fields[0]!),
    ids: fields.slice(1, order + 1).map(idOf),
    backoff: number(fields[order + 1] ?? '0'),
  };
}

/** Special words that a file leaves out can not occur. */
function addMissingUnigrams(unigrams: ArpaEntry[], wordCount: number): void {
  for (let id = 0; id < wordCount; id += 1) {
    if (unigrams[id]?.ids[0] === id) continue;
    unigrams.splice(id, 0, { ids: [id], logProb: ARPA_ZERO * LN10, backoff: 0 });
  }
}

function levelOf(
  entries: readonly ArpaEntry[],
  above: readonly ArpaEntry[] | undefined,
  order: number,
): NgramLevel {
  const firstChild = new Uint32Array(above ? entries.length + 1 : 0);
  let child = 0;
  for (const [i, { ids }] of above ? entries.entries() : []) {
    firstChild[i] = child;
    while (child < above!.length && compareIds(ids, above![child]!.ids.slice(0, order)) === 0) child += 1;
  }
  if (above && child < above.length)
    throw new Error(`an n-gram of order ${order + 1} continues none of order ${order}`);
  if (above) firstChild[entries.length] = child;
  return {
    words: Uint32Array.from(entries, ({ ids }) => ids.at(-1)!),
    firstChild,
    logProbs: Float64Array.from(entries, ({ logProb }) => logProb),
    backoffs: above ? Float64Array.from(entries, ({ backoff }) => backoff) : new Float64Array(0),
  };
}

function compareIds(a: readonly number[], b: readonly number[]): number {
  for (const [i, id] of a.entries()) {
    if (id !== b[i]) return id - b[i]!;
  }
  return 0;
}
