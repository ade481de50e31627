import { ZodError } from 'zod';
import { durationOf } from '../../capture/sample-format.ts';
import { AgentError, type ErrorCode, toAgentError } from '../../errors.ts';
import { checkMessage, readJsonMessage } from './json-message.ts';
import { asksForBeta } from './openai-beta.ts';
import { anyClientEvent, clientEvent, type OpenAiClientEvent } from './openai-event.ts';
import { decodeAudio, splitEvent } from './openai-long-event.ts';
import { newId, type OpenAiError, type OpenAiServerEvent } from './openai-message.ts';
import { OpenAiSession } from './openai-session.ts';
import { OpenAiTurns } from './openai-turns.ts';
import type { ClientCommand, Codec, Frame, ModelInfo, Protocol, ServerEvent } from './protocol.ts';
import { REFUSED_WISHES } from './refusable.ts';

/** Less audio than this can not be committed. */
const LEAST_COMMIT_SECONDS = 0.1;

/** The interface allows 15 MiB of audio in one event: a third more in base64, and what is around it. */
const LONGEST_MESSAGE_BYTES = 21 * 2 ** 20;
/** Bytes of audio taken at once: of a long event most wait as they came. */
const SLICE_BYTES = 2 ** 16;

/** Transcription sessions of OpenAI's Realtime interface, in the present form and in that of its beta. */
export const OPENAI_REALTIME: Protocol = {
  name: 'openai-realtime',
  path: '/v1/realtime',
  audio: 'client',
  appendsPartials: true,
  allowsSilence: true,
  longestMessageBytes: LONGEST_MESSAGE_BYTES,
  createCodec: (query, model, headers = {}) => {
    refuseConversation(query);
    return new OpenAiCodec(model, asksForBeta(headers));
  },
};

class OpenAiCodec implements Codec {
  readonly #session: OpenAiSession;
  readonly #turns: OpenAiTurns;
  /** Seconds of audio that came. */
  #audioSeconds = 0;
  #isOpen = false;
  /** What the last bad message was and where it was wrong: its error event names that. */
  #fault: Pick<OpenAiError, 'code' | 'param' | 'event_id'> | null = null;
  #eventId: string | null = null;

  constructor(model: ModelInfo, isBeta: boolean) {
    this.#session = new OpenAiSession(newId('sess'), model, isBeta);
    this.#turns = new OpenAiTurns(this.#session);
  }

  decode(frame: Frame): readonly ClientCommand[] {
    this.#eventId = null;
    try {
      return this.#carryOut(this.#read(frame));
    } catch (error) {
      this.#fault = { ...faultOf(toAgentError(error)), event_id: this.#eventId };
      throw error;
    }
  }

  encode(event: ServerEvent): readonly Frame[] {
    return this.#events(event).map(toFrame);
  }

  #read(frame: Frame): OpenAiClientEvent {
    if (typeof frame !== 'string') {
      const message = 'Audio comes as base64 in input_audio_buffer.append, not in binary messages.';
      throw new AgentError('MESSAGE_INVALID', message);
    }
    const { rest, audio } = splitEvent(frame);
    const message = readJsonMessage(rest, anyClientEvent, '{"type":"input_audio_buffer.commit"}');
    this.#eventId = message.event_id ?? null;
    const event = checkMessage(message, clientEvent);
    return event.type === 'input_audio_buffer.append' ? { ...event, audio: audio ?? event.audio } : event;
  }

  #carryOut(event: OpenAiClientEvent): readonly ClientCommand[] {
    switch (event.type) {
      case 'session.update':
        return this.#update(() => this.#session.update(event.session, this.#isOpen));
      case 'transcription_session.update':
        return this.#update(() => this.#session.updateBeta(event.session, this.#isOpen));
      case 'input_audio_buffer.append':
        return this.#append(decodeAudio(event.audio));
      case 'input_audio_buffer.commit':
        return this.#commit();
      case 'input_audio_buffer.clear':
        return this.#clear();
    }
  }

  /** Keywords and prompt may change between turns; the first ones go with the start. */
  #update(update: () => void): readonly ClientCommand[] {
    const { hotwords: before = [] } = this.#session.hotwords;
    update();
    const { hotwords = [] } = this.#session.hotwords;
    const isNew = JSON.stringify(hotwords) !== JSON.stringify(before);
    const changes: ClientCommand[] =
      this.#isOpen && isNew ? [{ type: 'configure', options: { hotwords } }] : [];
    return [...changes, reply(this.#describe('updated'))];
  }

  #append(bytes: Uint8Array): readonly ClientCommand[] {
    const { pcmFormat: format, streamOptions: options } = this.#session;
    this.#audioSeconds += durationOf(bytes.length, format);
    const audio = slices(bytes).map((slice): ClientCommand => ({ type: 'audio', bytes: slice }));
    if (this.#isOpen) return audio;
    this.#isOpen = true;
    return [{ type: 'start', format, options }, ...audio];
  }

  #commit(): readonly ClientCommand[] {
    const seconds = this.#audioSeconds - this.#turns.audioStart;
    if (seconds < LEAST_COMMIT_SECONDS) {
      const got = `the buffer has ${Math.round(Math.max(0, seconds) * 1000)} ms`;
      const message = `Expected at least ${LEAST_COMMIT_SECONDS * 1000} ms of audio to commit; ${got}.`;
      throw new AgentError('MESSAGE_INVALID', message, {
        fields: { code: 'input_audio_buffer_commit_empty' },
      });
    }
    this.#turns.expectFlush('commit', this.#audioSeconds);
    return [{ type: 'flush', realign: true }];
  }

  #clear(): readonly ClientCommand[] {
    const cleared = reply({ type: 'input_audio_buffer.cleared' });
    if (this.#audioSeconds <= this.#turns.audioStart) return [cleared];
    this.#turns.expectFlush('clear', this.#audioSeconds);
    return [{ type: 'flush', realign: true }, cleared];
  }

  #describe(what: 'created' | 'updated'): OpenAiServerEvent {
    const type = this.#session.isBeta ? 'transcription_session' : 'session';
    return { type: `${type}.${what}`, session: this.#session.describe() };
  }

  #events(event: ServerEvent): readonly OpenAiServerEvent[] {
    switch (event.type) {
      case 'ready':
        return [this.#describe('created')];
      case 'transcript':
        return this.#turns.accept(event.event, event.heardSeconds ?? 0);
      case 'error':
        return this.#errorEvents(event.code, event.message);
      case 'audio-taken':
      case 'done':
      case 'microphone':
      case 'level':
      case 'configured':
        return [];
    }
  }

  #errorEvents(code: ErrorCode, message: string): readonly OpenAiServerEvent[] {
    if (code === 'MESSAGE_INVALID' && this.#fault !== null) {
      const error: OpenAiError = { type: 'invalid_request_error', message, ...this.#fault };
      this.#fault = null;
      return [{ type: 'error', error }];
    }
    if (REFUSED_WISHES.has(code)) {
      this.#session.takeBackWords();
      const param = 'session.audio.input.transcription.keywords';
      const refused = { code: code.toLowerCase(), message, param, event_id: null };
      return [{ type: 'error', error: { type: 'invalid_request_error', ...refused } }];
    }
    const own = code === 'SESSION_TOO_LONG' ? 'session_expired' : code.toLowerCase();
    const error: OpenAiError = { type: 'server_error', code: own, message, param: null, event_id: null };
    return [...this.#turns.fail(error), { type: 'error', error }];
  }
}

function slices(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / SLICE_BYTES);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * SLICE_BYTES, (i + 1) * SLICE_BYTES));
}

function refuseConversation(query: URLSearchParams): void {
  const intent = query.get('intent');
  if (intent !== null && intent !== 'transcription') {
    throw new AgentError('MESSAGE_INVALID', `intent: expected transcription; got ${intent}.`);
  }
  if (query.has('call_id')) {
    throw new AgentError(
      'MESSAGE_INVALID',
      'call_id: there are no calls here; open a transcription session.',
    );
  }
}

/** The code and the place of a fault, in the words of the interface. */
function faultOf({ fields, cause }: AgentError): Pick<OpenAiError, 'code' | 'param'> {
  const path = cause instanceof ZodError ? (cause.issues[0]?.path.join('.') ?? '') : '';
  const code = typeof fields['code'] === 'string' ? fields['code'] : 'invalid_value';
  const param = typeof fields['param'] === 'string' ? fields['param'] : path;
  return { code, param: param === '' ? null : param };
}

function reply(event: OpenAiServerEvent): ClientCommand {
  return { type: 'reply', frames: [toFrame(event)] };
}

function toFrame(event: OpenAiServerEvent): Frame {
  return JSON.stringify({ event_id: newId('event'), ...event });
}
