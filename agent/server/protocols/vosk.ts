import { z } from 'zod';
import { LEAST_SAMPLE_RATE, MOST_SAMPLE_RATE, type PcmFormat } from '../../capture/sample-format.ts';
import { AgentError } from '../../errors.ts';
import type { Final, TranscriptEvent } from '../../transcript/transcript-event.ts';
import { boundedList, MOST_LISTED, readJsonMessage } from './json-message.ts';
import type { ClientCommand, Codec, Frame, Protocol, ServerEvent } from './protocol.ts';
import { MOST_ALTERNATIVES, type VoskSettings, voskError, voskPartial, voskResult } from './vosk-message.ts';
import { VoskPhrases } from './vosk-phrases.ts';

/** What a server of this protocol is told by the configuration. */
export interface VoskOptions {
  /** Hz of audio for which the client states no rate. */
  readonly sampleRate: number;
}

/** Clients write numbers and flags in any form that vosk-server's `float`, `int` and `bool` take; null says nothing. */
const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*\d/, 'expected a number')
    .transform(Number),
]);
const flag = z.union([z.boolean(), z.number(), z.string()]).transform(Boolean);

const sampleRate = number
  .pipe(z.number().min(LEAST_SAMPLE_RATE).max(MOST_SAMPLE_RATE))
  .transform(Math.round)
  .nullish();
/** What counts of a message that has other faults. */
const rateMessage = z.looseObject({ config: z.looseObject({ sample_rate: sampleRate }) });

const clientConfig = z.looseObject({
  sample_rate: sampleRate,
  words: flag.nullish(),
  max_alternatives: number.pipe(z.number().min(0).max(1000)).transform(Math.trunc).nullish(),
  phrase_list: boundedList(z.string(), MOST_LISTED).nullish(),
  model: z.null({ error: 'this server chooses the model; leave it out' }).optional(),
});

const clientMessage = z
  .looseObject({
    config: clientConfig.exactOptional(),
    eof: z.literal(1).exactOptional(),
    reset: z.literal(1).exactOptional(),
  })
  .refine(({ config, eof, reset }) => (config ?? eof ?? reset) !== undefined, {
    error: 'expected {"config": {…}}, {"eof": 1} or {"reset": 1}',
  });

/** vosk-server's protocol: an answer to each audio message, and one at the end. */
export function voskProtocol(options: VoskOptions): Protocol {
  return {
    name: 'vosk',
    path: '/vosk',
    audio: 'client',
    answersAudio: true,
    createCodec: () => new VoskCodec(options),
  };
}

class VoskCodec implements Codec {
  #format: PcmFormat;
  #settings: VoskSettings = { words: true, maxAlternatives: 0 };
  #phrases = new VoskPhrases([]);
  #started = false;
  /** Audio came since the last reset, so that another one has a final to answer it. */
  #hasAudio = false;
  /** Oldest first: what no answer has said yet. */
  readonly #finals: Final[] = [];
  #partial = '';

  constructor({ sampleRate }: VoskOptions) {
    this.#format = { encoding: 's16le', sampleRate, channels: 1 };
  }

  decode(frame: Frame): readonly ClientCommand[] {
    if (typeof frame !== 'string') return this.#decodeAudio(frame);
    const { config, reset } = this.#read(frame);
    if (config !== undefined) {
      this.#configure(config);
      return [{ type: 'keep-alive' }];
    }
    return [reset === 1 ? this.#reset() : { type: 'stop' }];
  }

  encode(event: ServerEvent): readonly Frame[] {
    switch (event.type) {
      case 'transcript':
        return this.#accept(event.event);
      case 'audio-taken':
        return [this.#answer()];
      case 'done':
        return [this.#result()];
      case 'error':
        return [...this.#rest(), voskError(event.code, event.message)];
      case 'ready':
      case 'microphone':
      case 'level':
      case 'configured':
        return [];
    }
  }

  /**
   * Audio taken at another rate than it has gives wrong words at wrong times, and clients do not look for an error: a bad
   * rate is the end, as in vosk-server where `float` fails, and a good one is taken though something beside it is wrong.
   * Once there is audio no rate has an effect, nor does a bad one.
   */
  #read(text: string): z.infer<typeof clientMessage> {
    try {
      return readJsonMessage(text, clientMessage, '{"eof" : 1}');
    } catch (error) {
      if (this.#started || !hasFaults(error)) throw error;
      const message = rateMessage.safeParse(JSON.parse(text));
      if (message.success) this.#takeRate(message.data.config.sample_rate);
      throw isAboutRate(error) ? badRate(error) : error;
    }
  }

  #takeRate(sampleRate: number | null | undefined): void {
    this.#format = { ...this.#format, sampleRate: sampleRate ?? this.#format.sampleRate };
  }

  #decodeAudio(bytes: Uint8Array): readonly ClientCommand[] {
    const audio = { type: 'audio', bytes } as const;
    this.#hasAudio ||= bytes.length > 0;
    if (this.#started) return [audio];
    this.#started = true;
    const alternatives = Math.max(0, Math.min(this.#settings.maxAlternatives, MOST_ALTERNATIVES + 1) - 1);
    const options = { alternatives, partials: true, ...this.#phrases.options };
    return [{ type: 'start', format: this.#format, options }, audio];
  }

  /** As in vosk-server, what comes after the first audio changes nothing but the form of the answers. */
  #configure(config: z.infer<typeof clientConfig>): void {
    this.#takeRate(config.sample_rate);
    if (config.phrase_list != null) this.#listen(config.phrase_list);
    this.#settings = {
      words: config.words ?? this.#settings.words,
      maxAlternatives: config.max_alternatives ?? this.#settings.maxAlternatives,
    };
  }

  #listen(phrases: readonly string[]): void {
    if (!this.#started) this.#phrases = new VoskPhrases(phrases);
  }

  #reset(): ClientCommand {
    if (!this.#hasAudio) return { type: 'reply', frames: [voskResult([], this.#settings)] };
    this.#hasAudio = false;
    return { type: 'flush', realign: true };
  }

  #accept(event: TranscriptEvent): readonly Frame[] {
    if (event.type === 'partial') this.#partial = this.#phrases.partial(event.text);
    if (event.type !== 'final') return [];
    this.#partial = '';
    const final = this.#phrases.final(event);
    if (final.text !== '') this.#finals.push(final);
    return event.reason === 'flush' ? [this.#result()] : [];
  }

  #answer(): Frame {
    const final = this.#finals.shift();
    return final === undefined ? voskPartial(this.#partial) : voskResult([final], this.#settings);
  }

  #result(): Frame {
    return voskResult(this.#finals.splice(0), this.#settings);
  }

  /** Before an error, which may be the end, nothing that was said is kept back. */
  #rest(): readonly Frame[] {
    return this.#finals.length === 0 ? [] : [this.#result()];
  }
}

/** Whether it is JSON, and not as it must be. */
function hasFaults(error: unknown): error is AgentError & { readonly cause: z.ZodError } {
  return error instanceof AgentError && error.cause instanceof z.ZodError;
}

function isAboutRate({ cause }: { readonly cause: z.ZodError }): boolean {
  return cause.issues.some(({ path }) => path.join('.') === 'config.sample_rate');
}

function badRate(cause: unknown): AgentError {
  const message = `config.sample_rate: expected ${LEAST_SAMPLE_RATE} to ${MOST_SAMPLE_RATE} Hz; connect again with the rate of the audio.`;
  return new AgentError('AUDIO_FORMAT_UNSUPPORTED', message, { cause });
}
