import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import type { ErrorCode } from '../../errors.ts';
import type { Final, Partial, TranscriptEvent } from '../../transcript/transcript-event.ts';
import { DeepgramAlternatives } from './deepgram-alternatives.ts';
import {
  type DeepgramRequest,
  type DeepgramServerMessage,
  milliseconds,
  resultsMessage,
  speechStartedMessage,
  utteranceEndMessage,
} from './deepgram-message.ts';
import { type DeepgramSettings, readDeepgramQuery } from './deepgram-query.ts';
import { readJsonMessage } from './json-message.ts';
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

const clientMessage = z.looseObject({
  type: z.enum(['KeepAlive', 'Finalize', 'CloseStream']),
  /** All our audio is channel 0. */
  channel: z.literal(0).exactOptional(),
});

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
  readonly #sha256: Hash = createHash('sha256');
  readonly #created = new Date().toISOString();
  #request: DeepgramRequest;
  #started = false;
  /** Where the time range of the results under way begins, in seconds. */
  #rangeStart = 0;
  /** End of the last word for which no `UtteranceEnd` was sent, in seconds. */
  #lastWordEnd: number | null = null;

  constructor(settings: DeepgramSettings, model: ModelInfo) {
    this.#settings = settings;
    this.#model = model;
    this.#alternatives = new DeepgramAlternatives(settings.form);
    this.#request = describeRequest('', model);
  }

  decode(frame: Frame): readonly ClientCommand[] {
    if (typeof frame !== 'string') return this.#decodeAudio(frame);
    switch (readJsonMessage(frame, clientMessage, '{"type":"KeepAlive"}').type) {
      case 'KeepAlive':
        return [{ type: 'keep-alive' }];
      case 'Finalize':
        return [{ type: 'flush' }];
      case 'CloseStream':
        return [{ type: 'stop' }];
    }
  }

  encode(event: ServerEvent): readonly Frame[] {
    return this.#messages(event).map((message) => JSON.stringify(message));
  }

  closeFrame(code: ErrorCode): CloseFrame | null {
    return CLOSE_FRAMES[code] ?? null;
  }

  /** An empty message is the end of the stream, as it was before there was `CloseStream`. */
  #decodeAudio(bytes: Uint8Array): readonly ClientCommand[] {
    if (bytes.length === 0) return [{ type: 'stop' }];
    this.#sha256.update(bytes);
    const audio = { type: 'audio', bytes } as const;
    if (this.#started) return [audio];
    this.#started = true;
    const { format, options } = this.#settings;
    return [{ type: 'start', format, options }, audio];
  }

  #messages(event: ServerEvent): readonly DeepgramServerMessage[] {
    switch (event.type) {
      case 'ready':
        this.#request = describeRequest(event.session, this.#model);
        return [];
      case 'transcript':
        return this.#transcriptMessages(event.event, event.heardSeconds);
      case 'audio-taken':
        return this.#utteranceEnd(event.heardSeconds);
      case 'error':
        return [{ type: 'Error', variant: event.code, description: event.message, message: event.message }];
      case 'done':
        return [this.#metadata(event.audioSeconds)];
      case 'microphone':
      case 'level':
      case 'configured':
        return [];
    }
  }

  #transcriptMessages(event: TranscriptEvent, heardSeconds = 0): readonly DeepgramServerMessage[] {
    switch (event.type) {
      case 'speech-start':
        return this.#settings.vadEvents ? [speechStartedMessage(event.time)] : [];
      case 'partial':
      case 'final':
        return [this.#results(event, heardSeconds), ...this.#utteranceEnd(heardSeconds)];
      case 'wake':
      case 'speech-end':
        return [];
    }
  }

  #results(event: Partial | Final, heardSeconds: number): DeepgramServerMessage {
    const range = { start: this.#rangeStart, end: milliseconds(Math.max(heardSeconds, event.end)) };
    if (event.type === 'final') this.#rangeStart = range.end;
    if (event.text !== '') this.#lastWordEnd = event.end;
    return resultsMessage(event, this.#alternatives.write(event), range, this.#request);
  }

  #utteranceEnd(heardSeconds: number): readonly DeepgramServerMessage[] {
    const { utteranceEndMs } = this.#settings;
    const lastWordEnd = this.#lastWordEnd;
    if (utteranceEndMs === null || lastWordEnd === null) return [];
    if ((heardSeconds - lastWordEnd) * 1000 < utteranceEndMs) return [];
    this.#lastWordEnd = null;
    return [utteranceEndMessage(lastWordEnd)];
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
