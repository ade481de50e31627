import type { DecoderResources, PhraseSayings } from '../decoder/decoder-resources.ts';
import type { SpokenWord } from '../decoder/hotword.ts';
import type { Pronouncer } from '../decoder/pronouncer.ts';
import type { TokenTable } from '../decoder/token-table.ts';
import { wordCutter } from '../decoder/word-pieces.ts';
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
    const words = (text: string) => spokenWords(text, sayings, normalize);
    return { head, sayings, words, spelling: phraseSpelling(resources) };
  }
  const spell = spellingOf(tokens);
  const sayings = (text: string) => {
    const words = normalize(text).split(' ').map(spell);
    return words.some((ways) => ways.length === 0) ? [] : [words.flatMap(([way]) => way!)];
  };
  return { head, sayings, words: (text) => spokenWords(text, spell, normalize), spelling: () => null };
}

function phraseSpelling(resources: WordResources): PhraseSayings['spelling'] {
  const table = resources.heads.get(resources.spellingHead)!;
  const isMark = (token: number) => table.startsWord(token) && table.text(token) === '';
  const words = spelledWords(resources);
  return (text) => {
    const spelled = words(text).map(({ sayings }) => sayings[0] ?? null);
    if (spelled.length === 0 || spelled.includes(null)) return null;
    const tokens = spelled.flatMap((word) => word!);
    return isMark(tokens[0]!) ? tokens.slice(1) : tokens;
  };
}

/** How the words of a text are spelled in tokens of the spelling head; not at all when its tokens spell no words. */
export function spelledWords({
  heads,
  normalize,
  spellingHead,
}: WordResources): (text: string) => SpokenWord[] {
  const tokens = heads.get(spellingHead)!;
  const spell: WordTokens = tokens.wordBoundary === null ? () => [] : spellingOf(tokens);
  return (text) => spokenWords(normalize(text), spell, normalize);
}

/** A word is said as it is written, `NASA` and `TV`, unless there are several in it: `3D`. */
function spokenWords(text: string, sayings: WordTokens, normalize: (text: string) => string): SpokenWord[] {
  return text.split(/\s+/).flatMap((written) => {
    const words = normalize(written).split(' ').filter(Boolean);
    return words.map((word) => ({ text: word, sayings: sayings(words.length === 1 ? written : word) }));
  });
}

/** Spells words, the word-boundary mark first. */
function spellingOf(tokens: TokenTable): WordTokens {
  const cut = wordCutter(tokens);
  return (word) => {
    const spelled = cut(word);
    return spelled === null ? [] : [spelled];
  };
}
