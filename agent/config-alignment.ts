import { z } from 'zod';
import { positive, share } from './config-values.ts';

const penalty = z.number().nonnegative();

/** Settings of `earshot align`. */
export const alignment = z.strictObject({
  fillerPenalty: penalty
    .default(2.5)
    .describe('Natural log that a step of sound costs which is said between the words of the text.'),
  skipPenalty: penalty
    .default(10)
    .describe('Natural log that it costs to leave out words of the text, however many.'),
  skipWordPenalty: penalty.default(0.5).describe('The same for each of them.'),
  beam: z
    .number()
    .positive()
    .default(200)
    .describe(
      'Places in the text this far below the best (natural log) are dropped; it limits how many words can be left out.',
    ),
  confidenceOffset: z
    .number()
    .default(3)
    .describe('Confidence of a word: logistic function of this plus the scale times its score per token.'),
  confidenceScale: positive.default(2).describe('See `alignment.confidenceOffset`.'),
  minConfidence: share
    .default(0.3)
    .describe('Three words in a row with less confidence are reported as ones that fit badly.'),
  minUnmatchedSounds: z
    .number()
    .int()
    .positive()
    .default(6)
    .describe(
      'Steps of sound between two words from which on they are reported as speech that is not in the text.',
    ),
});
