import type { ErrorCode } from '../../errors.ts';
import type { DeepgramServerMessage } from './deepgram-message.ts';
import type { DeepgramHotword } from './deepgram-query.ts';
import type { ClientCommand } from './protocol.ts';

type ConfigureCode = Extract<DeepgramServerMessage, { type: 'ConfigureFailure' }>['code'];

const FAILURES: { readonly [code in ErrorCode]?: ConfigureCode } = {
  HOTWORD_LIMIT: 'CONFIGURE_KEYTERM_LIMIT_EXCEEDED',
  SEARCH_UNAVAILABLE: 'CONFIGURE_KEYTERMS_NOT_SUPPORTED',
};

/** Other key terms while there is audio: those that were asked for, until the answer is there. */
export class DeepgramKeyterms {
  readonly #keywords: readonly DeepgramHotword[];
  readonly #asked = new Map<number, readonly string[]>();
  #lastId = 0;

  /** `keywords`: of the address; they stay, whatever the key terms are. */
  constructor(keywords: readonly DeepgramHotword[]) {
    this.#keywords = keywords;
  }

  replace(keyterms: readonly string[]): ClientCommand {
    const id = ++this.#lastId;
    this.#asked.set(id, keyterms);
    const hotwords = [...this.#keywords, ...keyterms.map((text) => ({ text }))];
    return { type: 'configure', id, options: { hotwords } };
  }

  success(id: number, request_id: string): DeepgramServerMessage {
    return { type: 'ConfigureSuccess', request_id, keyterms: this.#settle(id) };
  }

  failure(
    id: number,
    request_id: string,
    { code, message }: { readonly code: ErrorCode; readonly message: string },
  ): DeepgramServerMessage {
    this.#settle(id);
    const failure = FAILURES[code] ?? 'CONFIGURE_INTERNAL_ERROR';
    return { type: 'ConfigureFailure', request_id, code: failure, description: message };
  }

  #settle(id: number): readonly string[] {
    const keyterms = this.#asked.get(id) ?? [];
    this.#asked.delete(id);
    return keyterms;
  }
}
