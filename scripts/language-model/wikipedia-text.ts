/**
 * Sentences of Wikipedia, a line each, from what `fetch-public-texts.sh` brings:
 *
 *     node --import tsx scripts/language-model/wikipedia-text.ts FOLDER… > sentences.txt
 *
 * Of the files in the folders and below, `wiki_*` are articles as WikiExtractor writes them; the last column of `*.tsv` holds
 * the simple sentences of WikiSplit; `*.txt` is WikiText-2. The tokens of the latter two are set apart by spaces, as treebanks do
 * it; here contractions are words again, and sentences with unknown words are left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { refuseArguments, scriptArguments } from '../script-arguments.ts';
import { sentencesOfArticles } from './wikipedia-articles.ts';

const WORDS = { least: 3, most: 40 };

/** The text that a line of tokens was made of. */
export function joinTokens(line: string): string {
  return line
    .replace(/\([^)]*\)/g, ' ')
    .replace(/''|``|["@]/g, ' ')
    .replace(/ n 't\b| n't\b/g, "n't")
    .replace(/ '(s|re|ll|ve|d|m|t)\b/g, "'$1")
    .replace(/\s-\s/g, ' ')
    .replace(/(^|\s)'(?=\s|$)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The sentences of a file, by its name; none for one of another kind. */
export function sentencesOf(name: string, text: string): string[] {
  if (/^wiki_\d+$/.test(name)) return sentencesOfArticles(text);
  if (name.endsWith('.tsv')) return tokenizedSentences(text, simpleSentencesOf);
  return name.endsWith('.txt') ? tokenizedSentences(text, (line) => line.trim().split(/(?<=[.?!]) /)) : [];
}

/** WikiSplit: a sentence, and the simple sentences that say the same. */
function simpleSentencesOf(line: string): string[] {
  return (line.split('\t').at(-1) ?? '').split('<::::>');
}

function tokenizedSentences(text: string, split: (line: string) => string[]): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('= '));
  return lines.flatMap(split).map(joinTokens).filter(isSayable);
}

function isSayable(sentence: string): boolean {
  const words = sentence.split(' ').length;
  return words >= WORDS.least && words <= WORDS.most && !sentence.includes('<unk>');
}

function main(folders: string[]): void {
  if (folders.length === 0) refuseArguments('expected folders of .tsv, .txt and wiki_* files');
  for (const folder of folders) {
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.(tsv|txt)$|(^|\/)wiki_\d+$/.test(path)) continue;
      const sentences = sentencesOf(basename(path), readFileSync(join(folder, path), 'utf8'));
      process.stdout.write(`${sentences.join('\n')}\n`);
    }
  }
}

if (import.meta.filename === process.argv[1])
  main(scriptArguments(import.meta.filename, { allowPositionals: true }).positionals);
