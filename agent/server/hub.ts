import type { AudioSource } from '../capture/audio-source.ts';
import { type MicrophoneStatus, NO_FAULTS } from '../capture/microphone-status.ts';
import type { RecognizerStream, SpeechEngine, StreamOptions } from '../engine/speech-engine.ts';
import { type AgentError, toAgentError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { TranscriptEvent } from '../transcript/transcript-event.ts';
import { LevelMeter } from './level-meter.ts';
import type { MicrophoneTask, ServerEvent } from './protocols/protocol.ts';
import type { ServerMetrics } from './server-metrics.ts';
import { toldTask } from './told-task.ts';
import type { TranscriptListener } from './transcript-listener.ts';
import { TranscriptReporter } from './transcript-reporter.ts';

/** The daemon's microphone, or what stands for it. */
export interface MicrophoneSource extends AudioSource {
  readonly status: MicrophoneStatus;
}

/** How a microphone fares that is not there, and that nothing has happened to. */
export const NO_MICROPHONE: MicrophoneStatus = {
  state: 'off',
  detail: 'The daemon runs without a microphone (microphone.enabled is false).',
  code: null,
  recorder: null,
  restarts: 0,
  counters: NO_FAULTS,
};

export interface HubOptions {
  /** Null: the daemon has no microphone. */
  readonly source: MicrophoneSource | null;
  readonly engine: Promise<SpeechEngine>;
  /** What the microphone's stream listens for; dictation unless given. */
  readonly listenFor?: StreamOptions;
  readonly log: Logger;
  readonly metrics: ServerMetrics;
  readonly onTranscript?: TranscriptListener | undefined;
}

const RETRY_SECONDS = 1;

export type Subscriber = (event: ServerEvent) => void;

/**
 * The daemon's microphone for any number of subscribers: one stream of the engine, whose events everyone gets. Who
 * comes later first gets what is the case now. When the engine fails, the next audio opens a new stream; when that one fails
 * too, the audio of a second is left out before each further one.
 */
export class Hub {
  readonly #options: HubOptions;
  readonly #subscribers = new Set<Subscriber>();
  #stream: RecognizerStream | null = null;
  #delivered: Promise<void> = Promise.resolve();
  /** Since the last event of a stream. */
  #engineFailed = false;
  /** Samples that are left out before a stream is opened again. */
  #samplesToSkip = 0;
  /** What a late subscriber has missed of the segment under way: speech-start and the newest partial. */
  #underWay: ServerEvent[] = [];
  /** The stream ends in the next pause of the speech, for a new one on what new streams get. */
  #renewing = false;
  /** Who waits for the final of a flush, oldest first. */
  #flushes: (() => void)[] = [];
  #running: Promise<void> | null = null;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  get hasMicrophone(): boolean {
    return this.#options.source !== null;
  }

  /** What is listened for, as clients are told. */
  get task(): MicrophoneTask {
    return toldTask(this.#options.listenFor?.task);
  }

  get status(): MicrophoneStatus {
    return this.#options.source?.status ?? NO_MICROPHONE;
  }

  /** Starts to listen. The source is opened at once; its audio waits in it until the engine is there. */
  start(): void {
    const { source } = this.#options;
    if (source === null) return;
    this.#running ??= this.#run(source).catch((error) => this.#onSourceError(toAgentError(error)));
  }

  /** Releases the microphone and waits until the last final has gone out. Safe to call twice. */
  async stop(): Promise<void> {
    await this.#options.source?.close();
    await this.#running;
  }

  /** The source reports that its status has changed. */
  onStatus(status: MicrophoneStatus): void {
    const level = status.state === 'failed' || status.state === 'silent' ? 'warn' : 'info';
    const { counters: _counters, ...fields } = status;
    this.#options.log[level](fields, 'microphone');
    this.#broadcast({ type: 'microphone', status });
  }

  /** Sends the present state to `subscriber`, then everything that happens. Returns how to end it. */
  subscribe(subscriber: Subscriber): () => void {
    subscriber({ type: 'microphone', status: this.status });
    for (const event of this.#underWay) subscriber(event);
    this.#subscribers.add(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
    };
  }

  /** Ends the segment under way. Resolves when its final has been told; at once when there is no stream. */
  async flush(): Promise<void> {
    if (this.#stream === null) return;
    this.#stream.flush();
    await new Promise<void>((resolve) => this.#flushes.push(resolve));
  }

  /** Moves over to what new streams get, as soon as nobody is speaking. */
  renew(): void {
    this.#renewing = this.#stream !== null;
    this.#renewInPause();
  }

  async #run(source: AudioSource): Promise<void> {
    const meter = new LevelMeter(source.sampleRate, (level) =>
      this.#broadcast({ type: 'level', rms: roundDb(level.rms), peak: roundDb(level.peak) }),
    );
    for await (const { samples } of source) {
      meter.accept(samples);
      if (this.#stream === null && this.#mayOpen(samples.length)) await this.#openStream();
      const stream: RecognizerStream | null = this.#stream;
      if (stream !== null && !stream.acceptPcm(samples)) await stream.drained();
    }
    this.#stream?.finish();
    await this.#delivered;
  }

  #mayOpen(samples: number): boolean {
    if (this.#samplesToSkip === 0) return true;
    this.#samplesToSkip = Math.max(0, this.#samplesToSkip - samples);
    return false;
  }

  async #openStream(): Promise<void> {
    const engine = await this.#options.engine;
    await this.#delivered; // the stream before may have a final to tell
    try {
      const stream = engine.createStream(this.#options.listenFor);
      this.#stream = stream;
      this.#delivered = this.#deliver(stream);
    } catch (error) {
      this.#onEngineError(toAgentError(error));
    }
  }

  #renewInPause(): void {
    if (!this.#renewing || this.#underWay.length > 0) return;
    this.#renewing = false;
    this.#stream?.finish();
    this.#stream = null;
  }

  async #deliver(stream: RecognizerStream): Promise<void> {
    const origin = { origin: 'microphone', session: 'microphone' } as const;
    const reporter = new TranscriptReporter(stream, origin, this.#options);
    try {
      for await (const event of stream) {
        this.#engineFailed = false;
        const message = reporter.report(event);
        this.#remember(event, message);
        this.#broadcast(message);
        this.#renewInPause();
        if (event.type === 'final' && event.reason === 'flush') this.#flushes.shift()?.();
      }
    } catch (error) {
      this.#onEngineError(toAgentError(error));
    }
    this.#stream = null;
    this.#renewing = false;
    this.#underWay = [];
    for (const resolve of this.#flushes.splice(0)) resolve();
  }

  #remember(event: TranscriptEvent, message: ServerEvent): void {
    switch (event.type) {
      case 'speech-start':
        this.#underWay = [message];
        break;
      case 'partial':
        this.#underWay = [...this.#underWay.filter(isSpeechStart), message];
        break;
      case 'final':
        this.#underWay = this.#underWay.filter(isSpeechStart);
        break;
      case 'speech-end':
        this.#underWay = [];
        break;
    }
  }

  /** A failure repeats until the engine is back: it is told once. */
  #onEngineError(error: AgentError): void {
    if (this.#engineFailed) {
      this.#samplesToSkip = RETRY_SECONDS * (this.#options.source?.sampleRate ?? 0);
      return;
    }
    this.#engineFailed = true;
    this.#options.log.error({ code: error.code, reason: error.message }, 'microphone stream failed');
    this.#broadcast({ type: 'error', code: error.code, message: error.message });
  }

  /** A file that can not be read to its end; a microphone never throws. */
  async #onSourceError(error: AgentError): Promise<void> {
    this.#options.log.error(
      { code: error.code, reason: error.message },
      'the microphone is no longer listened to',
    );
    this.#broadcast({ type: 'error', code: error.code, message: error.message });
    this.#stream?.finish();
    await this.#delivered;
  }

  #broadcast(event: ServerEvent): void {
    for (const subscriber of this.#subscribers) subscriber(event);
  }
}

function roundDb(level: number): number {
  return Math.round(level * 10) / 10;
}

function isSpeechStart(event: ServerEvent): boolean {
  return event.type === 'transcript' && event.event.type === 'speech-start';
}
