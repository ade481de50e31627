import { CtcGreedy } from './ctc-greedy.ts';
import { CtcPrefixBeamSearch } from './ctc-prefix-beam-search.ts';
import type { Decoder } from './decoder.ts';
import type { TokenTable } from './token-table.ts';

/** The settings of the section `decoder` that concern the search. */
export interface DecoderOptions {
  readonly search: 'greedy' | 'beam';
  readonly beamWidth: number;
  readonly tokenMinLogProb: number;
  readonly beamMinLogProb: number;
}

/** A new decoder for one stream. */
export function createDecoder(tokens: TokenTable, options: DecoderOptions): Decoder {
  return options.search === 'greedy' ? new CtcGreedy(tokens) : new CtcPrefixBeamSearch(tokens, options);
}
