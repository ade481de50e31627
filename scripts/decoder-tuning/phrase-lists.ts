import type { Pronouncer } from '../../agent/decoder/pronouncer.ts';
import { seededRandom } from '../../agent/evaluation/random.ts';

/** By how many sounds a word has: the fewer, the more often it is heard where nobody said it. */
export const WORD_LENGTHS = [
  { name: '2 and 3 sounds', most: 3 },
  { name: '4 and 5', most: 5 },
  { name: '6 and more', most: Number.POSITIVE_INFINITY },
] as const;

/** A word of a list, and which of `WORD_LENGTHS` it has. */
export interface ListedWord {
  readonly text: string;
  readonly length: number;
}

/** Words that are rarer say nothing about misses; what is more common stands in no list of commands. */
const OCCURRENCES = { least: 3, most: 20 };
export const DIGITS = 'zero one two three four five six seven eight nine oh'.split(' ');

/**
 * Lists of words as clients might send them: the digits, and `count` lists drawn by a seeded choice from the words of
 * texts, `perLength` of each length.
 */
export function phraseLists(
  texts: readonly (readonly string[])[],
  pronouncer: Pronouncer,
  { count, perLength }: { readonly count: number; readonly perLength: number },
): ListedWord[][] {
  const occurrences = new Map<string, number>();
  for (const word of texts.flat()) occurrences.set(word, (occurrences.get(word) ?? 0) + 1);
  const usual = [...occurrences]
    .filter(([, times]) => times >= OCCURRENCES.least && times <= OCCURRENCES.most)
    .map(([text]) => text)
    .sort();
  const listed = (text: string): ListedWord => ({ text, length: lengthOf(text, pronouncer) });
  const random = seededRandom(1);
  // nobody can tell a single sound from a part of other words
  const left = usual.filter((text) => soundsOf(text, pronouncer) > 1).map(listed);
  const draw = (length: number) => {
    const fitting = left.filter((word) => word.length === length);
    const [word] = fitting.slice(Math.floor(random() * fitting.length));
    if (word !== undefined) left.splice(left.indexOf(word), 1);
    return word;
  };
  const drawn = Array.from({ length: count }, () =>
    WORD_LENGTHS.flatMap((_, length) => Array.from({ length: perLength }, () => draw(length))),
  );
  return [DIGITS.map(listed), ...drawn.map((list) => list.filter((word) => word !== undefined))];
}

function soundsOf(word: string, pronouncer: Pronouncer): number {
  return pronouncer.pronounce(word, 1)[0]?.phonemes.length ?? 0;
}

function lengthOf(word: string, pronouncer: Pronouncer): number {
  const sounds = soundsOf(word, pronouncer);
  return WORD_LENGTHS.findIndex(({ most }) => sounds <= most);
}
