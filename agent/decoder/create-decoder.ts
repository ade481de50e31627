import { CtcGreedy } from './ctc-greedy.ts';
import { type BeamSearchOptions, CtcPrefixBeamSearch } from './ctc-prefix-beam-search.ts';
import type { Decoder } from './decoder.ts';
import type { TokenTable } from './token-table.ts';

export interface DecoderOptions extends BeamSearchOptions {
  /** Greedy search uses none of the other options. */
  readonly search: 'greedy' | 'beam';
}

/** A new decoder for one stream. */
export function createDecoder(tokens: TokenTable, options: DecoderOptions): Decoder {
  return options.search === 'greedy' ? new CtcGreedy(tokens) : new CtcPrefixBeamSearch(tokens, options);
}
