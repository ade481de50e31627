import { z } from 'zod';
import type { PcmFormat, SampleEncoding } from '../../capture/sample-format.ts';
import type { StreamOptions } from '../../engine/speech-engine.ts';
import { AgentError, type ErrorCode } from '../../errors.ts';
import type { TranscriptEvent } from '../../transcript/transcript-event.ts';
import { endpointSilenceMs } from './endpoint-silence.ts';
import { checkMessage } from './json-message.ts';
import { isSameLanguage } from './language.ts';
import type { ClientCommand, Codec, Frame, ModelInfo, Protocol, ServerEvent } from './protocol.ts';
import { readWyomingEvent, type WyomingEvent, writeWyomingEvent } from './wyoming-event.ts';
import { wyomingInfo } from './wyoming-info.ts';
import { WyomingText } from './wyoming-text.ts';

/** What the server says of itself. */
export interface WyomingOptions {
  /** Version of the daemon. */
  readonly version: string;
  /** The transcript comes when the speaker has stopped; else when the client says that the audio has. */
  readonly findsEnd: boolean;
}

const ENCODINGS: Readonly<Record<number, SampleEncoding>> = { 1: 'u8', 2: 's16le', 3: 's24le', 4: 's32le' };

/** Silence that ends a segment; what Home Assistant takes for these words, where it listens for silence itself. */
const SILENCE_MS: Readonly<Record<string, number>> = { relaxed: 1250, aggressive: 250 };

/** Ends of a session after which what was said still counts. */
const REGULAR_ENDS: readonly ErrorCode[] = ['SHUTTING_DOWN', 'IDLE_TIMEOUT', 'SESSION_TOO_LONG'];

const audioFormat = z.looseObject({
  rate: z.number().int().min(4000).max(384000),
  width: z.number().int().min(1).max(4),
  channels: z.number().int().min(1).max(32),
});
const transcribe = z.looseObject({
  name: z.string().nullish(),
  language: z.string().nullish(),
  context: z.record(z.string(), z.unknown()).nullish(),
  vad_sensitivity: z.string().nullish(),
});
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

type Context = Readonly<Record<string, unknown>> | null;

class WyomingCodec implements Codec {
  readonly #options: WyomingOptions;
  readonly #model: ModelInfo;
  /** Of the audio that comes in; null between audio-stop and audio-start. */
  #format: PcmFormat | null = null;
  #wishes: StreamOptions = {};
  /** What the client wants to have back with the transcript. */
  #context: Context = null;
  /** Those of the transcriptions under way: a client may send the next audio before the transcript of the last. */
  readonly #contexts: Context[] = [];
  #text = new WyomingText();
  #saidStart = false;
  /** The transcript is out, and its audio goes on. */
  #answered = false;

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
        return this.#accept(event.event);
      case 'done':
        return this.#end();
      case 'error':
        return [
          ...(REGULAR_ENDS.includes(event.code) && this.#contexts.length > 0 ? this.#end() : []),
          writeWyomingEvent('error', { text: event.message, code: event.code }),
        ];
      case 'ready':
      case 'audio-taken':
      case 'microphone':
      case 'level':
        return [];
    }
  }

  /** Events of other services, and those that later versions bring, are passed over, as everywhere in Wyoming. */
  #carryOut(event: WyomingEvent): readonly ClientCommand[] {
    switch (event.type) {
      case 'describe': {
        const { version, findsEnd } = this.#options;
        return [reply('info', wyomingInfo(this.#model, { version, findsEnd }))];
      }
      case 'ping':
        return [reply('pong', { text: checkMessage(event.data, ping).text ?? null })];
      case 'transcribe':
        this.#expect(checkMessage(event.data, transcribe));
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

  #expect({ name, language, context, vad_sensitivity }: z.infer<typeof transcribe>): void {
    const { name: ours, language: known } = this.#model;
    if (language != null && !isSameLanguage(language, known)) {
      throw new AgentError(
        'LANGUAGE_UNSUPPORTED',
        `language: expected ${known}, that of the model; got ${language}.`,
      );
    }
    if (name != null && name !== '' && name !== ours) {
      throw new AgentError('MODEL_MISSING', `name: expected ${ours}, the model that runs; got ${name}.`);
    }
    this.#context = context ?? null;
    const silenceMs = SILENCE_MS[vad_sensitivity ?? ''];
    this.#wishes =
      silenceMs === undefined ? {} : { endpoint: { rule2SilenceMs: endpointSilenceMs(silenceMs) } };
  }

  #start(event: WyomingEvent): ClientCommand {
    if (this.#format !== null) {
      throw new AgentError('MESSAGE_INVALID', 'Expected audio-stop before another audio-start.');
    }
    const format = formatOf(event);
    this.#format = format;
    this.#contexts.push(this.#context);
    return { type: 'start', format, options: { ...this.#wishes, partials: true } };
  }

  #stop(): ClientCommand {
    if (this.#format === null) this.#contexts.push(this.#context);
    this.#format = null;
    this.#wishes = {};
    this.#context = null;
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

  #accept(event: TranscriptEvent): readonly Frame[] {
    if (this.#answered || (event.type !== 'partial' && event.type !== 'final')) return [];
    const piece = this.#text.accept(event);
    const frames =
      piece === '' ? [] : [...this.#begin(), writeWyomingEvent('transcript-chunk', { text: piece })];
    const isEnd = event.type === 'final' && event.reason === 'endpoint' && event.text !== '';
    return this.#options.findsEnd && isEnd ? [...frames, ...this.#transcript()] : frames;
  }

  #begin(): readonly Frame[] {
    if (this.#saidStart) return [];
    this.#saidStart = true;
    return [writeWyomingEvent('transcript-start', this.#labels())];
  }

  #transcript(): readonly Frame[] {
    this.#answered = true;
    const transcript = writeWyomingEvent('transcript', { text: this.#text.text, ...this.#labels() });
    return [...this.#begin(), transcript, writeWyomingEvent('transcript-stop')];
  }

  #end(): readonly Frame[] {
    const frames = this.#answered ? [] : this.#transcript();
    this.#contexts.shift();
    this.#text = new WyomingText();
    this.#saidStart = false;
    this.#answered = false;
    return frames;
  }

  #labels(): Readonly<Record<string, unknown>> {
    const { language } = this.#model;
    const context = this.#contexts[0] ?? null;
    return context === null ? { language } : { language, context };
  }
}

function formatOf(event: WyomingEvent): PcmFormat {
  const { rate, width, channels } = checkMessage(event.data, audioFormat);
  return { encoding: ENCODINGS[width] ?? 's16le', sampleRate: rate, channels };
}

function reply(type: string, data: Readonly<Record<string, unknown>>): ClientCommand {
  return { type: 'reply', frames: [writeWyomingEvent(type, data)] };
}
