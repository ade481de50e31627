import { z } from 'zod';
import { alignment } from './config-alignment.ts';
import { assistant, hooks, mqtt, webhooks } from './config-assistant.ts';
import { server } from './config-server.ts';

const positive = z.number().positive();
const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);
const wakePhraseText = z.string().min(1).max(100);
const wakePhrases = z
  .array(z.union([wakePhraseText, z.strictObject({ text: wakePhraseText, threshold: share.optional() })]))
  .max(20);

/** Where audio of the daemon's own microphone comes from. */
const microphone = z.strictObject({
  enabled: z.boolean().default(true).describe('Open the microphone when the daemon starts.'),
  recorder: z
    .enum(['auto', 'arecord', 'sox', 'rec'])
    .default('auto')
    .describe('Recorder program; auto takes the first that is installed.'),
  device: z
    .string()
    .default('')
    .describe('Device name as `earshot devices` lists it; empty: the system default.'),
  source: z.string().default('').describe('An audio file played as the microphone, in real time.'),
  loop: z.boolean().default(false).describe('Start `source` again when it ends.'),
  grammars: z
    .array(z.string())
    .default([])
    .describe('Grammar files: it listens for their commands; none: dictation.'),
  wakePhrases: wakePhrases
    .default([])
    .describe(
      'Wake phrases: it waits for one of them before it listens for the commands of `grammars`, or for dictation; `threshold` is instead of `wake.threshold`.',
    ),
  wakeListenMs: z
    .number()
    .min(0)
    .max(600_000)
    .default(0)
    .describe('Listen so long after a wake phrase; 0: for one utterance.'),
  dataTimeoutMs: positive
    .default(2000)
    .describe('No data for this long counts as a dead recorder; its first data may take 5 s.'),
  silenceTimeoutMs: positive
    .default(10000)
    .describe(
      'Only zeros for this long counts as a silent microphone: reported, and the recorder restarted.',
    ),
  restartMinMs: positive.default(250).describe('First pause before a dead recorder is started again.'),
  restartMaxMs: positive.default(15000).describe('Longest pause; each failure doubles the pause up to this.'),
});

const model = z.strictObject({
  path: z.string().default('models/en-base').describe('Folder of the model bundle.'),
  precision: z
    .enum(['auto', 'fp32', 'fp16', 'int8'])
    .default('auto')
    .describe('Which file of the bundle; auto follows the provider.'),
  providers: z
    .array(z.enum(['cuda', 'dml', 'cpu']))
    .min(1)
    .default(['cpu'])
    .describe('ONNX Runtime execution providers, tried in this order.'),
  strict: z
    .boolean()
    .default(false)
    .describe('Fail when the first provider does not load instead of trying the next.'),
  runtimeDir: z
    .string()
    .default('')
    .describe('Folder with other ONNX Runtime binaries (bin/napi-v6/…), for example a Jetson CUDA build.'),
});

const engine = z.strictObject({
  workers: count.default(0).describe('Worker threads; 0: one less than the number of cores, at least 1.'),
  maxStreams: positive.int().default(64).describe('Streams open at once, all workers together.'),
  maxBatch: positive.int().default(16).describe('Streams computed in one run of the model.'),
  maxStepsPerRun: positive
    .int()
    .default(16)
    .describe('Steps of one stream computed in one run when it is behind.'),
  minStepsPerRun: positive
    .int()
    .default(6)
    .describe(
      'Steps of a live stream computed together. Fewer runs are less work; each step more delays words by up to its length.',
    ),
  queueHighMs: positive.default(4000).describe('Audio waiting per stream above which its source is paused.'),
  queueLowMs: positive.default(1000).describe('Audio waiting per stream below which its source goes on.'),
});

const decoder = z.strictObject({
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
  pronunciations: z
    .string()
    .default('')
    .describe('File of your own pronunciations, lines of word, tab, CMUdict phonemes; empty: none.'),
  alternatives: count.max(20).default(0).describe('Other hypotheses listed in finals.'),
});

const commands = z.strictObject({
  minConfidence: z.number().min(0).max(1).default(0.6).describe('Commands with less confidence are refused.'),
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

const hotwords = z.strictObject({
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

const wake = z.strictObject({
  threshold: z
    .number()
    .min(0)
    .max(1)
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

const endpoint = z.strictObject({
  enabled: z.boolean().default(true).describe('End segments by themselves.'),
  rule1SilenceMs: positive.default(2400).describe('Silence that ends a segment in which nothing was said.'),
  rule2SilenceMs: positive.default(800).describe('Silence that ends a segment after speech.'),
  rule3UtteranceMs: positive.default(20000).describe('Longest segment.'),
  tailPaddingMs: count
    .default(320)
    .describe('Silence added at a flush or at the end so that the last tokens come out.'),
});

const transcript = z.strictObject({
  partials: z.boolean().default(true).describe('Send partials.'),
  partialWords: z.boolean().default(false).describe('List words with times in partials.'),
  readable: z
    .boolean()
    .default(false)
    .describe('Give finals of English dictation as people write too: numbers, times, money, capitals.'),
  minPartialIntervalMs: count.default(0).describe('Least time between two partials of a stream.'),
  minConfidence: z
    .union([z.literal('auto'), share])
    .default('auto')
    .describe(
      'Confidence that one word of a segment must reach before anything of it is stable or final, against words in noise; 0: any; auto: what the model recommends for its search.',
    ),
  partialHoldMs: count
    .default(0)
    .describe(
      'Partials show words that have held still this long, and settled ones: 0 is fastest; 5000 is steadiest, settled words alone.',
    ),
});

const vosk = z.strictObject({
  sampleRate: z
    .number()
    .int()
    .min(4000)
    .max(384000)
    .default(8000)
    .describe('Hz of audio for which a client of Vosk states no rate; 8000 is what vosk-server takes.'),
});

const wyoming = z.strictObject({
  enabled: z.boolean().default(false).describe('Listen for Wyoming clients such as Home Assistant.'),
  host: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on. The protocol has no token: whoever reaches it may use it.'),
  port: z.number().int().min(0).max(65535).default(10300).describe('TCP port; 0 takes any free one.'),
  findsEnd: z
    .boolean()
    .default(false)
    .describe(
      'Send the transcript as soon as the speaker has stopped, and say so to clients; else when they end the audio.',
    ),
  wakePhrases: wakePhrases
    .default([])
    .describe(
      'Wake phrases offered to clients, as those of `microphone.wakePhrases`; a client may name others.',
    ),
  zeroconf: z
    .boolean()
    .default(false)
    .describe('Announce the service on the local network, so that Home Assistant finds it.'),
  name: z.string().max(63).default('').describe('Name to announce; empty: that of this machine.'),
});

const log = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least level written.'),
  transcripts: z.boolean().default(false).describe('Write transcripts to the log. They are personal data.'),
});

/** Every setting, its default and its meaning: the only place where a default stands. */
export const configSchema = z.strictObject({
  microphone: microphone.prefault({}),
  model: model.prefault({}),
  engine: engine.prefault({}),
  decoder: decoder.prefault({}),
  commands: commands.prefault({}),
  hotwords: hotwords.prefault({}),
  wake: wake.prefault({}),
  endpoint: endpoint.prefault({}),
  alignment: alignment.prefault({}),
  transcript: transcript.prefault({}),
  server: server.prefault({}),
  vosk: vosk.prefault({}),
  wyoming: wyoming.prefault({}),
  assistant: assistant.prefault({}),
  hooks: hooks.prefault({}),
  webhooks: webhooks.prefault({}),
  mqtt: mqtt.prefault({}),
  log: log.prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** The configuration that results from no settings at all. */
export function defaultConfig(): Config {
  return configSchema.parse({});
}
