import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import type { ErrorCode } from '../../errors.ts';
import type { Final, Partial, TranscriptEvent } from '../../transcript/transcript-event.ts';
import { DeepgramAlternatives } from './deepgram-alternatives.ts';
import { DeepgramKeyterms } from './deepgram-keyterms.ts';
import {
  type DeepgramRequest,
  type DeepgramServerMessage,
  milliseconds,
  resultsMessage,
  speechStartedMessage,
} from './deepgram-message.ts';
import { type DeepgramSettings, readDeepgramQuery } from './deepgram-query.ts';
import { DeepgramUtterances } from './deepgram-utterances.ts';
import { boundedList, MOST_LISTED, readJsonMessage } from './json-message.ts';
import type {
  ClientCommand,
  CloseFrame,
  Codec,
  Frame,
  ModelInfo,
  Protocol,
  Refusal,
  ServerEvent,
} from './protocol.ts';

const clientMessage = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.enum(['KeepAlive', 'Finalize', 'CloseStream']),
    /** All our audio is channel 0. */
    channel: z.literal(0).nullish(),
  }),
  z.looseObject({
    type: z.literal('Configure'),
    keyterms: boundedList(z.string(), MOST_LISTED).nullish(),
    features: z.record(z.string(), z.boolean()).nullish(),
  }),
]);

type ConfigureMessage = Extract<z.infer<typeof clientMessage>, { type: 'Configure' }>;

/** Deepgram's own closes; the reason begins with the code that its documentation explains. */
const CLOSE_FRAMES: { readonly [code in ErrorCode]?: CloseFrame } = {
  AUDIO_FORMAT_UNSUPPORTED: { code: 1008, reason: 'DATA-0000: the payload can not be decoded as audio' },
  IDLE_TIMEOUT: { code: 1011, reason: 'NET-0001: no audio and no KeepAlive came in time' },
};

/** Deepgram's live transcription, version 1: the parameters of the address say all there is to say. */
export const DEEPGRAM: Protocol = {
  name: 'deepgram',
  path: '/v1/listen',
  audio: 'client',
  createCodec: (query, model) => new DeepgramCodec(readDeepgramQuery(query, model), model),
  refusal: deepgramRefusal,
};

class DeepgramCodec implements Codec {
  readonly #settings: DeepgramSettings;
  readonly #model: ModelInfo;
  readonly #alternatives: DeepgramAlternatives;
  readonly #keyterms: DeepgramKeyterms;
  /** Null: `UtteranceEnd` is not wanted. */
  readonly #utterances: DeepgramUtterances | null;
  readonly #sha256: Hash = createHash('sha256');
  readonly #created = new Date().toISOString();
  #request: DeepgramRequest;
  #started = false;
  /** Where the time range of the results under way begins, in seconds. */
  #rangeStart = 0;

  constructor(settings: DeepgramSettings, model: ModelInfo) {
    this.#settings = settings;
    this.#model = model;
    this.#alternatives = new DeepgramAlternatives(settings.form);
    this.#keyterms = new DeepgramKeyterms(settings.keywords);
    const { utteranceEndMs } = settings;
    this.#utterances = utteranceEndMs === null ? null : new DeepgramUtterances(utteranceEndMs);
    this.#request = describeRequest('', model);
  }

  decode(frame: Frame): readonly ClientCommand[] {
    if (typeof frame !== 'string') return this.#decodeAudio(frame);
    const message = readJsonMessage(frame, clientMessage, '{"type":"KeepAlive"}');
    switch (message.type) {
      case 'KeepAlive':
        return [{ type: 'keep-alive' }];
      case 'Finalize':
        return [{ type: 'flush' }];
      case 'CloseStream':
        return [{ type: 'stop' }];
      case 'Configure':
        return this.#configure(message);
    }
  }

  encode(event: ServerEvent): readonly Frame[] {
    return this.#messages(event).map(toFrame);
  }

  closeFrame(code: ErrorCode): CloseFrame | null {
    return CLOSE_FRAMES[code] ?? null;
  }

  /** An empty message is the end of the stream, as it was before there was `CloseStream`. */
  #decodeAudio(bytes: Uint8Array): readonly ClientCommand[] {
    if (bytes.length === 0) return [{ type: 'stop' }];
    this.#sha256.update(bytes);
    return [...this.#start(), { type: 'audio', bytes }];
  }

  #start(): readonly ClientCommand[] {
    if (this.#started) return [];
    this.#started = true;
    const { format, options } = this.#settings;
    return [{ type: 'start', format, options }];
  }

  #configure({ keyterms, features }: ConfigureMessage): readonly ClientCommand[] {
    const { request_id } = this.#request;
    if (Object.keys(features ?? {}).length > 0) {
      const description = 'features: this server can not change them while there is audio; leave them out.';
      const code = 'CONFIGURE_INTERNAL_ERROR';
      return [reply({ type: 'ConfigureFailure', request_id, code, description })];
    }
    if (keyterms == null) return [reply({ type: 'ConfigureSuccess', request_id })];
    return [...this.#start(), this.#keyterms.replace(keyterms)];
  }

  #messages(event: ServerEvent): readonly DeepgramServerMessage[] {
    switch (event.type) {
      case 'ready':
        this.#request = describeRequest(event.session, this.#model);
        return [];
      case 'transcript':
        return this.#transcriptMessages(event.event, event.heardSeconds);
      case 'audio-taken':
        return this.#utterances?.pass(event.heardSeconds) ?? [];
      case 'configured':
        return [this.#keyterms.success(event.id, this.#request.request_id)];
      case 'error':
        if (event.id !== undefined)
          return [this.#keyterms.failure(event.id, this.#request.request_id, event)];
        return [{ type: 'Error', variant: event.code, description: event.message, message: event.message }];
      case 'done':
        return [...(this.#utterances?.end(event.audioSeconds) ?? []), this.#metadata(event.audioSeconds)];
      case 'microphone':
      case 'level':
        return [];
    }
  }

  #transcriptMessages(event: TranscriptEvent, heardSeconds = 0): readonly DeepgramServerMessage[] {
    switch (event.type) {
      case 'speech-start':
        return [
          ...(this.#utterances?.begin(event.time) ?? []),
          ...(this.#settings.vadEvents ? [speechStartedMessage(event.time)] : []),
        ];
      case 'partial':
      case 'final':
        return [
          ...(this.#utterances?.hear(event) ?? []),
          this.#results(event, heardSeconds),
          ...(this.#utterances?.pass(heardSeconds) ?? []),
        ];
      case 'wake':
      case 'speech-end':
        return [];
    }
  }

  #results(event: Partial | Final, heardSeconds: number): DeepgramServerMessage {
    const range = { start: this.#rangeStart, end: milliseconds(Math.max(heardSeconds, event.end)) };
    if (event.type === 'final') this.#rangeStart = range.end;
    return resultsMessage(event, this.#alternatives.write(event), range, this.#request);
  }

  #metadata(audioSeconds: number): DeepgramServerMessage {
    return {
      type: 'Metadata',
      transaction_key: 'deprecated',
      request_id: this.#request.request_id,
      sha256: this.#sha256.digest('hex'),
      created: this.#created,
      duration: milliseconds(audioSeconds),
      channels: this.#started ? this.#settings.format.channels : 0,
    };
  }
}

function reply(message: DeepgramServerMessage): ClientCommand {
  return { type: 'reply', frames: [toFrame(message)] };
}

function toFrame(message: DeepgramServerMessage): Frame {
  return JSON.stringify(message);
}

/** The UUID of a model is made from its name and version, so that the same model always has the same. */
function describeRequest(requestId: string, { name, version }: ModelInfo): DeepgramRequest {
  const digest = createHash('sha256').update(`${name}@${version}`).digest('hex');
  const uuid = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  return { request_id: requestId, model_info: { name, version, arch: 'earshot' }, model_uuid: uuid };
}

function deepgramRefusal(code: ErrorCode, message: string): Refusal {
  const body = JSON.stringify({ err_code: code, err_msg: message, request_id: crypto.randomUUID() });
  // Header values are Latin-1 without line ends; what a client wrote may stand in the message.
  return { headers: { 'dg-error': message.replace(/[^\x20-\x7e]/g, '?') }, body: `${body}\n` };
}
