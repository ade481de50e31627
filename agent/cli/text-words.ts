/** A word of a text as it is written there, its punctuation with it. */
export interface TextWord {
  readonly text: string;
  /** Line of the text, from 1. */
  readonly line: number;
}

/** What stands between spaces. */
export function textWords(text: string): TextWord[] {
  return text.split(/\r\n|\r|\n/).flatMap((line, index) =>
    line
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => ({ text: word, line: index + 1 })),
  );
}

/** Whether there is something in a word that could be said: a letter or a digit. */
export function isSayable({ text }: TextWord): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
