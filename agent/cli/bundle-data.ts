import type { Bundle } from '../acoustic/bundle.ts';
import { Lexicon } from '../decoder/lexicon.ts';
import { NgramModel } from '../decoder/ngram-model.ts';
import { type AgentError, toAgentError } from '../errors.ts';

/** A file of a bundle that the search uses: what it holds, or what is wrong with it. */
export interface BundleDataFile {
  /** Its field in model.json. */
  readonly field: keyof typeof READERS;
  /** Name of the file. */
  readonly path: string;
  /** For people: order, words, size. Empty when there is an error. */
  readonly facts: string;
  readonly error: AgentError | null;
}

const READERS = {
  languageModel: languageModelFacts,
  lexicon: lexiconFacts,
  letterToSound: languageModelFacts,
} as const;

/** The language model, the lexicon and the letter-to-sound model of a bundle, as far as it has them; their checksums are verified. */
export function describeBundleData(bundle: Bundle): BundleDataFile[] {
  const fields = ['languageModel', 'lexicon', 'letterToSound'] as const;
  return fields.flatMap((field): BundleDataFile[] => {
    const [file, path] = [bundle[field], bundle.description[field]];
    if (file === null || path === null) return [];
    try {
      const facts = `${READERS[field](file.bytes, file.path)}, ${(file.bytes.byteLength / 1e6).toFixed(1)} MB`;
      return [{ field, path, facts, error: null }];
    } catch (error) {
      return [{ field, path, facts: '', error: toAgentError(error) }];
    }
  });
}

function languageModelFacts(buffer: ArrayBufferLike, path: string): string {
  const { order, ngramCounts, wordCount } = NgramModel.fromBuffer(buffer, path);
  const total = ngramCounts.reduce((sum, count) => sum + count, 0);
  return `order ${order}, ${total} n-grams (${ngramCounts.join(' + ')}), ${wordCount} words`;
}

function lexiconFacts(buffer: ArrayBufferLike, path: string): string {
  const { size, pronunciationCount } = Lexicon.fromBuffer(buffer, path);
  return `${size} words, ${pronunciationCount} pronunciations`;
}
