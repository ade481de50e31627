import type { DecoderResources, PhraseSayings } from '../decoder/decoder-resources.ts';
import type { SpokenWord } from '../decoder/hotword.ts';
import type { Pronouncer } from '../decoder/pronouncer.ts';
import type { TokenTable } from '../decoder/token-table.ts';
import type { WordTokens } from '../grammar/compile-grammar.ts';

export type WordResources = Pick<DecoderResources, 'heads' | 'normalize' | 'spellingHead'>;

/** Pronunciations of a word that are listened for. */
const MOST_WAYS = 4;

/** The head whose tokens are phonemes; the one that spells when nothing says how words are pronounced. */
export function commandHead({ heads, spellingHead }: WordResources, pronouncer: Pronouncer | null): string {
  if (pronouncer === null) return spellingHead;
  return [...heads].find(([, { wordBoundary }]) => wordBoundary === null)?.[0] ?? spellingHead;
}

/** How the words of grammars are said in tokens of `commandHead`: the likeliest pronunciations, or the letters. */
export function commandWords(resources: WordResources, pronouncer: Pronouncer | null): WordTokens {
  const tokens = resources.heads.get(commandHead(resources, pronouncer))!;
  if (pronouncer === null || tokens.wordBoundary !== null) return spellingOf(tokens);
  return (word) => pronouncer.pronounce(word, MOST_WAYS).map(({ phonemes }) => phonemes);
}

/** How whole phrases are said in tokens of `commandHead`. */
export function phraseSayings(resources: WordResources, pronouncer: Pronouncer | null): PhraseSayings {
  const { normalize } = resources;
  const head = commandHead(resources, pronouncer);
  const tokens = resources.heads.get(head)!;
  if (pronouncer !== null && tokens.wordBoundary === null) {
    const sayings = (text: string) => pronouncer.pronounce(text, MOST_WAYS).map(({ phonemes }) => phonemes);
    return { head, sayings, words: (text) => spokenWords(text, sayings, normalize) };
  }
  const spell = spellingOf(tokens);
  const sayings = (text: string) => {
    const words = normalize(text).split(' ').map(spell);
    return words.some((ways) => ways.length === 0) ? [] : [words.flatMap(([way]) => way!)];
  };
  return { head, sayings, words: (text) => spokenWords(text, spell, normalize) };
}

/** How the words of a text are spelled in tokens of the spelling head; not at all when it has no mark of its own. */
export function spelledWords({
  heads,
  normalize,
  spellingHead,
}: WordResources): (text: string) => SpokenWord[] {
  const tokens = heads.get(spellingHead)!;
  const spell = spellingOf(tokens);
  const beginsWord: WordTokens = (word) =>
    spell(word).filter(([first]) => first !== undefined && tokens.token(first) === tokens.wordBoundary);
  return (text) => spokenWords(normalize(text), beginsWord, normalize);
}

/** A word is said as it is written, `NASA` and `TV`, unless there are several in it: `3D`. */
function spokenWords(text: string, sayings: WordTokens, normalize: (text: string) => string): SpokenWord[] {
  return text.split(/\s+/).flatMap((written) => {
    const words = normalize(written).split(' ').filter(Boolean);
    return words.map((word) => ({ text: word, sayings: sayings(words.length === 1 ? written : word) }));
  });
}

/** Spells words by single characters, the word-boundary mark first. */
function spellingOf(tokens: TokenTable): WordTokens {
  const ids = new Map(Array.from({ length: tokens.size }, (_, id) => [tokens.token(id), id]));
  const mark = tokens.wordBoundary === null ? undefined : ids.get(tokens.wordBoundary);
  return (word) => {
    const letters = [...word].map((letter) => ids.get(letter));
    const spelled = mark === undefined ? letters : [mark, ...letters];
    return spelled.some((id) => id === undefined) ? [] : [spelled as number[]];
  };
}
