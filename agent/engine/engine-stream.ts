import type { SettingsTexts } from '../decoder/settings-texts.ts';
import { AgentError, toAgentError } from '../errors.ts';
import type { FinalReason, TranscriptEvent } from '../transcript/transcript-event.ts';
import { ArrivalLog } from './arrival-log.ts';
import { EventBuffer } from './event-buffer.ts';
import { PcmCoalescer } from './pcm-coalescer.ts';
import { RequestLine } from './request-line.ts';
import { SettingsRequests } from './settings-requests.ts';
import type { RecognizerStream, StreamOptions } from './speech-engine.ts';
import type { StreamSettings } from './stream-settings.ts';
import type { GivenTexts, StreamProgress, WorkerRequest } from './worker-protocol.ts';

/** Unread events above which the source is paused. */
const MAX_UNREAD_EVENTS = 4096;
/** Finals of these reasons answer what was asked for, not audio. */
const MARKED: ReadonlySet<FinalReason> = new Set(['flush', 'configure', 'end']);
/** Times `queueHighMs`: with more than that waiting, audio of a caller that does not wait is dropped. */
const OVERRUN_FACTOR = 4;

export interface StreamLimits {
  /** Hz */
  readonly sampleRate: number;
  readonly queueHighMs: number;
  readonly queueLowMs: number;
  /** Samples that must be there before the steps of one run can be computed. */
  readonly firstRunSamples: number;
  /** Samples from one run of a live stream to the next. */
  readonly runSamples: number;
}

/** What is known of an event beside what it says. */
interface EventOrigin {
  /** When what completes the event arrived; `undefined` when that is not known any more. */
  readonly arrivalMs: number | undefined;
  readonly heardSeconds: number;
}

/** What a stream needs of the engine around it. */
export interface StreamLink {
  send(request: WorkerRequest, transfer?: ArrayBuffer[]): void;
  /** The stream ended: nothing more will be sent or received. */
  ended(): void;
  /** Audio was dropped. */
  overrun(seconds: number): void;
  /** Compiles texts of settings for `stream`, in another thread. */
  compile(texts: SettingsTexts, stream: object): Promise<Required<GivenTexts>>;
  /** What the options come to with the configuration and the bundle. */
  settings(options: StreamOptions): StreamSettings;
}

/** How a stream begins. */
export interface StreamStart {
  /** Names it to its worker. */
  readonly number: number;
  readonly options: StreamOptions;
}

/** The main thread's side of a stream: what was given, what came back, and how much lies between. */
export class EngineStream implements RecognizerStream {
  readonly id: string;
  readonly #number: number;
  readonly #link: StreamLink;
  readonly #line: RequestLine;
  readonly #limits: StreamLimits;
  readonly #events = new EventBuffer();
  readonly #coalescer: PcmCoalescer;
  readonly #arrivals = new ArrivalLog();
  readonly #settingsRequests = new SettingsRequests();
  readonly #origins = new WeakMap<TranscriptEvent, EventOrigin>();
  /** What the worker has taken. */
  #options: StreamOptions;
  /** The same with the changes that are under way. */
  #wanted: StreamOptions;
  #drainWaiters: (() => void)[] = [];
  #settleWaiters: (() => void)[] = [];
  #acceptedSamples = 0;
  #sentSamples = 0;
  /** Whoever reads the events came back for more after the last one. */
  #readerIsDone = true;
  #consumedSamples = 0;
  /** Since when, without a break, there is audio that could be computed, not that which waits for settings to be compiled; and what was computed before. */
  #waiting: { readonly sinceMs: number; readonly consumedSamples: number } | null = null;
  /** Flushes whose final has not come. */
  #openFlushes = 0;
  #state: 'open' | 'finishing' | 'ended' = 'open';

  constructor(link: StreamLink, limits: StreamLimits, { number, options }: StreamStart) {
    this.#options = options;
    this.#wanted = options;
    this.id = `stream-${number}`;
    this.#number = number;
    this.#link = link;
    this.#line = new RequestLine({
      send: link.send,
      compile: (texts) => link.compile(texts, this),
      moved: () => this.#lineMoved(),
    });
    this.#limits = limits;
    this.#coalescer = new PcmCoalescer((samples) => this.#sendPcm(samples), limits);
  }

  get queuedMs(): number {
    if (this.#state === 'ended') return 0;
    return ((this.#acceptedSamples - this.#consumedSamples) * 1000) / this.#limits.sampleRate;
  }

  /**
   * How late the oldest audio is that could be computed and is not, in milliseconds: its age; but what came faster
   * than it is spoken is late only as far as it is computed more slowly than it is spoken.
   */
  get oldestQueuedMs(): number {
    const arrivalMs = this.#arrivals.audioArrival(this.#nextRunEnd);
    if (this.#state === 'ended' || this.#waiting === null || arrivalMs === undefined) return 0;
    const { sinceMs, consumedSamples } = this.#waiting;
    const computedMs = ((this.#consumedSamples - consumedSamples) * 1000) / this.#limits.sampleRate;
    const now = performance.now();
    return Math.max(0, Math.min(now - arrivalMs, now - sinceMs - computedMs));
  }

  acceptPcm(samples: Int16Array): boolean {
    if (this.#state === 'ended') return true;
    if (this.#state === 'finishing') {
      throw closed('audio');
    }
    if (this.queuedMs > OVERRUN_FACTOR * this.#limits.queueHighMs) {
      this.#link.overrun(samples.length / this.#limits.sampleRate);
      return false;
    }
    this.#acceptedSamples += samples.length;
    this.#arrivals.addAudio(this.#acceptedSamples, performance.now());
    this.#coalescer.accept(samples);
    return this.queuedMs <= this.#limits.queueHighMs && this.#events.length <= MAX_UNREAD_EVENTS;
  }

  /** Opens the stream in its worker, behind the compilation of its settings; without them it fails. */
  open(): void {
    const settings = this.#link.settings(this.#options);
    this.#line
      .configure({ type: 'open', stream: this.#number, settings })
      .catch((error: unknown) => this.fail(toAgentError(error)));
  }

  async drained(): Promise<void> {
    if (this.#isDrained()) return;
    await new Promise<void>((resolve) => this.#drainWaiters.push(resolve));
  }

  async settled(): Promise<void> {
    if (this.#isSettled()) return;
    await new Promise<void>((resolve) => this.#settleWaiters.push(resolve));
  }

  async configure(options: StreamOptions): Promise<void> {
    if (this.#state !== 'open') throw closed('new settings');
    const wanted = { ...this.#wanted, ...options };
    const settings = this.#link.settings(wanted);
    this.#wanted = wanted;
    try {
      await this.#settingsRequests.ask((request) => {
        this.#mark();
        this.#line
          .configure({ type: 'configure', stream: this.#number, request, settings })
          .catch((error: unknown) => this.configured(request, toAgentError(error)));
      });
      this.#options = wanted;
    } catch (error) {
      if (this.#wanted === wanted) this.#wanted = this.#options;
      throw error;
    }
  }

  /** The worker answered a change of the settings. */
  configured(request: number, error?: AgentError): void {
    this.#settingsRequests.answer(request, error);
  }

  flush(): void {
    if (this.#state !== 'open') return;
    this.#openFlushes += 1;
    this.#sendMark('flush');
  }

  finish(): void {
    if (this.#state !== 'open') return;
    this.#sendMark('finish');
    this.#state = 'finishing';
  }

  close(): void {
    if (this.#state === 'ended') return;
    this.#link.send({ type: 'close', stream: this.#number });
    this.#events.clear();
    this.#end();
  }

  /** The worker of the stream is gone, or the stream broke in it. */
  fail(error: AgentError): void {
    this.#end(error);
  }

  /** Takes what a run brought for this stream. */
  receive(progress: StreamProgress): void {
    if (this.#state === 'ended') return;
    this.#consumedSamples = progress.consumedSamples;
    this.#noteWaiting();
    if (progress.events.length > 0) this.#readerIsDone = false;
    for (const [index, event] of progress.events.entries()) {
      if (event.type === 'final' && event.reason === 'flush') this.#openFlushes -= 1;
      this.#origins.set(event, this.#origin(event, progress.heardSamples[index]!));
      this.#events.push(event);
    }
    this.#arrivals.forget(progress.consumedSamples);
    if (progress.finished) {
      this.#end();
      return;
    }
    this.#wakeDrained();
    this.#wakeSettled();
  }

  latencyMs(event: TranscriptEvent): number | undefined {
    const arrivalMs = this.#origins.get(event)?.arrivalMs;
    return arrivalMs === undefined ? undefined : performance.now() - arrivalMs;
  }

  heardSeconds(event: TranscriptEvent): number | undefined {
    return this.#origins.get(event)?.heardSeconds;
  }

  [Symbol.asyncIterator](): AsyncIterator<TranscriptEvent> {
    return {
      next: async () => {
        this.#readerIsDone = this.#events.length === 0;
        this.#wakeSettled();
        const result = await this.#events.next();
        this.#wakeDrained();
        return result;
      },
      return: async () => {
        this.close();
        return { done: true, value: undefined };
      },
    };
  }

  /** Position of the stream up to which audio must have come for the next run. */
  get #nextRunEnd(): number {
    return this.#consumedSamples + this.#limits.firstRunSamples;
  }

  /**
   * Whether the worker has audio for another run. What is still gathered for one it can not compute, though after refused
   * settings it may be more than a run.
   */
  get #hasRun(): boolean {
    return this.#sentSamples - this.#line.heldSamples >= this.#nextRunEnd;
  }

  /** Where nothing waits the count begins anew: who pauses is not late for it, and gains nothing by it. */
  #noteWaiting(): void {
    if (!this.#hasRun) this.#waiting = null;
    else this.#waiting ??= { sinceMs: performance.now(), consumedSamples: this.#consumedSamples };
  }

  /** What waited for settings has gone out, or begins to wait. */
  #lineMoved(): void {
    this.#noteWaiting();
    this.#wakeSettled();
  }

  #sendPcm(samples: Int16Array<ArrayBuffer>): void {
    this.#sentSamples += samples.length;
    this.#line.send({ type: 'pcm', stream: this.#number, samples }, [samples.buffer]);
    this.#noteWaiting();
  }

  #sendMark(type: 'flush' | 'finish'): void {
    this.#mark();
    this.#line.send({ type, stream: this.#number });
  }

  /** Something other than audio has its place here, after all audio so far. */
  #mark(): void {
    this.#coalescer.restart();
    this.#arrivals.addMark(this.#acceptedSamples, performance.now());
  }

  #origin(event: TranscriptEvent, heardSamples: number): EventOrigin {
    const marked = event.type === 'final' && MARKED.has(event.reason);
    const arrivalMs = marked
      ? this.#arrivals.markArrival(this.#consumedSamples)
      : this.#arrivals.audioArrival(heardSamples);
    return { arrivalMs, heardSeconds: heardSamples / this.#limits.sampleRate };
  }

  #isDrained(): boolean {
    if (this.#state === 'ended') return true;
    return this.queuedMs <= this.#limits.queueLowMs && this.#events.length <= MAX_UNREAD_EVENTS;
  }

  #wakeDrained(): void {
    if (this.#drainWaiters.length === 0 || !this.#isDrained()) return;
    for (const resolve of this.#drainWaiters.splice(0)) resolve();
  }

  #isSettled(): boolean {
    if (this.#state === 'ended') return true;
    return this.#readerIsDone && !this.#hasRun && this.#openFlushes === 0 && !this.#line.isHeld;
  }

  #wakeSettled(): void {
    if (this.#settleWaiters.length === 0 || !this.#isSettled()) return;
    for (const resolve of this.#settleWaiters.splice(0)) resolve();
  }

  #end(error?: AgentError): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#coalescer.clear();
    this.#line.close();
    this.#events.end(error);
    this.#link.ended();
    this.#settingsRequests.abandon(error ?? closed('new settings'));
    this.#wakeDrained();
    this.#wakeSettled();
  }
}

function closed(what: string): AgentError {
  return new AgentError('STREAM_CLOSED', `There came ${what} after the end; create a new stream.`);
}
