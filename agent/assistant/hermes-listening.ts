import type { CancelTimer, Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { AssistantEvent } from './assistant-event.ts';
import {
  type HermesCommand,
  type HermesEvent,
  type HermesSession,
  hermesMessages,
  intentNotRecognized,
} from './hermes.ts';
import { HermesRequest } from './hermes-request.ts';
import { HermesSwitch } from './hermes-switch.ts';
import type { MqttMessage } from './mqtt-link.ts';

/** A dialogue manager that has not sent stopListening by then has died. */
const LONGEST_REQUEST_MS = 5 * 60_000;

export interface HermesListeningOptions {
  readonly siteId: string;
  /** `always`: every final is captured text; `asked`: only what is said between startListening and stopListening. */
  readonly listen: 'always' | 'asked';
  /** Of the model that is heard with now. */
  readonly language: () => string;
  /** Ends the segment under way; resolves when its final has been told. */
  readonly flush: () => Promise<void>;
  readonly publish: (messages: readonly MqttMessage[]) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

type Final = Extract<AssistantEvent, { readonly type: 'final' }>;
type Nothing = Extract<AssistantEvent, { readonly type: 'nothing' }>;

/**
 * The recogniser's side of a Hermes dialogue. The microphone is always heard; this decides what of it is said on the
 * bus, and in which session.
 */
export class HermesListening {
  readonly #options: HermesListeningOptions;
  readonly #recognition: HermesSwitch;
  readonly #hotword: HermesSwitch;
  #request: HermesRequest | null = null;
  #cancelLongest: CancelTimer = () => {};
  /** The session of the last text, which an intent found in it belongs to; null when that text was not said. */
  #lastSession: HermesSession | null = null;

  constructor(options: HermesListeningOptions) {
    this.#options = options;
    const logged = (what: string) => (isOff: boolean) =>
      options.log.info({}, `hermes switches ${what} ${isOff ? 'off' : 'on'}`);
    this.#recognition = new HermesSwitch(logged('capturing'));
    this.#hotword = new HermesSwitch(logged('wake phrases'));
  }

  /** Takes an event of the microphone. */
  accept(event: AssistantEvent): void {
    switch (event.type) {
      case 'wake':
        if (!this.#hotword.isOff) this.#publish(event, this.#noSession);
        break;
      case 'final':
        this.#acceptFinal(event);
        break;
      case 'nothing':
        this.#acceptNothing(event);
        break;
      case 'intent':
        if (this.#lastSession !== null) this.#publish(event, this.#lastSession);
        break;
    }
  }

  async carryOut(command: HermesCommand): Promise<void> {
    switch (command.topic) {
      case 'hermes/asr/startListening':
        await this.#start(command);
        break;
      case 'hermes/asr/stopListening':
        await this.#stop(command.sessionId ?? null);
        break;
      case 'hermes/asr/toggleOff':
        this.#recognition.off(command.reason);
        break;
      case 'hermes/asr/toggleOn':
        this.#recognition.on(command.reason);
        break;
      case 'hermes/hotword/toggleOff':
        this.#hotword.off(command.reason);
        break;
      case 'hermes/hotword/toggleOn':
        this.#hotword.on(command.reason);
        break;
    }
  }

  get #noSession(): HermesSession {
    const { siteId, language } = this.#options;
    return { siteId, sessionId: null, wakewordId: null, language: language() };
  }

  async #start(command: Extract<HermesCommand, { topic: 'hermes/asr/startListening' }>): Promise<void> {
    const { sessionId = null, wakewordId = null, stopOnSilence } = command;
    const request = new HermesRequest({ ...this.#noSession, sessionId, wakewordId }, stopOnSilence);
    this.#follow(request);
    await this.#options.flush();
    request.isOpen = true;
  }

  async #stop(sessionId: string | null): Promise<void> {
    const request = this.#request;
    if (request === null || (sessionId !== null && sessionId !== request.session.sessionId)) return;
    await this.#options.flush();
    if (this.#request === request) this.#capture(request);
  }

  #acceptFinal(final: Final): void {
    this.#lastSession = null;
    if (this.#recognition.isOff) return;
    const request = this.#request;
    if (request?.isOpen === true) {
      this.#lastSession = request.session;
      request.add(final);
      if (request.stopOnSilence) this.#capture(request);
      else if (request.isFull) this.#captureAtLimit(request);
    } else if (this.#options.listen === 'always') {
      this.#lastSession = this.#noSession;
      this.#publish(final, this.#noSession);
    }
  }

  /** Who has asked waits for an answer, also to what was not understood. */
  #acceptNothing({ refusal }: Nothing): void {
    const request = this.#request;
    if (this.#recognition.isOff || request?.isOpen !== true) return;
    request.wasRefused ||= refusal !== undefined;
    if (request.stopOnSilence) this.#capture(request);
  }

  #follow(request: HermesRequest | null): void {
    this.#cancelLongest();
    this.#request = request;
    if (request === null || request.stopOnSilence) return;
    const { clock } = this.#options;
    this.#cancelLongest = clock.after(LONGEST_REQUEST_MS, () => this.#captureAtLimit(request));
  }

  #capture(request: HermesRequest): void {
    const { session } = request;
    this.#follow(null);
    this.#publish(request.joined(), session);
    if (request.wasRefused && request.isEmpty) this.#options.publish([intentNotRecognized(session)]);
  }

  /** Without an end a request would keep all that is said, and nobody else would hear of it. */
  #captureAtLimit(request: HermesRequest): void {
    this.#options.log.warn({}, 'hermes stopListening has not come, captured without it');
    this.#capture(request);
  }

  #publish(event: HermesEvent, session: HermesSession): void {
    this.#options.publish(hermesMessages(event, session));
  }
}
