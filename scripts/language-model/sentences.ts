/** Where one sentence ends and another begins: not after an abbreviation or an initial. */
const SENTENCE_BREAK =
  /(?<=[.!?]["'”’)\]]*)(?<!\b(?:Mrs?|Messrs|Dr|St|Prof|Capt|Col|Gen|Lieut|Rev|Hon|Esq|No|vol|chap|\p{Lu})\.)\s+(?=["'“‘([]*\p{Lu})/u;

/** Sentences of prose whose lines are wrapped and whose paragraphs are separated by empty lines. */
export async function* sentencesOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let paragraph = '';
  for await (const line of lines) {
    const text = line.trim();
    if (text !== '') paragraph += ` ${text}`;
    else if (paragraph !== '') {
      yield* paragraph.trim().split(SENTENCE_BREAK);
      paragraph = '';
    }
  }
  if (paragraph !== '') yield* paragraph.trim().split(SENTENCE_BREAK);
}
