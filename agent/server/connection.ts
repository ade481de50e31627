import type { CancelTimer, Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { AgentError, type ErrorCode, toAgentError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { closeCodeOf } from './close-code.ts';
import { KeepAlive } from './keep-alive.ts';
import { Outbox } from './outbox.ts';
import type {
  ClientCommand,
  Codec,
  Frame,
  Protocol,
  ResumeOffer,
  ServerEvent,
} from './protocols/protocol.ts';
import { REFUSED_WISHES } from './protocols/refusable.ts';
import { RateWindow } from './rate-window.ts';
import type { ServerMetrics } from './server-metrics.ts';
import type { TranscriptListener } from './transcript-listener.ts';
import type { Transport } from './transport.ts';

/** What every connection of the server shares. */
export interface ConnectionContext {
  readonly config: Config['server'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ServerMetrics;
  readonly onTranscript?: TranscriptListener | undefined;
}

/** What the owner of a connection does with what comes in. */
export interface ConnectionHandler {
  onCommand(command: ClientCommand): void;
  /** The connection is gone, for whatever reason; called once. */
  onClosed(): void;
}

/** Time for the other side to answer a close. */
const CLOSE_GRACE_MS = 2000;

/** Wishes refused in a minute that cost nothing; each costs work to refuse, and more of them count as bad messages. */
const FORGIVEN_REFUSALS = 20;
const MINUTE_MS = 60_000;

/** A protocol as one connection speaks it. */
export interface OpenedProtocol {
  readonly protocol: Protocol;
  readonly codec: Codec;
  /** Throws once the client may be here no longer; undefined where nobody asks for tokens. */
  readonly permit?: () => void;
}

/**
 * One connection seen through its protocol: commands in, events out. It answers bad messages and gives up after
 * too many, drops partials for slow readers, and notices when the other side is gone.
 */
export class Connection {
  readonly id: string;
  readonly log: Logger;
  readonly protocol: Protocol;
  /** Resolves when the connection is gone and its handler knows. */
  readonly closed: Promise<void>;
  readonly #transport: Transport;
  readonly #codec: Codec;
  readonly #context: ConnectionContext;
  readonly #outbox: Outbox;
  /** Null where the wire has no pings. */
  readonly #keepAlive: KeepAlive | null;
  #state: 'open' | 'closing' | 'closed' = 'open';
  /** Whether the handler takes nothing more for now. */
  #isHeld = false;
  /** Whether the client has more to read than it should. */
  #isBehind = false;
  /** Whether reading was stopped; a transport without a wire is paused of itself, and keeps it for the next wire. */
  #isWaiting = false;
  #badMessages = 0;
  readonly #refusals = new RateWindow(MINUTE_MS);
  #onGone = () => {};
  #cancelCloseTimer: CancelTimer | null = null;

  constructor(id: string, transport: Transport, opened: OpenedProtocol, context: ConnectionContext) {
    const { clock, config, metrics, log } = context;
    this.id = id;
    this.log = log.child({ session: id, protocol: opened.protocol.name });
    this.protocol = opened.protocol;
    this.#transport = transport;
    this.#codec = opened.codec;
    this.#context = context;
    this.#outbox = new Outbox({
      socket: transport,
      clock,
      sendBufferBytes: config.sendBufferBytes,
      drainTimeoutMs: config.drainTimeoutMs,
      onSlow: () => this.#giveUpSlowReader(),
      onFull: (isFull) => this.#onFull(isFull),
      onDrop: (type) => metrics.messageDropped(type),
    });
    this.#keepAlive = createKeepAlive(transport, context);
    this.closed = new Promise((resolve) => {
      this.#onGone = resolve;
    });
  }

  /** How the client gets its session back after a cut; absent where it ends with the connection. */
  get resumeOffer(): ResumeOffer | undefined {
    return this.#transport.resumeOffer;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Starts to deliver commands to `handler`. */
  start(handler: ConnectionHandler): void {
    this.#transport.listen({
      message: (frame) => this.#receive(frame, handler),
      alive: () => this.#onAlive(),
      ping: (answer) => this.#answerPing(answer),
      unreadable: (error) => this.fail(error),
      broken: (code, reason) => this.#onBroken(code, reason),
      ended: () => handler.onCommand({ type: 'stop' }),
      closed: (code) => this.#onClosed(code, handler),
    });
    this.#keepAlive?.start();
  }

  send(event: ServerEvent): void {
    if (this.#state !== 'open') return;
    const frames = this.#codec.encode(event);
    const droppable = droppableType(event);
    if (droppable === 'level' || (droppable === 'partial' && this.protocol.appendsPartials !== true)) {
      this.#outbox.sendDroppable(droppable, frames);
    } else {
      if (isFinal(event)) this.#outbox.supersede('partial');
      this.#outbox.send(frames);
    }
  }

  /** Sends what the codec has already written. */
  sendFrames(frames: readonly Frame[]): void {
    if (this.#state === 'open') this.#outbox.send(frames);
  }

  /** `id`: of the command that it answers, where that has one. */
  sendError(error: AgentError, id?: number): void {
    this.#context.metrics.errorSent(error.code);
    const { code, message } = error;
    this.send({ type: 'error', code, message, ...(id === undefined ? {} : { id }) });
  }

  /** Says why, then closes with the code that belongs to the error. */
  fail(error: AgentError): void {
    if (this.#state !== 'open') return;
    this.log.info({ code: error.code, reason: error.message }, 'session ended by the server');
    this.sendError(error);
    const own = this.#codec.closeFrame?.(error.code) ?? null;
    this.close(own?.code ?? closeCodeOf(error.code), own?.reason ?? error.code);
  }

  /** Closes in good order; a client that does not answer is cut off after a grace period. Safe to call twice. */
  close(code: number, reason = ''): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#outbox.close();
    this.#keepAlive?.heard();
    this.#readOrWait(); // or the answer to the close could not be read
    this.#transport.close(code, reason);
    this.#cancelCloseTimer = this.#context.clock.after(CLOSE_GRACE_MS, () => this.terminate());
  }

  /** Cuts the connection at once. */
  terminate(): void {
    this.#transport.terminate();
  }

  /** Stops reading: the client's audio waits in its own network stack. */
  pause(): void {
    this.#isHeld = true;
    this.#readOrWait();
  }

  resume(): void {
    this.#isHeld = false;
    this.#keepAlive?.heard();
    this.#readOrWait();
  }

  /**
   * Answers what could not be carried out. A bad message is forgiven a few times, a grammar that can not be used
   * a few times a minute, for people write them while they listen; anything else is the end.
   */
  reject(error: AgentError, id?: number): void {
    if (REFUSED_WISHES.has(error.code)) {
      this.sendError(error, id);
      const now = this.#context.clock.now();
      this.#refusals.add(1, now);
      if (this.#refusals.sum(now) > FORGIVEN_REFUSALS) this.#countBadMessage();
      return;
    }
    if (error.code !== 'MESSAGE_INVALID') {
      if (error.code === 'INTERNAL') this.log.error({ err: error.cause ?? error }, 'message handling failed');
      this.fail(error);
      return;
    }
    this.sendError(error);
    this.#countBadMessage();
  }

  #countBadMessage(): void {
    this.#badMessages++;
    if (this.#badMessages < this.#context.config.maxBadMessages) return;
    this.fail(new AgentError('TOO_MANY_ERRORS', `${this.#badMessages} messages were wrong.`));
  }

  #receive(frame: Frame, handler: ConnectionHandler): void {
    if (this.#state !== 'open') return;
    this.#keepAlive?.heard();
    try {
      for (const command of this.#codec.decode(frame)) {
        if (command.type === 'acknowledge') this.#transport.acknowledge?.(command.messages);
        else handler.onCommand(command);
      }
    } catch (error) {
      this.reject(toAgentError(error));
    }
  }

  /** Who asks and does not read the answers is not heard meanwhile: they would fill our memory. */
  #onFull(isFull: boolean): void {
    this.#isBehind = isFull;
    if (!isFull) this.#keepAlive?.heard();
    this.#readOrWait();
  }

  #readOrWait(): void {
    const waits = this.#state === 'open' && (this.#isHeld || this.#isBehind);
    if (waits === this.#isWaiting) return;
    this.#isWaiting = waits;
    if (waits) this.#transport.pause();
    else this.#transport.resume();
  }

  /** Also after it was taken for dead: a session may get its client back. */
  #onAlive(): void {
    if (this.#state !== 'open') return;
    this.#keepAlive?.start();
    this.#keepAlive?.heard();
  }

  /** Someone who pings without reading the answers must not fill our memory with them. */
  #answerPing(answer: () => void): void {
    this.#keepAlive?.heard();
    if (!this.#outbox.isFull) answer();
  }

  #onBroken(code: ErrorCode | null, reason: string): void {
    if (code !== null) this.#context.metrics.errorSent(code);
    this.log.info({ reason }, 'connection failed');
  }

  #onClosed(code: number, handler: ConnectionHandler): void {
    this.#state = 'closed';
    this.#cancelCloseTimer?.();
    this.#keepAlive?.stop();
    this.#outbox.close();
    this.log.info({ code }, 'session closed');
    handler.onClosed();
    this.#onGone();
  }

  #giveUpSlowReader(): void {
    const { drainTimeoutMs } = this.#context.config;
    const message = `The client did not read its messages for ${drainTimeoutMs} ms.`;
    this.fail(new AgentError('SLOW_CLIENT', message));
  }
}

function createKeepAlive(transport: Transport, { clock, config }: ConnectionContext): KeepAlive | null {
  if (transport.ping === undefined) return null;
  return new KeepAlive({
    clock,
    intervalMs: config.pingIntervalMs,
    ping: () => transport.ping?.(),
    isPaused: () => transport.isPaused,
    onDead: () => (transport.lose === undefined ? transport.terminate() : transport.lose()),
  });
}

function droppableType(event: ServerEvent): 'partial' | 'level' | null {
  if (event.type === 'level') return 'level';
  return event.type === 'transcript' && event.event.type === 'partial' ? 'partial' : null;
}

function isFinal(event: ServerEvent): boolean {
  return event.type === 'transcript' && event.event.type === 'final';
}
