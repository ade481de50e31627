/**
 * Sentences of Wikipedia, a line each, from the text files of two public repositories:
 *
 *     node --import tsx scripts/language-model/wikipedia-text.ts FOLDER > sentences.txt
 *
 * FOLDER has `*.tsv` of github.com/google-research-datasets/wiki-split, whose last column holds simple sentences, and `*.txt` of
 * WikiText-2 as in github.com/pytorch/examples (word_language_model/data/wikitext-2), both CC BY-SA. Their tokens are set apart by
 * spaces, as treebanks do it; here contractions are words again. Sentences with unknown words are left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** The sentences of a file, by its extension. */
export function sentencesOf(name: string, text: string): string[] {
  const parts = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('= '))
    .flatMap((line) =>
      name.endsWith('.tsv')
        ? (line.split('\t').at(-1) ?? '').split('<::::>')
        : line.trim().split(/(?<=[.?!]) /),
    );
  return parts.map(joinTokens).filter((sentence) => {
    const words = sentence.split(' ').length;
    return words >= WORDS.least && words <= WORDS.most && !sentence.includes('<unk>');
  });
}

function main([folder]: string[]): void {
  if (folder === undefined) throw new Error('expected a folder of .tsv and .txt files');
  for (const name of readdirSync(folder).sort()) {
    if (!/\.(tsv|txt)$/.test(name)) continue;
    const sentences = sentencesOf(name, readFileSync(join(folder, name), 'utf8'));
    process.stdout.write(`${sentences.join('\n')}\n`);
  }
}

if (import.meta.filename === process.argv[1]) main(process.argv.slice(2));
