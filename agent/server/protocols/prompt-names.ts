/** More are left out: a prompt is no list of words. */
const MOST_NAMES = 50;
/** A part between commas with no more words may be an entry of a list. */
const MOST_WORDS_OF_ENTRY = 3;

/** Begins where a run of marks begins: from each of them on, a long run would be tried again. */
const SENTENCE_END = /(?<![.!?])[.!?]+(?=\s|$)|\n+/u;
const PART_END = /[,;:()"“”«»]+|\s[-–—]\s/u;
const NAME = /^\p{Lu}[\p{L}\p{N}'’.-]+$/u;
/** A capital or a digit behind the first letter: not just the beginning of a sentence. */
const UNMISTAKABLE = /^.+[\p{Lu}\p{N}]/u;

/**
 * The names and terms in a prompt: the entries of a list (`Siobhan, lake effect`), and else words with a capital letter,
 * those that stand together as one, except for the first of a sentence.
 */
export function promptNames(prompt: string): readonly string[] {
  const names = prompt.split(SENTENCE_END).flatMap((sentence) => {
    const parts = sentence.split(PART_END).map((part) => part.split(/\s+/).filter(Boolean));
    const said = parts.filter((words) => words.length > 0);
    if (said.length > 1 && said.every((words) => words.length <= MOST_WORDS_OF_ENTRY)) {
      return said.map((words) => words.join(' ')).filter((entry) => /\p{L}/u.test(entry));
    }
    return said.flatMap((words, index) => namesOf(words, index === 0));
  });
  return [...new Set(names)].slice(0, MOST_NAMES);
}

/** Runs of names; the word that begins a sentence is one only with all the others, or beyond doubt. */
function namesOf(words: readonly string[], beginsSentence: boolean): string[] {
  const isOnlyNames = words.every((word) => NAME.test(word));
  const isName = (word: string, index: number) =>
    NAME.test(word) && (!beginsSentence || index > 0 || isOnlyNames || UNMISTAKABLE.test(word));
  const runs: string[][] = [[]];
  for (const [index, word] of words.entries()) {
    if (isName(word, index)) runs.at(-1)!.push(word);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 0).map((run) => run.join(' '));
}
