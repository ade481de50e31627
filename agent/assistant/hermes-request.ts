import type { AssistantEvent } from './assistant-event.ts';
import type { HermesSession } from './hermes.ts';

/** More than anybody says between two messages of a dialogue manager that is still there. */
const MOST_FINALS = 64;

type Final = Extract<AssistantEvent, { readonly type: 'final' }>;

/** What a dialogue manager has asked for with one startListening, and what was said since. */
export class HermesRequest {
  readonly session: HermesSession;
  readonly stopOnSilence: boolean;
  /** False until what was said before it is out of the way. */
  isOpen = false;
  /** Something was said that is no command. */
  wasRefused = false;
  readonly #finals: Final[] = [];

  constructor(session: HermesSession, stopOnSilence: boolean) {
    this.session = session;
    this.stopOnSilence = stopOnSilence;
  }

  get isEmpty(): boolean {
    return this.#finals.length === 0;
  }

  /** Nothing more is to be added. */
  get isFull(): boolean {
    return this.#finals.length >= MOST_FINALS;
  }

  add(final: Final): void {
    this.#finals.push(final);
  }

  /** All of it as one text; empty when nothing was said. */
  joined(): Final {
    const [first] = this.#finals;
    const last = this.#finals.at(-1);
    if (first === undefined || last === undefined) return NOTHING;
    const sum = this.#finals.reduce((total, { confidence }) => total + confidence, 0);
    return {
      ...last,
      text: this.#finals.map(({ text }) => text).join(' '),
      words: this.#finals.flatMap(({ words }) => words),
      confidence: sum / this.#finals.length,
      start: first.start,
    };
  }
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
