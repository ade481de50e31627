import { AgentError } from '../errors.ts';
import { CtcGreedy } from './ctc-greedy.ts';
import { type BeamSearchOptions, CtcPrefixBeamSearch } from './ctc-prefix-beam-search.ts';
import type { Decoder } from './decoder.ts';
import type { DecoderResources } from './decoder-resources.ts';
import type { TokenTable } from './token-table.ts';

/** Whatever the speaker says, as words. */
export interface DictationTask {
  readonly type: 'dictation';
}

/** What a stream listens for. */
export type RecognitionTask = DictationTask;

export interface DecoderOptions extends BeamSearchOptions {
  readonly task: RecognitionTask;
  /** Greedy search uses none of the other options. */
  readonly search: 'greedy' | 'beam';
}

/** A decoder and the head of the model whose log-probs it takes. */
export interface HeadDecoder {
  readonly decoder: Decoder;
  readonly head: string;
  /** Log-probs in a row of that head. */
  readonly rowLength: number;
}

/** A new decoder for one stream. */
export function createDecoder(resources: DecoderResources, options: DecoderOptions): HeadDecoder {
  const head = resources.spellingHead;
  const tokens = tokensOf(resources, head);
  const decoder =
    options.search === 'greedy' ? new CtcGreedy(tokens) : new CtcPrefixBeamSearch(tokens, options);
  return { decoder, head, rowLength: tokens.size };
}

function tokensOf(resources: DecoderResources, head: string): TokenTable {
  const tokens = resources.heads.get(head);
  if (tokens === undefined) throw new AgentError('INTERNAL', `The model has no head ${head}.`);
  return tokens;
}
