import { checkDataFile, dataFileError, openDataFile } from './data-file.ts';
import {
  HEADER,
  MAX_NGRAM_ORDER,
  NGRAM_FILE,
  type NgramHeader,
  ngramFileBytes,
  SPECIAL_WORDS,
} from './ngram-format.ts';

/**
 * Reads the header and checks the whole file: kind, version, length and checksum.
 * @param source name of the file, for error messages
 * @throws AgentError LANGUAGE_MODEL_INVALID
 */
export function readNgramHeader(buffer: ArrayBufferLike, source: string): NgramHeader {
  const view = openDataFile(buffer, NGRAM_FILE, source);
  const header = readFields(view);
  checkFields(header, (what) => {
    throw dataFileError(NGRAM_FILE, source, what);
  });
  checkDataFile(view, ngramFileBytes(header), NGRAM_FILE, source);
  return header;
}

function readFields(view: DataView): NgramHeader {
  const order = view.getUint32(HEADER.order, true);
  const orders = Array.from({ length: Math.min(order, MAX_NGRAM_ORDER) }, (_, i) => i);
  return {
    order,
    wordCount: view.getUint32(HEADER.wordCount, true),
    contextCount: view.getUint32(HEADER.contextCount, true),
    wordTextBytes: view.getUint32(HEADER.wordTextBytes, true),
    lowestLogProb: view.getFloat64(HEADER.lowestLogProb, true),
    logProbStep: view.getFloat64(HEADER.logProbStep, true),
    ngramCounts: orders.map((i) => view.getUint32(HEADER.ngramCounts + 4 * i, true)),
  };
}

function checkFields(header: NgramHeader, fail: (what: string) => never): void {
  if (header.order < 1 || header.order > MAX_NGRAM_ORDER) {
    fail(
      `the order is ${header.order}, expected 1 to ${MAX_NGRAM_ORDER}. The file is damaged; get it again.`,
    );
  }
  if (header.wordCount <= SPECIAL_WORDS.length) {
    fail(
      `the model has no words (${header.wordCount} with the special ones). Build it from a text with words.`,
    );
  }
  if (header.ngramCounts[0] !== header.wordCount || header.contextCount < 1) {
    fail('the counts in the header contradict each other. The file is damaged; get it again.');
  }
}
