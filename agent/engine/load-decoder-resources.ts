import type { Bundle, DecoderFile, Head } from '../acoustic/bundle.ts';
import type { DecoderResources } from '../decoder/decoder-resources.ts';
import { Lexicon } from '../decoder/lexicon.ts';
import { NgramModel } from '../decoder/ngram-model.ts';
import { TokenTable } from '../decoder/token-table.ts';

/**
 * What the decoders of a bundle's model share. The language model and the lexicon are used where they lie.
 * @throws AgentError MODEL_INVALID, LANGUAGE_MODEL_INVALID or LEXICON_INVALID when a file is not what it should be
 */
export function loadDecoderResources({ heads, description, ...files }: Bundle): DecoderResources {
  return {
    heads: new Map(heads.map((head) => [head.name, tokenTable(head)])),
    spellingHead: description.decoder.head,
    languageModel: open(files.languageModel, NgramModel),
    lexicon: open(files.lexicon, Lexicon),
  };
}

interface DecoderFileReader<T> {
  fromBuffer(buffer: ArrayBufferLike, source: string): T;
}

function open<T>(file: DecoderFile | null, reader: DecoderFileReader<T>): T | null {
  return file === null ? null : reader.fromBuffer(file.bytes, file.path);
}

function tokenTable({ tokensText, blank, wordBoundary, tokens }: Head): TokenTable {
  return TokenTable.parse(tokensText, { blank, wordBoundary, source: tokens });
}
