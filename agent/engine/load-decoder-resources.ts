import type { Bundle, Head } from '../acoustic/bundle.ts';
import type { DecoderResources } from '../decoder/decoder-resources.ts';
import { TokenTable } from '../decoder/token-table.ts';

/**
 * What the decoders of a bundle's model share.
 * @throws AgentError MODEL_INVALID when a tokens file is not one
 */
export function loadDecoderResources({ heads, description }: Bundle): DecoderResources {
  return {
    heads: new Map(heads.map((head) => [head.name, tokenTable(head)])),
    spellingHead: description.decoder.head,
  };
}

function tokenTable({ tokensText, blank, wordBoundary, tokens }: Head): TokenTable {
  return TokenTable.parse(tokensText, { blank, wordBoundary, source: tokens });
}
