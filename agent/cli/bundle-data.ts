import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '../acoustic/bundle.ts';
import { Lexicon } from '../decoder/lexicon.ts';
import { NgramModel } from '../decoder/ngram-model.ts';
import { AgentError, toAgentError } from '../errors.ts';

/** A file of a bundle that the search uses, as it was found: what it holds, or what is wrong with it. */
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

/** The language model, the lexicon and the letter-to-sound model of a bundle, as far as model.json names them; their checksums are verified. */
export async function readBundleData({ folder, description }: Bundle): Promise<BundleDataFile[]> {
  const fields = ['languageModel', 'lexicon', 'letterToSound'] as const;
  const named = fields.flatMap((field) => {
    const path = description[field];
    return path === null ? [] : [{ field, path }];
  });
  return Promise.all(
    named.map(async ({ field, path }) => {
      try {
        const buffer = await readBuffer(join(folder, path), field);
        const facts = `${READERS[field](buffer, join(folder, path))}, ${(buffer.byteLength / 1e6).toFixed(1)} MB`;
        return { field, path, facts, error: null };
      } catch (error) {
        return { field, path, facts: '', error: toAgentError(error) };
      }
    }),
  );
}

async function readBuffer(path: string, field: string): Promise<ArrayBuffer> {
  try {
    return new Uint8Array(await readFile(path)).buffer;
  } catch (error) {
    throw missing(path, field, error);
  }
}

function missing(path: string, field: string, cause: unknown): AgentError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new AgentError(
    'MODEL_MISSING',
    `${path} can not be read (${reason}); model.json names it as ${field}. Get the model again.`,
    { cause },
  );
}

function languageModelFacts(buffer: ArrayBuffer, path: string): string {
  const { order, ngramCounts, wordCount } = NgramModel.fromBuffer(buffer, path);
  const total = ngramCounts.reduce((sum, count) => sum + count, 0);
  return `order ${order}, ${total} n-grams (${ngramCounts.join(' + ')}), ${wordCount} words`;
}

function lexiconFacts(buffer: ArrayBuffer, path: string): string {
  const { size, pronunciationCount } = Lexicon.fromBuffer(buffer, path);
  return `${size} words, ${pronunciationCount} pronunciations`;
}
