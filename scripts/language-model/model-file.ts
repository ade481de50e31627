import { sealDataFile } from '../../agent/decoder/data-file.ts';
import {
  HEADER,
  logProbBits,
  NGRAM_FILE,
  type NgramHeader,
  type NgramSections,
  ngramFileBytes,
  ngramSections,
  SPECIAL_WORDS,
} from '../../agent/decoder/ngram-format.ts';
import { NgramModel } from '../../agent/decoder/ngram-model.ts';
import { wordText, writeWordBlocks } from '../word-text.ts';
import type { NgramTable } from './ngram-table.ts';

/** The bytes of the file that the agent loads (`agent/decoder/ngram-format.ts`). */
export function encodeModel(table: NgramTable): ArrayBuffer {
  const text = wordText(table.words.slice(SPECIAL_WORDS.length));
  const header = headerOf(table, text.length);
  const buffer = new ArrayBuffer(ngramFileBytes(header));
  const sections = ngramSections(buffer, header);
  sections.unigramLogProbs.set(table.levels[0]!.logProbs);
  writeEntries(table, header, sections.entries);
  writeContexts(table, sections);
  sections.wordText.set(text);
  writeWordBlocks(text, sections.wordBlocks);
  linkSuffixes(table, header, sections);
  writeHeader(buffer, header);
  return buffer;
}

function headerOf({ words, levels }: NgramTable, wordTextBytes: number): NgramHeader {
  let lowest = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { logProbs } of levels.slice(1)) {
    for (const logProb of logProbs) {
      if (logProb < lowest) lowest = logProb;
      if (logProb > highest) highest = logProb;
    }
  }
  let contextCount = 1;
  for (const level of levels.slice(0, -1)) {
    for (let node = 0; node < level.words.length; node += 1) if (isContext(level, node)) contextCount += 1;
  }
  return {
    order: levels.length,
    wordCount: words.length,
    contextCount,
    wordTextBytes,
    lowestLogProb: lowest,
    logProbStep: Math.max(0, highest - lowest) / (2 ** logProbBits(words.length) - 1),
    ngramCounts: levels.map((level) => level.words.length),
  };
}

function isContext({ firstChild, backoffs }: NgramTable['levels'][number], node: number): boolean {
  return firstChild[node + 1]! > firstChild[node]! || backoffs[node] !== 0;
}

function writeEntries(
  { words, levels }: NgramTable,
  { lowestLogProb, logProbStep }: NgramHeader,
  entries: Uint32Array,
): void {
  const bits = logProbBits(words.length);
  let at = 0;
  for (const level of levels.slice(1)) {
    for (let i = 0; i < level.words.length; i += 1) {
      const code = logProbStep === 0 ? 0 : Math.round((level.logProbs[i]! - lowestLogProb) / logProbStep);
      entries[at] = level.words[i]! * 2 ** bits + code;
      at += 1;
    }
  }
}

function writeContexts({ levels }: NgramTable, sections: NgramSections): void {
  const { firstChild, backoffs, contextBits, contextRanks } = sections;
  let context = 1;
  let node = 0;
  let firstOfLevel = 0;
  for (const [k, level] of levels.slice(0, -1).entries()) {
    for (let i = 0; i < level.words.length; i += 1, node += 1) {
      if (!isContext(level, i)) continue;
      contextBits[node >>> 5]! |= 1 << (node & 31);
      firstChild[context] = firstOfLevel + level.firstChild[i]!;
      backoffs[context] = level.backoffs[i]!;
      context += 1;
    }
    firstOfLevel += levels[k + 1]!.words.length;
  }
  firstChild[context] = firstOfLevel;
  for (let i = 1; i < contextBits.length; i += 1) {
    contextRanks[i] = contextRanks[i - 1]! + countBits(contextBits[i - 1]!);
  }
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

/**
 * The longest suffix of a context is the state that the model is in when it reads the context's last word after the
 * suffix of the others, so the model itself finds it, shorter contexts first.
 */
function linkSuffixes({ levels }: NgramTable, header: NgramHeader, sections: NgramSections): void {
  const model = new NgramModel(header, sections);
  let contexts = Array.from(levels[0]!.words, (word) => model.next(NgramModel.EMPTY, word));
  for (const [k, level] of levels.slice(1, -1).entries()) {
    const below = levels[k]!;
    const next = new Array<number>(level.words.length).fill(NgramModel.EMPTY);
    for (let parent = 0; parent < below.words.length; parent += 1) {
      for (let child = below.firstChild[parent]!; child < below.firstChild[parent + 1]!; child += 1) {
        const context = contexts[parent]!;
        const word = level.words[child]!;
        if (!isContext(level, child)) continue;
        next[child] = model.next(context, word);
        sections.suffixes[next[child]!] = model.next(sections.suffixes[context]!, word);
      }
    }
    contexts = next;
  }
}

function writeHeader(buffer: ArrayBuffer, header: NgramHeader): void {
  const view = new DataView(buffer);
  const set = (field: number, value: number): void => view.setUint32(field, value, true);
  set(HEADER.order, header.order);
  set(HEADER.wordCount, header.wordCount);
  set(HEADER.contextCount, header.contextCount);
  set(HEADER.wordTextBytes, header.wordTextBytes);
  view.setFloat64(HEADER.lowestLogProb, header.lowestLogProb, true);
  view.setFloat64(HEADER.logProbStep, header.logProbStep, true);
  for (const [i, count] of header.ngramCounts.entries()) set(HEADER.ngramCounts + 4 * i, count);
  sealDataFile(buffer, NGRAM_FILE);
}
