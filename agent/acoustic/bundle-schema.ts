import { z } from 'zod';

const positiveInt = z.number().int().positive();
const fileName = z
  .string()
  .regex(/^[^/\\]+$/, 'must be the name of a file in the bundle folder, without a path')
  .refine((name) => name !== '..' && name !== '.', 'must be the name of a file');

const modelFile = z.strictObject({
  path: fileName,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
});

const head = z.strictObject({
  /** `characters` or `phonemes`; what `decoder.head` refers to. */
  name: z.string().min(1),
  /** Graph output, float32 `[batch, steps, tokens]`, natural log, normalised. */
  output: z.string().min(1),
  /** One token a line, the line number is the id. */
  tokens: fileName,
  blank: z.number().int().nonnegative(),
  wordBoundary: z.string().min(1).nullable(),
});

const state = z.strictObject({
  input: z.string().min(1),
  output: z.string().min(1),
  /** -1 marks the batch axis; it may stand anywhere, once. */
  shape: z
    .array(z.union([positiveInt, z.literal(-1)]))
    .min(1)
    .refine((shape) => shape.filter((size) => size === -1).length === 1, 'must have -1 exactly once'),
  type: z.enum(['float32', 'int32', 'int64']),
});

/** What a bundle recommends for its model; any setting that somebody gave wins over it. */
const decoder = z.strictObject({
  head: z.string().min(1),
  search: z.enum(['greedy', 'beam', 'lexicon']).optional(),
  beamWidth: positiveInt.max(512).optional(),
  tokenMinLogProb: z.number().negative().optional(),
  lexiconBeamWidth: positiveInt.max(2048).optional(),
  lexiconTokenMinLogProb: z.number().negative().optional(),
  lexiconBeamMinLogProb: z.number().negative().optional(),
  lexiconBlankPenalty: z.number().min(0).max(10).optional(),
  languageModelWeight: z.number().min(0).max(10).optional(),
  wordBonus: z.number().min(-20).max(20).optional(),
  /** `SpellingOptions`: how letters count in the search through the lexicon. */
  spelling: z
    .strictObject({
      weight: z.number().min(0).max(10),
      letterBonus: z.number().min(-20).max(20),
      /** `UnknownWordOptions`: when they spell a word that the lexicon lacks. */
      unknownWords: z
        .strictObject({
          maxConfidence: z.number().min(0).max(1),
          minLetterProbability: z.number().min(0).max(1),
        })
        .optional(),
    })
    .optional(),
  /** `ConfidenceCalibration`, fitted on texts that are known. */
  confidence: z.strictObject({ bias: z.number(), posterior: z.number(), deficit: z.number() }).optional(),
  /** `transcript.minConfidence` of a search with that confidence. */
  minConfidence: z.number().min(0).max(1).optional(),
});

const endpoint = z.strictObject({
  rule1SilenceMs: z.number().positive().optional(),
  rule2SilenceMs: z.number().positive().optional(),
  rule3UtteranceMs: z.number().positive().optional(),
  tailPaddingMs: z.number().int().nonnegative().optional(),
});

/** `model.json` of a model bundle; `models/README.md` explains every field. */
export const bundleSchema = z
  .strictObject({
    formatVersion: z.literal(1),
    name: z.string().min(1),
    version: z.string().min(1),
    language: z.string().min(1),
    licence: z.string().min(1),
    sampleRate: positiveInt,
    frontend: z.strictObject({
      type: z.string(),
      bufferSize: positiveInt,
      hop: positiveInt,
      window: z.string(),
      melBands: positiveInt,
      coefficients: positiveInt,
    }),
    framesPerStep: positiveInt,
    /** Feature vectors after a step that its result rests on; a multiple of `framesPerStep`. */
    lookaheadFrames: z.number().int().nonnegative(),
    files: z
      .strictObject({
        fp32: modelFile.optional(),
        fp16: modelFile.optional(),
        int8: modelFile.optional(),
      })
      .refine((files) => Object.keys(files).length > 0, 'must name at least one of fp32, fp16, int8'),
    inputs: z.strictObject({ features: z.string().min(1) }),
    heads: z.array(head).min(1),
    states: z.array(state),
    decoder,
    endpoint: endpoint.default({}),
    languageModel: fileName.nullable(),
    lexicon: fileName.nullable(),
    letterToSound: fileName.nullable().default(null),
    training: z.strictObject({
      commit: z.string(),
      hoursSeen: z.number().nonnegative(),
      stages: z.array(z.json()).exactOptional(),
      data: z.array(z.json()),
      results: z.array(z.json()),
    }),
  })
  .check((context) => {
    const { framesPerStep, lookaheadFrames } = context.value;
    if (lookaheadFrames % framesPerStep === 0) return;
    context.issues.push({
      code: 'custom',
      input: lookaheadFrames,
      path: ['lookaheadFrames'],
      message: `must be a multiple of framesPerStep (${framesPerStep})`,
    });
  })
  .check((context) => {
    const { heads, decoder: wanted } = context.value;
    if (heads.some(({ name }) => name === wanted.head)) return;
    const names = heads.map(({ name }) => name).join(', ');
    context.issues.push({
      code: 'custom',
      input: wanted.head,
      path: ['decoder', 'head'],
      message: `must be the name of one of the heads (${names})`,
    });
  });

export type BundleDescription = z.infer<typeof bundleSchema>;
export type HeadDescription = BundleDescription['heads'][number];
export type StateDescription = BundleDescription['states'][number];
export type Precision = keyof BundleDescription['files'];
