import type {
  EngineStats,
  RecognizerStream,
  SpeechEngine,
  StreamOptions,
} from '../../agent/engine/speech-engine.ts';
import type { FinalReason, TranscriptEvent } from '../../agent/transcript/transcript-event.ts';
import { EventQueue } from './event-queue.ts';

const SAMPLE_RATE = 16000;
const SAMPLES_PER_WORD = SAMPLE_RATE / 2;

export interface FakeEngineOptions {
  /** With `true` nothing is computed until `release()`: the queue grows as behind a slow model. */
  readonly held?: boolean;
  /** Milliseconds of waiting audio above which `acceptPcm` says no. */
  readonly queueHighMs?: number;
}

/**
 * An engine without a model: every half second of audio is one word, "word0 word1 …", whatever it holds. A
 * stream says speech-start with its first word, a partial after each word, and a final at flush and finish; at a
 * flush also when there was no word.
 */
export class FakeEngine implements SpeechEngine {
  readonly sampleRate = SAMPLE_RATE;
  readonly streams: FakeStream[] = [];
  closed = false;
  /** Workers that run. */
  workers = 1;
  /** Thrown by `configure` of streams that are still to be created. */
  refusal: Error | null = null;
  held: boolean;
  readonly queueHighMs: number;

  constructor(options: FakeEngineOptions = {}) {
    this.held = options.held ?? false;
    this.queueHighMs = options.queueHighMs ?? 4000;
  }

  createStream(options: StreamOptions = {}): FakeStream {
    const stream = new FakeStream(`stream-${this.streams.length}`, this, options);
    this.streams.push(stream);
    return stream;
  }

  /** Computes everything that waits, in all streams, and from now on at once. */
  release(): void {
    this.held = false;
    for (const stream of this.streams) stream.compute();
  }

  stats(): EngineStats {
    const open = this.streams.filter((stream) => !stream.ended);
    const samples = this.streams.reduce((sum, stream) => sum + stream.samplesAccepted, 0);
    return {
      streams: open.length,
      workers: this.workers,
      model: 'fake',
      language: 'en',
      provider: 'cpu',
      audioSeconds: samples / SAMPLE_RATE,
      busySeconds: 0,
      precision: 'fp32',
      rejectedProviders: [],
      runtimeLibraries: [],
      batchSizes: [0],
      queuedMs: open.reduce((sum, stream) => sum + stream.queuedMs, 0),
      oldestQueuedMs: 0,
      overrunSeconds: 0,
      workerRestarts: 0,
      grammarsWaiting: 0,
    };
  }

  async retire(): Promise<void> {
    await Promise.all(this.streams.filter(({ ended }) => !ended).map((stream) => stream.whenEnded));
    await this.close();
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const stream of this.streams) stream.close();
  }
}

type Mark = { readonly at: number; readonly reason: Extract<FinalReason, 'flush' | 'end'> };

export class FakeStream implements RecognizerStream {
  readonly id: string;
  readonly options: StreamOptions;
  readonly #engine: FakeEngine;
  readonly #events = new EventQueue<TranscriptEvent>();
  readonly #marks: Mark[] = [];
  #drained: (() => void)[] = [];
  #settled: (() => void)[] = [];
  #computed = 0;
  #segment = 0;
  #segmentStart = 0;
  #words: string[] = [];
  samplesAccepted = 0;
  /** What `configure` was given. */
  readonly configured: StreamOptions[] = [];
  /** Samples accepted before each of them. */
  readonly configuredAt: number[] = [];
  /** Thrown by `configure`. */
  refusal: Error | null;
  flushes = 0;
  ended = false;
  readonly whenEnded: Promise<void>;
  #tellEnded: () => void = () => {};

  constructor(id: string, engine: FakeEngine, options: StreamOptions) {
    this.id = id;
    this.#engine = engine;
    this.refusal = engine.refusal;
    this.options = options;
    this.whenEnded = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  get queuedMs(): number {
    return ((this.samplesAccepted - this.#computed) / SAMPLE_RATE) * 1000;
  }

  acceptPcm(samples: Int16Array): boolean {
    this.samplesAccepted += samples.length;
    if (!this.#engine.held) this.compute();
    return this.queuedMs <= this.#engine.queueHighMs;
  }

  async drained(): Promise<void> {
    if (this.ended || this.queuedMs <= this.#engine.queueHighMs) return;
    await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  async settled(): Promise<void> {
    if (!this.ended && this.#computed < this.samplesAccepted) {
      await new Promise<void>((resolve) => this.#settled.push(resolve));
    }
    await new Promise((resolve) => setImmediate(resolve)); // the reader takes the events
  }

  async configure(options: StreamOptions): Promise<void> {
    if (this.refusal !== null) throw this.refusal;
    this.configured.push(options);
    this.configuredAt.push(this.samplesAccepted);
  }

  flush(): void {
    this.flushes++;
    this.#mark('flush');
  }

  finish(): void {
    this.#mark('end');
  }

  close(): void {
    this.#end();
  }

  /** Every event of this engine takes 40 ms. */
  latencyMs(_event: TranscriptEvent): number | undefined {
    return 40;
  }

  /** Every event is made from no more audio than it covers. */
  heardSeconds(event: TranscriptEvent): number | undefined {
    return 'end' in event ? event.end : event.time;
  }

  /** Makes the iteration throw, as when the worker of a stream dies. */
  fail(error: Error): void {
    this.#events.fail(error);
    this.#end();
  }

  /** Sends any event, for tests that need one which sound does not cause here. */
  emit(event: TranscriptEvent): void {
    this.#events.push(event);
  }

  compute(): void {
    while (!this.ended && this.#computed < this.samplesAccepted) {
      const mark = this.#marks[0];
      const nextWord = this.#segmentStart + (this.#words.length + 1) * SAMPLES_PER_WORD;
      const target = Math.min(nextWord, mark?.at ?? Number.POSITIVE_INFINITY, this.samplesAccepted);
      this.#computed = target;
      if (target === nextWord) this.#hearWord();
      this.#applyMarks();
    }
    this.#applyMarks();
    for (const resolve of [...this.#drained.splice(0), ...this.#settled.splice(0)]) resolve();
  }

  [Symbol.asyncIterator](): AsyncIterator<TranscriptEvent> {
    return this.#events[Symbol.asyncIterator]();
  }

  #mark(reason: Mark['reason']): void {
    if (this.ended) return;
    this.#marks.push({ at: this.samplesAccepted, reason });
    if (!this.#engine.held) this.compute();
  }

  #applyMarks(): void {
    while (this.#marks[0] !== undefined && this.#marks[0].at <= this.#computed) {
      const mark = this.#marks.shift();
      if (this.#words.length > 0 || mark?.reason === 'flush') this.#final(mark?.reason ?? 'end');
      if (mark?.reason === 'end') this.#end();
    }
  }

  #hearWord(): void {
    const seconds = this.#computed / SAMPLE_RATE;
    const start = this.#segmentStart / SAMPLE_RATE;
    if (this.#words.length === 0) this.#events.push({ type: 'speech-start', time: start });
    const stable = this.#words.join(' ');
    this.#words.push(`word${this.#words.length}`);
    if (this.options.partials === false) return;
    const text = this.#words.join(' ');
    this.#events.push({ type: 'partial', segment: this.#segment, text, stable, start, end: seconds });
  }

  #final(reason: FinalReason): void {
    const start = this.#segmentStart / SAMPLE_RATE;
    const words = this.#words.map((text, index) => ({
      text,
      start: start + index / 2,
      end: start + (index + 1) / 2,
      confidence: 1,
    }));
    const end = words.at(-1)?.end ?? this.#computed / SAMPLE_RATE;
    const text = this.#words.join(' ');
    const segment = this.#segment++;
    this.#events.push({ type: 'final', segment, text, words, confidence: 1, start, end, reason });
    if (words.length > 0) this.#events.push({ type: 'speech-end', time: end });
    this.#segmentStart = this.#computed;
    this.#words = [];
  }

  #end(): void {
    this.ended = true;
    this.#tellEnded();
    this.#events.end();
    for (const resolve of [...this.#drained.splice(0), ...this.#settled.splice(0)]) resolve();
  }
}
