import { z } from 'zod';
import { alignment } from './config-alignment.ts';
import { assistant, hooks, mqtt, webhooks } from './config-assistant.ts';
import { vosk, wyoming } from './config-protocols.ts';
import { commands, decoder, hotwords, wake } from './config-search.ts';
import { server } from './config-server.ts';
import { count, positive, share, wakePhrases } from './config-values.ts';

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

const endpoint = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'End segments by themselves. If not, one still ends after 10 minutes: what it costs to change a word grows with the segment; and the model begins anew in pauses.',
    ),
  rule1SilenceMs: positive.default(2400).describe('Silence that ends a segment in which nothing was said.'),
  rule2SilenceMs: positive.default(800).describe('Silence that ends a segment after speech.'),
  rule3UtteranceMs: positive
    .default(20000)
    .describe('Longest segment. In its last quarter, 5 s at most, a gap between two words ends it.'),
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
      'Confidence that one word of a segment must reach before anything of it is stable or final, against words in noise; within 5 s of a segment with one, two thirds of it are enough; 0: any; auto: what the model recommends for its search.',
    ),
  partialHoldMs: count
    .default(0)
    .describe(
      'Partials show words that have held still this long, and settled ones: 0 is fastest; 5000 is steadiest, settled words alone.',
    ),
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
