/** Where one sentence ends and another begins: not after an abbreviation or an initial. */
const SENTENCE_BREAK =
  /(?<=[.!?]["'”’)\]]*)(?<!\b(?:Mrs?|Messrs|Dr|St|Prof|Capt|Col|Gen|Lieut|Rev|Hon|Esq|No|vol|chap|\p{Lu})\.)\s+(?=["'“‘([]*\p{Lu})/u;

/** The sentences of a paragraph without line breaks. */
export function splitParagraph(paragraph: string): string[] {
  return paragraph.trim().split(SENTENCE_BREAK);
}

/** Sentences of prose whose lines are wrapped and whose paragraphs are separated by empty lines. */
export async function* sentencesOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let paragraph = '';
  for await (const line of lines) {
    const text = line.trim();
    if (text !== '') paragraph += ` ${text}`;
    else if (paragraph !== '') {
      yield* splitParagraph(paragraph);
      paragraph = '';
    }
  }
  if (paragraph !== '') yield* splitParagraph(paragraph);
}
