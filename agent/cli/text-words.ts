/** A word of a text as it is written there, its punctuation with it. */
export interface TextWord {
  readonly text: string;
  /** Line of the text, from 1. */
  readonly line: number;
}

const SAYABLE = /[\p{L}\p{N}]/u;
/** What stands alone and belongs to the word behind it. */
const OPENING = /^[“‘„«([{¿¡$£#]+$/;

/** The words of a text: what stands between spaces and has a letter or a digit. */
export function textWords(text: string): TextWord[] {
  return text
    .split(/\r\n|\r|\n/)
    .flatMap((line, index) => wordsOf(line).map((word) => ({ text: word, line: index + 1 })));
}

/**
 * Marks that stand alone, as in `« Qui ? »` and `5 %`, are part of the word before them, or of that behind where they open
 * something or begin the line.
 */
function wordsOf(line: string): string[] {
  const words: { start: number; end: number }[] = [];
  let opened: number | null = null;
  for (const { 0: piece, index } of line.matchAll(/\S+/g)) {
    const end = index + piece.length;
    const last = words.at(-1);
    if (SAYABLE.test(piece)) {
      words.push({ start: opened ?? index, end });
      opened = null;
    } else if (last === undefined || opened !== null || OPENING.test(piece)) opened ??= index;
    else last.end = end;
  }
  return words.map(({ start, end }) => line.slice(start, end));
}
