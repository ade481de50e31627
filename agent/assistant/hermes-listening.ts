import type { AssistantEvent } from './assistant-event.ts';
import {
  type HermesCommand,
  type HermesEvent,
  type HermesSession,
  hermesMessages,
  intentNotRecognized,
} from './hermes.ts';
import type { MqttMessage } from './mqtt-link.ts';

export interface HermesListeningOptions {
  readonly siteId: string;
  /** `always`: every final is captured text; `asked`: only what is said between startListening and stopListening. */
  readonly listen: 'always' | 'asked';
  /** Of the model that is heard with now. */
  readonly language: () => string;
  /** Ends the segment under way; resolves when its final has been told. */
  readonly flush: () => Promise<void>;
  readonly publish: (messages: readonly MqttMessage[]) => void;
}

type Final = Extract<AssistantEvent, { readonly type: 'final' }>;
type Nothing = Extract<AssistantEvent, { readonly type: 'nothing' }>;

/** What a dialogue manager has asked for with one startListening. */
interface Request {
  readonly session: HermesSession;
  readonly stopOnSilence: boolean;
  /** False until what was said before it is out of the way. */
  isOpen: boolean;
  readonly finals: Final[];
  /** Something was said that is no command. */
  wasRefused: boolean;
}

/** Reasons for which something is off; it is on when there are none. The reason without a name stands for all. */
class Switch {
  readonly #reasons = new Set<string>();

  get isOff(): boolean {
    return this.#reasons.size > 0;
  }

  off(reason: string): void {
    this.#reasons.add(reason);
  }

  on(reason: string): void {
    if (reason === '') this.#reasons.clear();
    else this.#reasons.delete(reason);
  }
}

/**
 * The recogniser's side of a Hermes dialogue. The microphone is always heard; this decides what of it is said on the
 * bus, and in which session.
 */
export class HermesListening {
  readonly #options: HermesListeningOptions;
  readonly #recognition = new Switch();
  readonly #hotword = new Switch();
  #request: Request | null = null;
  /** The session of the last text, which an intent found in it belongs to; null when that text was not said. */
  #lastSession: HermesSession | null = null;

  constructor(options: HermesListeningOptions) {
    this.#options = options;
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
    const session = { ...this.#noSession, sessionId, wakewordId };
    const request: Request = { session, stopOnSilence, isOpen: false, finals: [], wasRefused: false };
    this.#request = request;
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
      request.finals.push(final);
      if (request.stopOnSilence) this.#capture(request);
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

  #capture({ session, finals, wasRefused }: Request): void {
    this.#request = null;
    this.#publish(joined(finals), session);
    if (wasRefused && finals.length === 0) this.#options.publish([intentNotRecognized(session)]);
  }

  #publish(event: HermesEvent, session: HermesSession): void {
    this.#options.publish(hermesMessages(event, session));
  }
}

/** What was said in a request as one text; empty when nothing was. */
function joined(finals: readonly Final[]): Final {
  const [first] = finals;
  const last = finals.at(-1);
  if (first === undefined || last === undefined) return NOTHING;
  const sum = finals.reduce((total, { confidence }) => total + confidence, 0);
  return {
    ...last,
    text: finals.map(({ text }) => text).join(' '),
    words: finals.flatMap(({ words }) => words),
    confidence: sum / finals.length,
    start: first.start,
  };
}

const NOTHING: Final = {
  type: 'final',
  source: 'microphone',
  session: 'microphone',
  at: '',
  text: '',
  words: [],
  confidence: 0,
  start: 0,
  end: 0,
};
