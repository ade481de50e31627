import type { TokenTable } from './token-table.ts';

/** What all decoders of a model share. Immutable. */
export interface DecoderResources {
  /** Tokens of each output of the model, by the name of the head. */
  readonly heads: ReadonlyMap<string, TokenTable>;
  /** The head whose tokens spell the words of searches that know no words. */
  readonly spellingHead: string;
}
