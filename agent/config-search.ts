import { z } from 'zod';
import { count, positive, share } from './config-values.ts';

export const decoder = z.strictObject({
  search: z
    .enum(['greedy', 'beam', 'lexicon'])
    .default('beam')
    .describe(
      'Search: `greedy` and `beam` spell, `lexicon` finds words of the model’s lexicon with its language model.',
    ),
  beamWidth: positive.int().max(512).default(8).describe('Prefixes kept per step.'),
  tokenMinLogProb: z
    .number()
    .negative()
    .default(-9)
    .describe('Tokens below this natural-log probability are not tried.'),
  beamMinLogProb: z
    .number()
    .negative()
    .default(-10)
    .describe('Prefixes this far below the best prefix (natural log) are dropped.'),
  beamLanguageModelWeight: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe('Factor on the language model in the search `beam`; 0: it spells without one.'),
  beamWordBonus: z
    .number()
    .min(-20)
    .max(20)
    .default(0)
    .describe('The same as `wordBonus` for the search `beam` with a language model.'),
  lexiconBeamWidth: positive
    .int()
    .max(2048)
    .default(192)
    .describe('Hypotheses kept per step by the search through the lexicon.'),
  lexiconTokenMinLogProb: z
    .number()
    .negative()
    .default(-6)
    .describe('The same as `tokenMinLogProb` for the search through the lexicon.'),
  lexiconBeamMinLogProb: z
    .number()
    .negative()
    .default(-12)
    .describe('The same as `beamMinLogProb` for the search through the lexicon.'),
  lexiconBlankPenalty: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe(
      'Natural log that a step of blank costs in the search through the lexicon: models are too sure of it.',
    ),
  languageModelWeight: z
    .number()
    .min(0)
    .max(10)
    .default(0.8)
    .describe('Factor on the log-probabilities of the language model.'),
  wordBonus: z
    .number()
    .min(-20)
    .max(20)
    .default(0.5)
    .describe('Added per word (natural log), against the preference of language models for few words.'),
  spellingWeight: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .describe(
      'Say of the letters that the model hears in the search through the lexicon, as a factor on what its bundle advises (`decoder.spelling`); 0: they have none.',
    ),
  spellUnknownWords: z
    .boolean()
    .default(true)
    .describe(
      'Whether the search through the lexicon writes words that it is unsure of as their letters are heard, where these are sure and spell a word that the lexicon lacks; when, its bundle says (`decoder.spelling.unknownWords`).',
    ),
  stableAfterMs: positive
    .default(1500)
    .describe(
      'Age at which words of the best hypothesis are settled; not used when alternatives are listed.',
    ),
  stableCertainty: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.98)
    .describe(
      'Words of the search through the lexicon are settled before that age when hypotheses with this share of the probability have them; 1: by age alone. Not used when alternatives are listed.',
    ),
  certainAfterMs: count
    .default(300)
    .describe(
      'Age from which on that certainty settles words: before it, what is said next changes too many of them.',
    ),
  pronunciations: z
    .string()
    .default('')
    .describe('File of your own pronunciations, lines of word, tab, CMUdict phonemes; empty: none.'),
  alternatives: count.max(20).default(0).describe('Other hypotheses listed in finals.'),
});

export const commands = z.strictObject({
  minConfidence: share.default(0.6).describe('Commands with less confidence are refused.'),
  minEvidence: z
    .number()
    .nonnegative()
    .default(5)
    .describe(
      'How much more probable than silence (natural log) a command must be: noise is not, speech is.',
    ),
  fillerPenalty: positive
    .default(2.5)
    .describe('Natural log that a step of sound before or behind a command costs.'),
  blankPenalty: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .describe(
      'Natural log by which blanks count less in commands: with more of it fewer short words are passed over.',
    ),
  beam: positive.default(20).describe('Paths this far below the best (natural log) are dropped.'),
  maxPaths: positive.int().default(3000).describe('Paths kept per step, about.'),
  confidenceOffset: z
    .number()
    .default(3)
    .describe('Confidence of a command: logistic function of this plus the scale times its score per token.'),
  confidenceScale: positive.default(2).describe('See `commands.confidenceOffset`.'),
});

export const hotwords = z.strictObject({
  list: z
    .array(z.string())
    .default([])
    .describe(
      'Words and phrases that dictation hears more readily, as TEXT or TEXT:BOOST; a stream that brings its own has those instead.',
    ),
  boost: z
    .number()
    .min(0)
    .max(50)
    .default(4)
    .describe('Natural log added to the score of each word of a hotword that states no boost.'),
  max: count.max(5000).default(200).describe('Most hotwords of a stream.'),
});

export const wake = z.strictObject({
  threshold: share
    .default(0.5)
    .describe('Confidence at which a wake phrase counts as said, for phrases that state none.'),
  refractoryMs: count.default(1000).describe('Time after a wake phrase in which none is heard.'),
  pauseMs: count.default(600).describe('Silence that makes a pause before a wake phrase.'),
  midSpeechPenalty: z
    .number()
    .min(0)
    .default(8)
    .describe(
      'Natural log that a wake phrase costs which begins without a pause before it; 0: it may stand anywhere.',
    ),
  spellingWeight: share
    .default(0.2)
    .describe(
      'Share of the letters of a wake phrase in its log-probability, beside its sounds; 0: it is not read, only heard.',
    ),
  confidenceOffset: z
    .number()
    .default(4.5)
    .describe(
      'Confidence of a wake phrase: logistic function of this plus the scale times its log-probability per sound and letter.',
    ),
  confidenceScale: positive.default(2).describe('See `wake.confidenceOffset`.'),
});
