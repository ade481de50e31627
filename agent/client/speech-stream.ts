import { AgentError } from '../errors.ts';
import type { NativeClientMessage } from '../server/protocols/native-message.ts';
import { type AudioSource, drainSource } from './audio-source.ts';
import { type Origin, shiftEvent } from './event-shift.ts';
import { isMendedAtOnce, mendAfter } from './mend.ts';
import { MessageQueue } from './message-queue.ts';
import { checkedAddress } from './option-check.ts';
import { Outage } from './outage.ts';
import { type Outgoing, OutgoingLog } from './outgoing-log.ts';
import { pause } from './pause.ts';
import { bytesOf, type Samples } from './samples.ts';
import { type ErrorMessage, isForgiven, type ReadyMessage, type ServerMessage } from './server-message.ts';
import { SessionLink } from './session-link.ts';
import { SettingsLog } from './settings-log.ts';
import type { OpenSocket } from './socket.ts';
import {
  bytesPerSecond,
  configureMessage,
  type StreamEvent,
  type StreamOptions,
  type StreamRequest,
  startMessage,
} from './stream-request.ts';
import { withoutSuperseded } from './superseded.ts';

/**
 * Events that may wait for the reader, partials that are superseded not counted, before the connection is paused. So many
 * that hours of speech fit: while it is paused no acknowledgement is read either, and `send` waits for ever if nobody reads.
 */
const EVENT_LIMIT = 8192;
/** Messages of the server between two acknowledgements. */
const ACKNOWLEDGE_EVERY = 16;
/** Bytes waiting for the network above which the rest waits here. */
const SEND_BUFFER_BYTES = 256 * 1024;
/** Number of the settings with which a new session begins; nobody waits for the answer. */
const SETTINGS_IN_FORCE = 0;

/**
 * A stream of audio to an Earshot server and its transcript, over as many connections as it takes. A cut is mended by
 * resuming the session: no word is lost or doubled. Where the session is gone (the server was stopped, or the cut
 * lasted too long) a new one is given everything since the last final. Iterating gives the events, once; it ends after
 * `stop` was answered, and throws an `AgentError` when there is no hope left, or what the source of `sendAll` threw.
 */
export class SpeechStream implements AsyncIterable<StreamEvent> {
  readonly #request: StreamRequest & { readonly url: string };
  readonly #openSocket: OpenSocket;
  readonly #settings = new SettingsLog();
  readonly #log: OutgoingLog;
  readonly #events: MessageQueue<StreamEvent>;
  readonly #outage: Outage;
  readonly #closing = new AbortController();
  readonly #bytesPerSecond: number;
  readonly #bufferBytes: number;
  #link: SessionLink | null = null;
  #ready: ReadyMessage | null = null;
  /** Whether the connection may be given messages. */
  #isGreeted = false;
  #isPumping = false;
  /** Messages of the present session that have come. */
  #received = 0;
  #unacknowledged = 0;
  #origin: Origin = { seconds: 0, segment: 0 };
  #nextSegment = 0;
  #onRoom: (() => void)[] = [];
  #onPush: () => void = () => {};
  #isStopped = false;
  /** What the source of `sendAll` threw: the stream ends with it, but first with the final of what came before. */
  #sourceError: { readonly thrown: unknown } | null = null;

  private constructor(request: StreamRequest & { readonly url: string }, openSocket: OpenSocket) {
    this.#request = request;
    this.#openSocket = openSocket;
    this.#bytesPerSecond = bytesPerSecond(request);
    this.#bufferBytes = (request.bufferSeconds ?? 30) * this.#bytesPerSecond;
    this.#log = new OutgoingLog(this.#bufferBytes, this.#settings);
    this.#outage = new Outage(request.backOff);
    const backPressure = { pause: () => this.#link?.pause(), resume: () => this.#link?.unpause() };
    this.#events = new MessageQueue(EVENT_LIMIT, backPressure, withoutSuperseded);
  }

  /** @throws {AgentError} `USAGE`, `SERVER_UNREACHABLE`, or the code with which the server refused */
  static async open(request: StreamRequest, openSocket: OpenSocket): Promise<SpeechStream> {
    const stream = new SpeechStream({ ...request, url: checkedAddress(request) }, openSocket);
    stream.#log.restart(stream.#startMessages);
    await stream.#connect();
    void stream.#run();
    return stream;
  }

  /** The greeting of the present session. */
  get ready(): ReadyMessage {
    if (this.#ready !== null) return this.#ready;
    throw new AgentError('INTERNAL', 'The stream was used before the server had greeted.');
  }

  /**
   * Sends samples of the format that was asked for. Resolves at once while less than `bufferSeconds` have not arrived,
   * else when there is room: awaiting it is the back-pressure. Returns false, and does not take the samples, when
   * someone who does not wait has filled the buffer twice, and after the end.
   * @throws {AgentError} `USAGE` for samples of another encoding
   */
  async send(samples: Samples): Promise<boolean> {
    const bytes = bytesOf(samples, this.#request);
    if (this.#isOver || this.#log.pendingBytes > 2 * this.#bufferBytes) return false;
    this.#push('audio', bytes);
    if (this.#log.pendingBytes > this.#bufferBytes && !this.#closing.signal.aborted) {
      await new Promise<void>((resolve) => this.#onRoom.push(resolve));
    }
    return true;
  }

  /**
   * Sends all chunks of a source, at the pace of the connection, and then asks for the end. Resolves when that is done,
   * or the stream has ended: the source is released then. What the source throws, the iteration throws too, after the
   * final of what came before: nobody needs to wait here.
   */
  sendAll(source: AudioSource): Promise<void> {
    const sent = this.#sendAll(source);
    sent.catch(() => {}); // or a program that does not wait here would be ended by it
    return sent;
  }

  /**
   * Changes the options that are given, from this point of the audio on, whatever becomes of the connection: a session
   * that is resumed has them, and so has one that begins anew. What was being said ends with a final of the reason
   * `configure`. Resolves when they are in force.
   * @throws {AgentError} why the server does not take them, such as `GRAMMAR_INVALID`: the stream goes on as it was;
   * or how the stream ended before there was an answer
   */
  configure(options: StreamOptions): Promise<void> {
    if (this.#isOver) return Promise.reject(closed());
    const { id, answered } = this.#settings.add(options);
    this.#push('configure', configureMessage(options, id), id);
    return answered;
  }

  /** Asks for a final of what was heard so far. */
  flush(): void {
    if (!this.#isOver) this.#command('flush', { type: 'flush' });
  }

  /** Asks for the last final; the iteration ends after it. Safe to call twice. */
  stop(): void {
    if (this.#isOver) return;
    this.#isStopped = true;
    this.#command('stop', { type: 'stop' });
  }

  /** Drops the stream at once; the iteration ends. Safe to call twice. */
  close(): void {
    this.#end();
    this.#link?.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, void, void> {
    return this.#events[Symbol.asyncIterator]();
  }

  /** Whether nothing more is taken. */
  get #isOver(): boolean {
    return this.#isStopped || this.#closing.signal.aborted;
  }

  async #sendAll(source: AudioSource): Promise<void> {
    try {
      await drainSource(source, this.#closing.signal, (samples) => this.send(samples));
    } catch (thrown) {
      if (!this.#isOver) this.#sourceError = { thrown };
      throw thrown;
    } finally {
      this.stop();
    }
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closing.signal.aborted) {
        const cut = await this.#link!.closed;
        if (cut === 'done' || this.#closing.signal.aborted) break;
        this.#isGreeted = false; // what is sent meanwhile waits for the next connection
        await this.#reconnect(cut);
      }
      if (this.#sourceError !== null) throw this.#sourceError.thrown;
      this.#end();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Tries again until the stream goes on. Throws when that is hopeless. */
  async #reconnect(cut: AgentError): Promise<void> {
    if (cut.code === 'IDLE_TIMEOUT') this.#outage.end();
    else this.#outage.lost();
    for (let error = cut; !this.#closing.signal.aborted; ) {
      const mend = mendAfter(error, this.#resumeToken !== null, this.#outage.lostMs, this.#request);
      if (mend === null) throw error;
      const isIdle = error.code === 'IDLE_TIMEOUT' && !this.#log.isBehind;
      if (mend === 'restart') this.#restart();
      const retryInMs = isMendedAtOnce(error) ? 0 : this.#outage.nextPauseMs();
      this.#events.push({ type: 'disconnected', error, retryInMs });
      if (isIdle) await this.#nextPush(); // a session that nobody needs would only be ended again
      await pause(retryInMs, this.#closing.signal);
      if (this.#closing.signal.aborted) return;
      try {
        await this.#connect();
        return;
      } catch (failure) {
        error = failure as AgentError;
      }
    }
  }

  get #resumeToken(): string | null {
    return this.#ready?.resume?.token ?? null;
  }

  /** The format and the settings of a new session. */
  get #startMessages(): readonly string[] {
    const start = startMessage(this.#request);
    const { inForce } = this.#settings;
    return inForce === null ? [start] : [start, configureMessage(inForce, SETTINGS_IN_FORCE)];
  }

  #restart(): void {
    const begin = this.#log.restart(this.#startMessages);
    this.#ready = null;
    this.#received = 0;
    this.#unacknowledged = 0;
    this.#origin = { seconds: begin / this.#bytesPerSecond, segment: this.#nextSegment };
  }

  async #connect(): Promise<void> {
    const { url, token, connectTimeoutMs = 5000, lostAfterMs = 10_000 } = this.#request;
    const target = { url, token, connectTimeoutMs, lostAfterMs, signal: this.#closing.signal };
    const link: SessionLink = new SessionLink(target, (message) => {
      if (link !== this.#link || this.#closing.signal.aborted) return;
      if (message === null) this.#count();
      else this.#receive(message);
    });
    this.#link = link;
    await link.open(this.#openSocket, this.#resumeToken, this.#received);
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'ready':
        this.#ready = message;
        this.#count();
        this.#goOn('connected', message);
        return;
      case 'resumed':
        this.#log.resume(message.messages);
        this.#goOn('resumed', this.ready);
        return;
      case 'ack':
        this.#acknowledged(message.messages);
        return;
      case 'microphone':
      case 'level':
      case 'done':
        break;
      case 'configured':
        this.#settings.taken(message.id);
        break;
      case 'error':
        this.#refuse(message);
        break;
      default:
        this.#outage.end();
        if (message.type === 'final') this.#settle(message.end, message.segment, message.reason === 'flush');
        this.#events.push(shiftEvent(message, this.#origin));
    }
    this.#count();
  }

  #acknowledged(messages: number): void {
    const before = this.#log.pendingBytes;
    this.#log.acknowledge(messages);
    const tookAudio = this.#log.pendingBytes < before;
    if (tookAudio && !this.#link?.isRefused) this.#outage.end();
    this.#makeRoom();
  }

  /** Who asked is told; an error that is not forgiven ends the connection, which tells by itself. */
  #refuse(message: ErrorMessage): void {
    if (!isForgiven(message)) return;
    const error = new AgentError(message.code, message.message);
    if (isOfStart(message)) this.#fail(error);
    else if (message.id === undefined || !this.#settings.refused(message.id, error))
      this.#events.push(message);
  }

  #goOn(type: 'connected' | 'resumed', ready: ReadyMessage): void {
    this.#isGreeted = true;
    this.#outage.greeted();
    this.#events.push({ type, ready });
    void this.#pump();
  }

  /** A final covers everything before `end`, seconds of its session. */
  #settle(end: number, segment: number, answersFlush: boolean): void {
    const { channels = 1, encoding = 's16le' } = this.#request;
    const frameBytes = channels * (encoding === 's16le' ? 2 : 4);
    const frames = Math.round(((end + this.#origin.seconds) * this.#bytesPerSecond) / frameBytes);
    this.#nextSegment = this.#origin.segment + segment + 1;
    this.#log.settle(frames * frameBytes, answersFlush);
  }

  /** The server keeps what was not acknowledged: it is told now and then. */
  #count(): void {
    this.#received++;
    this.#unacknowledged++;
    if (this.#unacknowledged < ACKNOWLEDGE_EVERY || this.#resumeToken === null) return;
    this.#unacknowledged = 0;
    this.#command('ack', { type: 'ack', messages: this.#received });
  }

  #command(kind: 'flush' | 'stop' | 'ack', message: NativeClientMessage): void {
    this.#push(kind, JSON.stringify(message));
  }

  #push(kind: Outgoing['kind'], data: string | Uint8Array, id?: number): void {
    this.#log.push(kind, data, id);
    this.#onPush();
    void this.#pump();
  }

  /** Resolves when there is more to send, or the stream ends. */
  #nextPush(): Promise<void> {
    return new Promise((resolve) => {
      this.#onPush = resolve;
    });
  }

  /** Gives the connection what it takes. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#isGreeted && this.#link !== null) {
      if (this.#link.bufferedAmount > SEND_BUFFER_BYTES) {
        await this.#link.flushed();
        continue;
      }
      const entry = this.#log.next();
      if (entry === undefined) break;
      this.#link.send(entry.data);
      if (this.#resumeToken === null) this.#arriveUntold();
    }
    this.#isPumping = false;
  }

  /** A server that keeps no session does not say what arrived: what was sent counts. */
  #arriveUntold(): void {
    this.#log.acknowledgeSent();
    this.#makeRoom();
  }

  #makeRoom(): void {
    if (this.#log.pendingBytes > this.#bufferBytes) return;
    for (const resolve of this.#onRoom.splice(0)) resolve();
  }

  #fail(error: Error): void {
    this.#events.fail(error);
    this.#end(error);
    this.#link?.close();
  }

  #end(error: Error = closed()): void {
    this.#isGreeted = false;
    this.#closing.abort();
    this.#events.end();
    this.#settings.abandon(error);
    this.#log.clear();
    this.#onPush();
    for (const resolve of this.#onRoom.splice(0)) resolve();
  }
}

/**
 * Whether the start was refused as a whole: the server takes no audio then, and an older one takes it for that of another
 * format. Of the messages of a stream that can be wrong it is the only one without a number.
 */
function isOfStart({ code, id }: ErrorMessage): boolean {
  return code === 'MESSAGE_INVALID' && id === undefined;
}

function closed(): AgentError {
  return new AgentError('STREAM_CLOSED', 'There came new settings after the end; open a new stream.');
}
