import { AgentError } from '../errors.ts';
import type { FrontendParams } from '../frontend/frontend-params.ts';
import { FeatureSpan } from './feature-span.ts';

export interface SpanQueueParams {
  readonly frontend: FrontendParams;
  readonly framesPerStep: number;
  /** Steps after a step that its result rests on. */
  readonly lookAheadSteps: number;
  /** Silence that follows the audio of a span, in milliseconds. */
  readonly tailPaddingMs: number;
}

/** The audio of a stream that is not through, cut where it is flushed, gets other settings and ends. */
export class SpanQueue<Change> {
  readonly #params: SpanQueueParams;
  /** Oldest first; all but the last are closed. */
  readonly #spans: FeatureSpan<Change>[];
  #acceptedSamples = 0;
  /** Of the settings at the end of the audio so far, in force already or not. */
  #tailPaddingMs: number;

  constructor(params: SpanQueueParams) {
    this.#params = params;
    this.#tailPaddingMs = params.tailPaddingMs;
    this.#spans = [this.#newSpan()];
  }

  /** The oldest span; undefined behind the last one. */
  get first(): FeatureSpan<Change> | undefined {
    return this.#spans[0];
  }

  get count(): number {
    return this.#spans.length;
  }

  /** Samples of the whole stream so far. */
  get acceptedSamples(): number {
    return this.#acceptedSamples;
  }

  /** @throws AgentError STREAM_CLOSED after `finish`, as do `flush` and `configure` */
  accept(samples: Int16Array): void {
    this.#open('audio').accept(samples);
    this.#acceptedSamples += samples.length;
  }

  flush(): void {
    const span = this.#open('a flush');
    const before = this.#spans.at(-2);
    // keeps any number of flushes without audio between them in constant memory; one behind new settings is answered with them,
    // whether or not they are in force already
    if (span.isEmpty && span.change === null && before) before.repeatFlush();
    else {
      span.close('flush', this.#tailPaddingMs);
      this.#spans.push(this.#newSpan());
    }
  }

  /** Lets `change` come into force at this point of the audio, and `tailPaddingMs` with it. */
  configure(change: Change, tailPaddingMs: number): void {
    const span = this.#open('new settings');
    if (!span.isEmpty) {
      span.close('configure', this.#tailPaddingMs);
      this.#spans.push(this.#newSpan());
    }
    this.#spans.at(-1)!.change = change;
    this.#tailPaddingMs = tailPaddingMs;
  }

  /** No more audio. Calling it again does nothing. */
  finish(): void {
    const span = this.#spans.at(-1);
    if (span && span.end === null) span.close('end', this.#tailPaddingMs);
  }

  /** Drops the oldest span: it is through. */
  shift(): void {
    this.#spans.shift();
  }

  #open(what: string): FeatureSpan<Change> {
    const span = this.#spans.at(-1);
    if (!span || span.end !== null) {
      throw new AgentError(
        'STREAM_CLOSED',
        `${what} came after finish(); create a new stream for more audio`,
      );
    }
    return span;
  }

  #newSpan(): FeatureSpan<Change> {
    const { frontend, framesPerStep, lookAheadSteps } = this.#params;
    return new FeatureSpan({ frontend, framesPerStep, lookAheadSteps, startSample: this.#acceptedSamples });
  }
}
