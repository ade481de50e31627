import { sealDataFile } from '../../agent/decoder/data-file.ts';
import {
  LEXICON_FILE,
  LEXICON_HEADER,
  type LexiconHeader,
  lexiconFileBytes,
  lexiconSections,
} from '../../agent/decoder/lexicon-format.ts';
import { compareBytes, wordText, writeWordBlocks } from '../word-text.ts';

/** Pronunciations by word, most common first: names of phonemes. */
export type Dictionary = ReadonlyMap<string, readonly (readonly string[])[]>;

/**
 * The bytes of the file that the agent loads (`agent/decoder/lexicon-format.ts`).
 * @param phonemeNames by id
 * @throws Error naming a word with a phoneme that has no id
 */
export function encodeLexicon(dictionary: Dictionary, phonemeNames: readonly string[]): ArrayBuffer {
  const words = [...dictionary.keys()].sort(compareBytes);
  const texts = { words: wordText(words), names: wordText(phonemeNames) };
  const entries = words.map((word) => dictionary.get(word)!.map((names) => idsOf(word, names, phonemeNames)));
  const pronunciations = entries.flat();
  const header: LexiconHeader = {
    wordCount: words.length,
    pronunciationCount: pronunciations.length,
    phonemeBytes: pronunciations.reduce((sum, { length }) => sum + length, 0),
    wordTextBytes: texts.words.length,
    phonemeNameBytes: texts.names.length,
  };
  const buffer = new ArrayBuffer(lexiconFileBytes(header));
  const sections = lexiconSections(buffer, header);
  writeStarts(sections.firstPronunciation, entries);
  writeStarts(sections.phonemeStart, pronunciations);
  sections.phonemes.set(pronunciations.flat());
  sections.wordText.set(texts.words);
  sections.phonemeNames.set(texts.names);
  writeWordBlocks(texts.words, sections.wordBlocks);
  writeHeader(buffer, header);
  return buffer;
}

function idsOf(word: string, names: readonly string[], phonemeNames: readonly string[]): number[] {
  return names.map((name) => {
    const id = phonemeNames.indexOf(name);
    if (id < 0) throw new Error(`${word}: the model has no phoneme ${name}`);
    return id;
  });
}

/** Where each list begins when they lie one after the other, and where the last one ends. */
function writeStarts(starts: Uint32Array, lists: readonly { readonly length: number }[]): void {
  for (const [i, { length }] of lists.entries()) starts[i + 1] = starts[i]! + length;
}

function writeHeader(buffer: ArrayBuffer, header: LexiconHeader): void {
  const view = new DataView(buffer);
  for (const name of Object.keys(header) as (keyof LexiconHeader)[]) {
    view.setUint32(LEXICON_HEADER[name], header[name], true);
  }
  sealDataFile(buffer, LEXICON_FILE);
}
