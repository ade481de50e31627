import { AgentError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import {
  HEADER,
  MAX_NGRAM_ORDER,
  NGRAM_HEADER_BYTES,
  NGRAM_MAGIC,
  NGRAM_VERSION,
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
  const fail = (what: string): never => {
    throw new AgentError('LANGUAGE_MODEL_INVALID', `${source}: ${what}`);
  };
  const view = new DataView(buffer);
  checkKind(view, fail);
  const header = readFields(view);
  checkFields(header, fail);
  const expected = ngramFileBytes(header);
  if (buffer.byteLength !== expected || view.getUint32(HEADER.fileBytes, true) !== expected) {
    fail(`the file has ${buffer.byteLength} bytes, expected ${expected}: it is not whole. Get it again.`);
  }
  const checksum = crc32(new Uint8Array(buffer, HEADER.checksum + 4));
  if (checksum !== view.getUint32(HEADER.checksum, true)) {
    fail('the file is damaged: its checksum is not the one in its header. Get it again.');
  }
  return header;
}

function checkKind(view: DataView, fail: (what: string) => never): void {
  const build = 'Build one with scripts/language-model/build.ts.';
  if (view.byteLength === 0) fail(`the file is empty, expected a language model. ${build}`);
  const magic = Array.from({ length: Math.min(view.byteLength, NGRAM_MAGIC.length) }, (_, i) =>
    String.fromCharCode(view.getUint8(i)),
  ).join('');
  if (magic !== NGRAM_MAGIC) {
    fail(`not a language model of Earshot: expected a file that begins with ${NGRAM_MAGIC}. ${build}`);
  }
  if (view.byteLength < NGRAM_HEADER_BYTES) {
    fail(`the file ends within its header, after ${view.byteLength} bytes. Get it again.`);
  }
  const version = view.getUint32(HEADER.version, true);
  if (version !== NGRAM_VERSION) {
    fail(`the format has version ${version}, expected ${NGRAM_VERSION}. ${build}`);
  }
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
    fail('language models need a little-endian machine, and this one is big-endian.');
  }
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
