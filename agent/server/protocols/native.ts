import { z } from 'zod';
import { LEAST_SAMPLE_RATE, MOST_SAMPLE_RATE } from '../../capture/sample-format.ts';
import { AgentError } from '../../errors.ts';
import { boundedList, checkMessage, MOST_LISTED, readJsonMessage } from './json-message.ts';
import type { NativeClientMessage, NativeServerMessage } from './native-message.ts';
import type { ClientCommand, Codec, Frame, Protocol, ResumeWords, ServerEvent } from './protocol.ts';

/** Version of the native protocol; new optional fields do not raise it. */
export const NATIVE_PROTOCOL_VERSION = 1;

const milliseconds = z.number().positive();

const dictationTask = z.strictObject({ type: z.literal('dictation') });

const commandsTask = z.strictObject({
  type: z.literal('commands'),
  grammars: z
    .array(z.strictObject({ name: z.string().min(1).max(100), text: z.string() }))
    .min(1)
    .max(20),
  minConfidence: z.number().min(0).max(1).exactOptional(),
});

const wakeTask = z.strictObject({
  type: z.literal('wake'),
  phrases: z
    .array(
      z.strictObject({
        text: z.string().min(1).max(100),
        threshold: z.number().min(0).max(1).exactOptional(),
      }),
    )
    .min(1)
    .max(20),
  listenFor: z.discriminatedUnion('type', [dictationTask, commandsTask]).nullable().exactOptional(),
  listenMs: z.number().min(500).max(600_000).exactOptional(),
});

const task = z.discriminatedUnion('type', [dictationTask, commandsTask, wakeTask]);

const streamOptions = z.strictObject({
  task: task.exactOptional(),
  decoder: z.enum(['greedy', 'beam', 'lexicon']).exactOptional(),
  beamWidth: z.number().int().min(1).max(512).exactOptional(),
  languageModelWeight: z.number().min(0).max(10).exactOptional(),
  wordBonus: z.number().min(-20).max(20).exactOptional(),
  hotwords: boundedList(
    z.strictObject({ text: z.string().min(1), boost: z.number().exactOptional() }),
    MOST_LISTED,
  ).exactOptional(),
  partials: z.boolean().exactOptional(),
  partialWords: z.boolean().exactOptional(),
  alternatives: z.number().int().min(0).max(20).exactOptional(),
  readable: z.boolean().exactOptional(),
  endpoint: z
    .strictObject({
      enabled: z.boolean().exactOptional(),
      rule1SilenceMs: milliseconds.exactOptional(),
      rule2SilenceMs: milliseconds.exactOptional(),
      rule3UtteranceMs: milliseconds.exactOptional(),
    })
    .exactOptional(),
});

const requestId = z.number().int().nonnegative();

/** A message whose number is known, whatever is wrong with the rest. */
const numberedMessage = z.looseObject({ type: z.literal('configure'), id: requestId });

/** A message that would say what the audio is, whatever is wrong with it. */
const anyStart = z.looseObject({ type: z.literal('start') });

const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    sampleRate: z.number().int().min(LEAST_SAMPLE_RATE).max(MOST_SAMPLE_RATE).default(16000),
    encoding: z.enum(['s16le', 'f32le']).default('s16le'),
    channels: z.number().int().min(1).max(32).default(1),
    options: streamOptions.default({}),
  }),
  z.strictObject({ type: z.literal('configure'), id: requestId.exactOptional(), options: streamOptions }),
  z.strictObject({ type: z.literal('flush') }),
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('ack'), messages: z.number().int().nonnegative() }),
]) satisfies z.ZodType<NativeClientMessage>;

/** What is taken of a client; `NativeClientMessage` says the same without zod, and a test holds it to this. */
export type TakenMessage = z.input<typeof clientMessage>;

const RESUME_WORDS: ResumeWords = {
  acknowledgement: ({ messages, audioBytes }) => write({ type: 'ack', messages, audioBytes }),
  resumed: (session, { messages, audioBytes }) => write({ type: 'resumed', session, messages, audioBytes }),
};

/** The client sends audio and gets its transcript. */
export const NATIVE_STREAM = {
  name: 'native-stream',
  path: '/v1/stream',
  audio: 'client',
  resumeWords: RESUME_WORDS,
  createCodec: (_query: URLSearchParams): Codec => new NativeCodec(false),
} satisfies Protocol;

/** The client gets the transcript of the daemon's microphone; with `?levels=1` also how loud it is. */
export const NATIVE_MICROPHONE = {
  name: 'native-microphone',
  path: '/v1/microphone',
  audio: 'microphone',
  createCodec: (query: URLSearchParams): Codec => new NativeCodec(query.get('levels') === '1'),
} satisfies Protocol;

class NativeCodec implements Codec {
  readonly #withLevels: boolean;
  /** Of the bad message that was read last, until its error is written. */
  #badId: number | undefined;
  /** What the audio is: not said yet, said in a `start` that was refused, or settled, be it by audio without a `start`. */
  #format: 'unsaid' | 'refused' | 'settled' = 'unsaid';

  constructor(withLevels: boolean) {
    this.#withLevels = withLevels;
  }

  decode(frame: Frame): readonly ClientCommand[] {
    if (typeof frame !== 'string') {
      this.#settleFormat('audio');
      return [{ type: 'audio', bytes: frame }];
    }
    const message = this.#check(readJsonMessage(frame, z.unknown(), '{"type":"stop"}'));
    switch (message.type) {
      case 'ack':
        return [{ type: 'acknowledge', messages: message.messages }];
      case 'flush':
      case 'stop':
        return [message];
      case 'configure':
        this.#badId = message.id;
        this.#settleFormat('configure');
        this.#badId = undefined;
        return [message];
      case 'start': {
        this.#format = 'settled';
        const { encoding, sampleRate, channels, options } = message;
        return [{ type: 'start', format: { encoding, sampleRate, channels }, options }];
      }
    }
  }

  encode(event: ServerEvent): readonly Frame[] {
    if (event.type === 'audio-taken' || (event.type === 'level' && !this.#withLevels)) return [];
    if (event.type !== 'error' || this.#badId === undefined) return [write(toNativeMessage(event))];
    const id = this.#badId;
    this.#badId = undefined;
    return [write({ ...event, id })];
  }

  #check(message: unknown): z.infer<typeof clientMessage> {
    try {
      return checkMessage(message, clientMessage);
    } catch (error) {
      this.#badId = numberedMessage.safeParse(message).data?.id;
      if (this.#format === 'unsaid' && anyStart.safeParse(message).success) this.#format = 'refused';
      throw error;
    }
  }

  /** Audio that was announced in words that are not understood would be heard as noise: it is refused until they are. */
  #settleFormat(got: string): void {
    if (this.#format === 'refused') {
      const message = `Expected a start that is right, for the one that came was refused; got ${got}.`;
      throw new AgentError('MESSAGE_INVALID', message);
    }
    this.#format = 'settled';
  }
}

function write(message: NativeServerMessage): string {
  return JSON.stringify(message);
}

function toNativeMessage(event: Exclude<ServerEvent, { type: 'audio-taken' }>): NativeServerMessage {
  switch (event.type) {
    case 'ready': {
      const { type, ...greeting } = event;
      return { type, protocol: NATIVE_PROTOCOL_VERSION, ...greeting };
    }
    case 'transcript': {
      const { event: transcript, latencyMs } = event;
      return latencyMs === undefined ? transcript : { ...transcript, latencyMs };
    }
    case 'microphone': {
      const { state, detail, code, restarts } = event.status;
      return { type: 'microphone', state, detail, code, restarts };
    }
    case 'done':
      return { type: 'done' };
    case 'level':
    case 'configured':
    case 'error':
      return event;
  }
}
