import { z } from 'zod';
import {
  LEAST_SAMPLE_RATE,
  MOST_SAMPLE_RATE,
  type PcmFormat,
  type SampleEncoding,
} from '../../capture/sample-format.ts';
import type { StreamOptions } from '../../engine/speech-engine.ts';
import { AgentError, type ErrorCode } from '../../errors.ts';
import { endpointSilenceMs } from './endpoint-silence.ts';
import { checkMessage } from './json-message.ts';
import { isSameLanguage } from './language.ts';
import type { ClientCommand, Codec, Frame, ModelInfo, Protocol, ServerEvent } from './protocol.ts';
import { WyomingDetection, type WyomingPhrase } from './wyoming-detection.ts';
import { readWyomingEvent, type WyomingEvent, writeWyomingEvent } from './wyoming-event.ts';
import { wyomingInfo } from './wyoming-info.ts';
import type { WyomingContext, WyomingJob } from './wyoming-job.ts';
import { WyomingTranscription } from './wyoming-transcription.ts';

/** What the server says of itself. */
export interface WyomingOptions {
  /** Version of the daemon. */
  readonly version: string;
  /** The transcript comes when the speaker has stopped; else when the client says that the audio has. */
  readonly findsEnd: boolean;
  /** Wake phrases that are offered to clients. */
  readonly wakePhrases: readonly WyomingPhrase[];
}

const ENCODINGS: Readonly<Record<number, SampleEncoding>> = { 1: 'u8', 2: 's16le', 3: 's24le', 4: 's32le' };

/** Silence that ends a segment; what Home Assistant takes for these words, where it listens for silence itself. */
const SILENCE_MS: Readonly<Record<string, number>> = { relaxed: 1250, aggressive: 250 };

/** Ends of a session after which what was said still counts. */
const REGULAR_ENDS: readonly ErrorCode[] = ['SHUTTING_DOWN', 'IDLE_TIMEOUT', 'SESSION_TOO_LONG'];

const audioFormat = z.looseObject({
  rate: z.number().int().min(LEAST_SAMPLE_RATE).max(MOST_SAMPLE_RATE),
  width: z.number().int().min(1).max(4),
  channels: z.number().int().min(1).max(32),
});
const transcribe = z.looseObject({
  name: z.string().nullish(),
  language: z.string().nullish(),
  context: z.record(z.string(), z.unknown()).nullish(),
  vad_sensitivity: z.string().nullish(),
});
const detect = z.looseObject({
  names: z.array(z.string().min(1).max(100)).max(20).nullish(),
  context: z.record(z.string(), z.unknown()).nullish(),
});
const audioStart = z.looseObject({ timestamp: z.number().nullish() });
const ping = z.looseObject({ text: z.string().nullish() });

/** Wyoming, the protocol of Home Assistant's voice services. Its messages come over plain TCP. */
export function wyomingProtocol(options: WyomingOptions): Protocol {
  return {
    name: 'wyoming',
    path: '',
    audio: 'client',
    appendsPartials: true,
    createCodec: (_query, model) => new WyomingCodec(options, model),
  };
}

/** How the next stretch of audio is to be heard. */
type JobMaker = (startMs: number) => WyomingJob;

class WyomingCodec implements Codec {
  readonly #options: WyomingOptions;
  readonly #model: ModelInfo;
  /** Of the audio that comes in; null between audio-stop and audio-start. */
  #format: PcmFormat | null = null;
  /** What the client has asked for; null: a transcript, without any wish. */
  #asked: JobMaker | null = null;
  /** Those under way: a client may send the next audio before the result of the last. */
  readonly #jobs: WyomingJob[] = [];

  constructor(options: WyomingOptions, model: ModelInfo) {
    this.#options = options;
    this.#model = model;
  }

  decode(frame: Frame): readonly ClientCommand[] {
    if (typeof frame === 'string')
      throw new AgentError('MESSAGE_INVALID', 'Expected the bytes of an event; got text.');
    return this.#carryOut(readWyomingEvent(frame));
  }

  encode(event: ServerEvent): readonly Frame[] {
    switch (event.type) {
      case 'transcript':
        return this.#jobs[0]?.accept(event.event) ?? [];
      case 'done':
        return this.#end();
      case 'error':
        return [
          ...(REGULAR_ENDS.includes(event.code) && this.#jobs.length > 0 ? this.#end() : []),
          writeWyomingEvent('error', { text: event.message, code: event.code }),
        ];
      case 'ready':
      case 'audio-taken':
      case 'microphone':
      case 'level':
      case 'configured':
        return [];
    }
  }

  /** Events of other services, and those that later versions bring, are passed over, as everywhere in Wyoming. */
  #carryOut(event: WyomingEvent): readonly ClientCommand[] {
    switch (event.type) {
      case 'describe':
        return [reply('info', wyomingInfo(this.#model, this.#options))];
      case 'ping':
        return [reply('pong', { text: checkMessage(event.data, ping).text ?? null })];
      case 'transcribe':
        this.#asked = this.#transcription(checkMessage(event.data, transcribe));
        return [{ type: 'keep-alive' }];
      case 'detect':
        this.#asked = this.#detection(checkMessage(event.data, detect));
        return [{ type: 'keep-alive' }];
      case 'audio-start':
        return [this.#start(event)];
      case 'audio-chunk':
        return this.#audio(event);
      case 'audio-stop':
        return [this.#stop()];
      default:
        return [{ type: 'keep-alive' }];
    }
  }

  #transcription({ name, language, context, vad_sensitivity }: z.infer<typeof transcribe>): JobMaker {
    const { name: ours, language: known } = this.#model;
    if (language != null && language !== '' && !isSameLanguage(language, known)) {
      throw new AgentError(
        'LANGUAGE_UNSUPPORTED',
        `language: expected ${known}, that of the model; got ${language}.`,
      );
    }
    if (name != null && name !== '' && name !== ours) {
      throw new AgentError('MODEL_MISSING', `name: expected ${ours}, the model that runs; got ${name}.`);
    }
    const silenceMs = SILENCE_MS[vad_sensitivity ?? ''];
    const stream =
      silenceMs === undefined ? {} : { endpoint: { rule2SilenceMs: endpointSilenceMs(silenceMs) } };
    return () => this.#newTranscription(context ?? null, stream);
  }

  /** Phrases need no training, so that one may be named that is not offered. */
  #detection({ names, context }: z.infer<typeof detect>): JobMaker {
    const offered = this.#options.wakePhrases;
    const phrases = names?.map((text) => offered.find((phrase) => phrase.text === text) ?? { text });
    const wanted = phrases === undefined || phrases.length === 0 ? offered : phrases;
    if (wanted.length === 0) {
      throw new AgentError(
        'MESSAGE_INVALID',
        'names: expected one or more wake phrases, because wyoming.wakePhrases offers none; got none.',
      );
    }
    return (startMs) => new WyomingDetection(wanted, context ?? null, startMs);
  }

  #newTranscription(context: WyomingContext, stream: StreamOptions): WyomingJob {
    const { language } = this.#model;
    const { findsEnd } = this.#options;
    return new WyomingTranscription({ language, context, findsEnd, stream });
  }

  #start(event: WyomingEvent): ClientCommand {
    if (this.#format !== null) {
      throw new AgentError('MESSAGE_INVALID', 'Expected audio-stop before another audio-start.');
    }
    const format = formatOf(event);
    const { timestamp } = checkMessage(event.data, audioStart);
    this.#format = format;
    const { options } = this.#begin(timestamp ?? 0);
    return { type: 'start', format, options };
  }

  #begin(startMs: number): WyomingJob {
    const job = this.#asked?.(startMs) ?? this.#newTranscription(null, {});
    this.#jobs.push(job);
    return job;
  }

  #stop(): ClientCommand {
    if (this.#format === null) this.#begin(0);
    this.#format = null;
    this.#asked = null;
    return { type: 'finish' };
  }

  /** A chunk says its format too: without audio-start the first one begins. */
  #audio(event: WyomingEvent): readonly ClientCommand[] {
    const start = this.#format === null ? [this.#start(event)] : [];
    const format = formatOf(event);
    const { encoding, sampleRate, channels } = this.#format ?? format;
    if (format.encoding !== encoding || format.sampleRate !== sampleRate || format.channels !== channels) {
      const message = 'audio-chunk: expected rate, width and channels as when the audio started.';
      throw new AgentError('MESSAGE_INVALID', message);
    }
    return [...start, { type: 'audio', bytes: event.payload }];
  }

  #end(): readonly Frame[] {
    return this.#jobs.shift()?.end() ?? [];
  }
}

function formatOf(event: WyomingEvent): PcmFormat {
  const { rate, width, channels } = checkMessage(event.data, audioFormat);
  return { encoding: ENCODINGS[width] ?? 's16le', sampleRate: rate, channels };
}

function reply(type: string, data: Readonly<Record<string, unknown>>): ClientCommand {
  return { type: 'reply', frames: [writeWyomingEvent(type, data)] };
}
