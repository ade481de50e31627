import type { HeadDecoder, HeadRow } from '../decoder/create-decoder.ts';
import type { DecoderResources } from '../decoder/decoder-resources.ts';
import { Endpointer, type EndpointOptions } from '../endpoint/endpointer.ts';
import { AgentError } from '../errors.ts';
import type { FrontendParams } from '../frontend/frontend-params.ts';
import { TranscriptBuilder, type TranscriptOptions } from '../transcript/transcript-builder.ts';
import type { FinalReason, TranscriptEvent } from '../transcript/transcript-event.ts';
import { roundConfidence, type SegmentClock, secondsAt } from '../transcript/words.ts';
import type { FeatureSpan } from './feature-span.ts';
import { rowLengthOf } from './head-rows.ts';
import { createListening, type Listening, type ListeningSettings, searchOf } from './listening.ts';
import { MOST_RUN_UP_STEPS, RUN_UP_STEPS, SEGMENT_LIMITS } from './run-up.ts';
import { SpanQueue } from './span-queue.ts';
import { WAKE_REACH_STEPS } from './wake-cycle.ts';

/** What the decoding of a stream depends on; it may change between two segments. */
export interface PipelineSettings extends ListeningSettings {
  /** The configuration's section `endpoint`. */
  readonly endpoint: EndpointOptions & { readonly tailPaddingMs: number };
  /** The configuration's section `transcript`. */
  readonly transcript: Omit<TranscriptOptions, 'alternatives'>;
}

export interface StreamPipelineParams extends PipelineSettings {
  readonly frontend: FrontendParams;
  /** Feature frames that the model consumes per step. */
  readonly framesPerStep: number;
  /** Steps by which a row of log-probs comes later than its own step; see `lookAheadStepsOf`. */
  readonly lookAheadSteps: number;
  readonly resources: DecoderResources;
}

/** Settings that wait for the audio before them to be computed, with the decoder made for them. */
export interface SettingsChange extends PipelineSettings {
  readonly listening: Listening;
}

/**
 * All of one stream except the acoustic model: audio in, features out to whoever runs the model, log-probs back
 * in, events out. Synchronous and without a clock; the events depend on the audio and on where `flush` and
 * `finish` fall in it, not on chunks, nor on how many steps are computed at a time.
 *
 * The runner's loop, as long as `stepsReady` is not 0: take `n` from 1 to `stepsReady`, `readFeatures(…, n)`, run
 * the model, `acceptLogProbs(…, n)`; when `resetState` is then true, set the model's state to zeros.
 *
 * A segment's end (endpoint, flush, finish) resets the model's state, as does a pause where there are no endpoints, so a run
 * must not go past one. `stepsReady` takes care of that: it ends at the next flush, and at the earliest step at which an endpoint
 * or such a pause is possible (`Endpointer.stepsToEarliest`); these can thus only fall on the last step of a run. While
 * features are read and not yet answered it is 0.
 *
 * With a wake phrase the stream is silent until it was said. What follows it is computed from its end on with a state
 * of zeros, so that the last steps of the run are then computed once more, for whatever head the search needs.
 *
 * A model that looks ahead gives the row of a step so many steps later. The rows before the first one say nothing and
 * are left out, so that steps, times and ends are those of the audio. What was read beyond the end of a segment is read
 * once more for the next, and with it the last steps of the segment, whose rows are left out too: an endpoint falls into a pause that may
 * be over a moment later.
 *
 * At a flush or finish `tailPaddingMs` of silence follows the audio. The endpoint rules rest there: the segment
 * ends by the flush anyway.
 */
export class StreamPipeline {
  readonly #params: StreamPipelineParams;
  #settings: PipelineSettings;
  readonly #stepSamples: number;
  #listening: Listening;
  #endpointer: Endpointer;
  readonly #builder: TranscriptBuilder;
  readonly #spans: SpanQueue<SettingsChange>;
  /** Steps of the oldest span whose log-probs are through. */
  #spanSteps = 0;
  /** Step of the oldest span at which the current segment began. */
  #segmentStart = 0;
  #stepsInFlight = 0;
  #resetState = false;
  /** Rows to come that are left out: the model looks ahead and has seen too little since its state was zeros, or is on its run-up. */
  #warmUpSteps: number;
  /** Steps to be computed again, from behind a wake phrase on. */
  #rewindSteps: number | null = null;
  #eventSamples: readonly number[] = [];

  constructor(params: StreamPipelineParams) {
    this.#params = params;
    this.#settings = params;
    this.#stepSamples = params.framesPerStep * params.frontend.hop;
    this.#warmUpSteps = params.lookAheadSteps;
    this.#listening = this.#newListening(params);
    this.#endpointer = this.#newEndpointer(params);
    this.#builder = new TranscriptBuilder(transcriptOptions(params));
    this.#spans = new SpanQueue({ ...params, tailPaddingMs: params.endpoint.tailPaddingMs });
    this.#keepForRewind();
  }

  /**
   * Takes mono samples at the model's rate, int16 range, and computes their features at once.
   * @throws AgentError STREAM_CLOSED after `finish`
   */
  acceptPcm(samples: Int16Array): void {
    this.#spans.accept(samples);
  }

  /**
   * Ends the segment at this point of the audio. It gives exactly one `final`, in the `acceptLogProbs` that
   * computes the last step before it, and there always is at least one step to compute.
   * @throws AgentError STREAM_CLOSED after `finish`
   */
  flush(): void {
    this.#spans.flush();
  }

  /**
   * Takes other settings from this point of the audio on. What was being said ends there, with a `final` of the
   * reason `configure`; when nothing was, there is none.
   * @throws AgentError STREAM_CLOSED after `finish`; what `createDecoder` throws, and the stream goes on as it was
   */
  configure(settings: PipelineSettings): void {
    const change = { ...settings, listening: this.#newListening(settings) };
    this.#spans.configure(change, settings.endpoint.tailPaddingMs);
    if (this.#spans.count === 1) this.#applyChange();
  }

  /** No more audio. Calling it again does nothing. */
  finish(): void {
    this.#spans.finish();
  }

  /** The heads of the model whose log-probs the next run must bring, side by side in each row. */
  get heads(): readonly HeadRow[] {
    return this.#search.heads;
  }

  /** How many steps may be computed now in one run. */
  get stepsReady(): number {
    const span = this.#spans.first;
    if (!span || this.#stepsInFlight > 0) return 0;
    const untilEnd = span.isPadding(this.#spanSteps)
      ? Number.POSITIVE_INFINITY
      : this.#endpointer.stepsToEarliest;
    return Math.min(span.stepsReady, this.#warmUpSteps + Math.min(untilEnd, this.#mostSteps));
  }

  /** How many rows of the next run say nothing; the run may be shorter. */
  get warmUpSteps(): number {
    return this.#warmUpSteps;
  }

  /**
   * Moves the features of the oldest `steps` steps to `target`, row-major `[steps · framesPerStep, dim]`, from
   * `offset` (in elements) on.
   */
  readFeatures(target: Float32Array, offset: number, steps: number): void {
    if (steps < 1 || steps > this.stepsReady) {
      throw new AgentError('INTERNAL', `${steps} steps were asked for; expected 1 to ${this.stepsReady}`);
    }
    this.#spans.first!.read(target, offset, steps);
    this.#stepsInFlight = steps;
  }

  /**
   * Takes the log-probs of the features read last, row-major `[steps, tokens of all heads]`, from `offset` (in elements) on,
   * and returns the events that they bring, oldest first.
   * @throws AgentError ENGINE_FAILED when a row is not numbers
   */
  acceptLogProbs(logProbs: Float32Array, offset: number, steps: number): readonly TranscriptEvent[] {
    if (steps !== this.#stepsInFlight) {
      throw new AgentError('INTERNAL', `log-probs of ${steps} steps came; expected ${this.#stepsInFlight}`);
    }
    const events: TranscriptEvent[] = [];
    const eventSamples: number[] = [];
    this.#stepsInFlight = 0;
    this.#resetState = false;
    const first = Math.min(this.#warmUpSteps, steps);
    this.#warmUpSteps -= first;
    const rowLength = rowLengthOf(this.heads);
    for (let i = first; i < steps; i += 1) {
      this.#step(logProbs, offset + i * rowLength, events);
      while (eventSamples.length < events.length) eventSamples.push(this.consumedSamples);
      if (this.#rewindSteps !== null) {
        this.#rewind(this.#rewindSteps);
        break;
      }
    }
    this.#eventSamples = eventSamples;
    return events;
  }

  /** Of each event of the last `acceptLogProbs`: `consumedSamples` after the step that brought it. */
  get eventSamples(): readonly number[] {
    return this.#eventSamples;
  }

  /** Whether the model begins anew behind the last `acceptLogProbs`: its state must be zeros for the next run. */
  get resetState(): boolean {
    return this.#resetState;
  }

  /** Whether the last event is out. */
  get finished(): boolean {
    return this.#spans.count === 0;
  }

  /** Samples of the stream whose log-probs are through, padding not counted. */
  get consumedSamples(): number {
    const span = this.#spans.first;
    if (!span) return this.#spans.acceptedSamples;
    return Math.min(span.startSample + this.#spanSteps * this.#stepSamples, span.endSample);
  }

  /** Audio accepted whose log-probs are not through, in milliseconds. */
  get queuedMs(): number {
    return ((this.#spans.acceptedSamples - this.consumedSamples) * 1000) / this.#params.frontend.sampleRate;
  }

  #step(logProbs: Float32Array, offset: number, events: TranscriptEvent[]): void {
    const span = this.#spans.first!;
    // the softmax spreads a NaN over its row, and the state keeps it: nothing would ever be recognised again
    if (Number.isNaN(logProbs[offset])) {
      throw new AgentError(
        'ENGINE_FAILED',
        `the model gave NaN at step ${this.#spanSteps}; expected log-probs`,
      );
    }
    this.#spanSteps += 1;
    const isLast = this.#spanSteps === span.totalSteps;
    // the one step of a span without audio only carries its end; what the model makes of it is not speech
    const { decoder } = this.#search;
    if (!span.isEmpty) decoder.accept(logProbs, 1, offset);
    if (this.#wakeUp(span, events)) {
      if (isLast && this.#rewindSteps === 0) {
        // no step behind the phrase could end the span
        this.#rewind(0);
        this.#endSpan(span, events);
      }
      return;
    }
    const timeIsOver = this.#listening.wake?.count() ?? false;
    if (isLast) {
      this.#endSpan(span, events);
      return;
    }
    const segmentStep = this.#spanSteps - 1 - this.#segmentStart;
    this.#builder.update(decoder, segmentStep, this.#clock(span), events);
    const reason = this.#endpointer.accept(decoder.trailingBlankSteps(), this.#builder.spoken);
    if (timeIsOver) this.#endSegment(span, 'max-length', events);
    else if (reason !== null && !span.isPadding(this.#spanSteps - 1)) {
      if (reason === 'pause') this.#beginAnew(span, RUN_UP_STEPS.pause);
      else this.#endSegment(span, reason, events);
    }
  }

  /** Tells a wake phrase that the last step has made certain. Returns whether what follows it is listened to now. */
  #wakeUp(span: FeatureSpan, events: TranscriptEvent[]): boolean {
    const { wake } = this.#listening;
    const detection = wake?.take() ?? null;
    if (wake === null || detection === null) return false;
    const { phrase, confidence, stepsSince } = detection;
    const rewindSteps = Math.min(stepsSince, this.#spanSteps);
    const time = secondsAt(this.#clock(span), this.#spanSteps - rewindSteps - this.#segmentStart);
    events.push({ type: 'wake', phrase, time, confidence: roundConfidence(confidence) });
    if (!wake.listens) return false;
    this.#rewindSteps = rewindSteps;
    return true;
  }

  /** Goes back to the end of a wake phrase. */
  #rewind(steps: number): void {
    this.#spanSteps -= steps;
    this.#rewindSteps = null;
    this.#beginSegment();
    this.#beginAnew(this.#spans.first!, 0);
  }

  #endSpan(span: FeatureSpan, events: TranscriptEvent[]): void {
    if (span.end === 'end' || span.end === 'configure') this.#endSegment(span, span.end, events);
    for (let i = 0; i < span.flushes; i += 1) this.#endSegment(span, 'flush', events);
    this.#spans.shift();
    this.#spanSteps = 0;
    this.#segmentStart = 0;
    this.#applyChange();
  }

  #endSegment(span: FeatureSpan, reason: FinalReason, events: TranscriptEvent[]): void {
    const { decoder } = this.#search;
    const { wake } = this.#listening;
    const steps = this.#spanSteps - this.#segmentStart;
    const end = { steps, reason, isAwaited: wake?.isAwaited ?? false };
    this.#builder.finish(decoder, end, this.#clock(span), events);
    decoder.reset();
    wake?.segmentEnded();
    this.#beginSegment();
    const goesOn = this.#spanSteps < span.totalSteps;
    // where somebody goes on speaking the model goes on hearing
    if (reason === 'max-length' && goesOn && wake === null) return;
    this.#beginAnew(span, goesOn ? RUN_UP_STEPS.endpoint : 0);
  }

  #beginSegment(): void {
    this.#endpointer.reset(this.#findsEnds(this.#settings));
    this.#segmentStart = this.#spanSteps;
  }

  /** The next row is that of the step behind the last one, of a model that begins anew so many steps before it, at most. */
  #beginAnew(span: FeatureSpan, mostRunUpSteps: number): void {
    this.#warmUpSteps = span.runUpTo(this.#spanSteps, mostRunUpSteps);
    this.#resetState = true;
  }

  /** Puts the settings that came with the oldest span into force. */
  #applyChange(): void {
    const span = this.#spans.first;
    if (span?.change != null) {
      const { change } = span;
      span.change = null;
      this.#listening = change.listening;
      this.#settings = change;
      this.#endpointer = this.#newEndpointer(change);
      this.#builder.configure(transcriptOptions(change));
    }
    this.#keepForRewind();
  }

  /** Lets the oldest span keep what must be computed again when a segment ends or a phrase is heard. */
  #keepForRewind(): void {
    const wakeSteps = this.#listening.wake === null ? 0 : WAKE_REACH_STEPS;
    this.#spans.first?.keepRead(this.#params.lookAheadSteps + MOST_RUN_UP_STEPS + wakeSteps);
  }

  get #search(): HeadDecoder {
    return searchOf(this.#listening);
  }

  get #mostSteps(): number {
    return this.#listening.wake?.mostSteps ?? Number.POSITIVE_INFINITY;
  }

  #newListening(settings: PipelineSettings): Listening {
    return createListening(this.#params.resources, settings, this.#stepMs);
  }

  #newEndpointer(settings: PipelineSettings): Endpointer {
    const options = { ...settings.endpoint, enabled: this.#findsEnds(settings) };
    return new Endpointer(options, this.#stepMs, SEGMENT_LIMITS);
  }

  /** While a phrase is waited for nobody hears of an end, and the model begins anew where it is quiet. */
  #findsEnds({ endpoint }: PipelineSettings): boolean {
    return endpoint.enabled || this.#listening.wake?.listens === false;
  }

  get #stepMs(): number {
    return (this.#stepSamples * 1000) / this.#params.frontend.sampleRate;
  }

  #clock(span: FeatureSpan): SegmentClock {
    const { sampleRate } = this.#params.frontend;
    return {
      startSeconds: (span.startSample + this.#segmentStart * this.#stepSamples) / sampleRate,
      stepSeconds: this.#stepSamples / sampleRate,
      limitSeconds: span.end === null ? Number.POSITIVE_INFINITY : span.endSample / sampleRate,
    };
  }
}

function transcriptOptions({ transcript, decoder }: PipelineSettings): TranscriptOptions {
  return { ...transcript, alternatives: decoder.alternatives };
}
