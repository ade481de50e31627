import { AgentError } from '../errors.ts';
import { type ErrorMessage, isForgiven, parseServerMessage, type ServerMessage } from './server-message.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { ClientSocket, OpenSocket, SocketTarget } from './socket.ts';
import { toldAddress } from './socket-error.ts';

export interface LinkTarget extends SocketTarget {
  /** Time without a word of the server after which the connection counts as lost. */
  readonly lostAfterMs: number;
}

/** How a connection of a session ended: after `done`, or because of this. */
export type LinkEnd = 'done' | AgentError;

/** One connection of a session that may have several. */
export class SessionLink {
  /** Resolves when the connection is over. */
  readonly closed: Promise<LinkEnd>;
  readonly #target: LinkTarget;
  readonly #onMessage: (message: ServerMessage | null) => void;
  readonly #watch: SilenceWatch;
  #socket: ClientSocket | null = null;
  #close!: (end: LinkEnd) => void;
  #greet: () => void = () => {};
  #lastError: ErrorMessage | null = null;
  #isDone = false;
  #isOver = false;

  /** @param onMessage gets each message of the server; null for one of a kind that this version does not know */
  constructor(target: LinkTarget, onMessage: (message: ServerMessage | null) => void) {
    this.#target = target;
    this.#onMessage = onMessage;
    this.#watch = new SilenceWatch(target.lostAfterMs, () => this.#onSilent());
    this.closed = new Promise((resolve) => {
      this.#close = (end) => {
        this.#watch.stop();
        resolve(end);
      };
    });
  }

  /**
   * Opens the connection, for the session of `resumeToken` where there is one. Resolves after the server's greeting,
   * which `onMessage` has got.
   * @throws {AgentError} `SERVER_UNREACHABLE`, or the code with which the server refused
   */
  async open(openSocket: OpenSocket, resumeToken: string | null, received: number): Promise<void> {
    const { url, connectTimeoutMs } = this.#target;
    const query = resumeToken === null ? 'resume=new' : `resume=${resumeToken}&received=${received}`;
    const greeted = new Promise<void>((resolve) => {
      this.#greet = resolve;
    });
    const target = { ...this.#target, url: `${url}${url.includes('?') ? '&' : '?'}${query}` };
    await openSocket(target, {
      opened: (socket) => {
        this.#socket = socket;
        if (this.#isOver) socket.terminate(); // closed while it opened
      },
      message: (text) => this.#receive(text),
      closed: (code, reason, cause) => this.#onClosed(code, reason, cause),
    });
    const timer = setTimeout(() => this.#lose(`no greeting within ${connectTimeoutMs} ms`), connectTimeoutMs);
    const end = await Promise.race([greeted, this.closed]);
    clearTimeout(timer);
    if (end instanceof AgentError) throw end;
  }

  /** Whether the server has said why it ends the session. */
  get isRefused(): boolean {
    return this.#lastError !== null && !isForgiven(this.#lastError);
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  send(data: string | Uint8Array): void {
    this.#socket?.send(data);
  }

  flushed(): Promise<void> {
    return this.#socket?.flushed() ?? Promise.resolve();
  }

  pause(): void {
    this.#watch.pause();
    this.#socket?.pause();
  }

  unpause(): void {
    this.#watch.unpause();
    this.#socket?.resume();
  }

  close(): void {
    this.#isOver = true;
    this.#close('done');
    this.#socket?.close();
  }

  #receive(text: string): void {
    this.#watch.heard();
    try {
      const message = parseServerMessage(text);
      if (message?.type === 'error') this.#lastError = message;
      if (message?.type === 'done') this.#isDone = true;
      this.#onMessage(message);
      if (message?.type === 'ready' || message?.type === 'resumed') this.#onGreeting(message);
    } catch (error) {
      this.#close(error as AgentError);
      this.#socket?.terminate();
    }
  }

  /** Only of a session that can be resumed the server gives signs of life. */
  #onGreeting(greeting: Extract<ServerMessage, { type: 'ready' | 'resumed' }>): void {
    if (greeting.type === 'resumed' || greeting.resume !== undefined) this.#watch.start();
    this.#greet();
  }

  #onSilent(): void {
    if (this.#isDone) this.close();
    else this.#lose(`nothing came for ${this.#target.lostAfterMs} ms`);
  }

  #onClosed(code: number, reason: string, cause: AgentError | undefined): void {
    const error = this.#lastError;
    const isReason = error !== null && (this.isRefused || error.code === reason);
    if (this.#isDone) this.#close('done');
    else if (isCut(code) || !isReason) this.#lose(cause?.message ?? `closed with code ${code}`);
    else this.#close(new AgentError(error.code, error.message));
  }

  #lose(how: string): void {
    const message = `The connection to ${toldAddress(this.#target.url)} ended: ${how}.`;
    this.#close(new AgentError('SERVER_UNREACHABLE', message));
    this.#socket?.terminate();
  }
}

/** Whether the network ended the connection, not the server. */
function isCut(code: number): boolean {
  return code === 1006;
}
