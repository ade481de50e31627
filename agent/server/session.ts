import type { PcmFormat } from '../capture/sample-format.ts';
import { StreamDecoder } from '../capture/stream-decoder.ts';
import type { CancelTimer } from '../clock.ts';
import type { RecognizerStream, SpeechEngine, StreamOptions } from '../engine/speech-engine.ts';
import { AgentError, toAgentError } from '../errors.ts';
import { CLOSE_CODE } from './close-code.ts';
import type { Connection, ConnectionContext, ConnectionHandler } from './connection.ts';
import { IdleTimer } from './idle-timer.ts';
import type { ClientCommand, ModelInfo } from './protocols/protocol.ts';
import { TranscriptReporter } from './transcript-reporter.ts';

/** The engine as sessions need it: it may still be loading when the first client is there. */
export interface EngineAccess {
  readonly engine: Promise<SpeechEngine>;
  readonly model: ModelInfo;
  /** Hz of the model. */
  readonly sampleRate: number;
}

/** A connection with its purpose. */
export interface Session {
  start(): void;
  /** Stops taking audio, sends the last final and closes with "going away". */
  shutdown(): void;
}

export interface StreamSessionContext extends ConnectionContext {
  /** Counts seconds of audio of this client. Throws `AUDIO_LIMIT` when they are more than it may send. */
  takeAudio(seconds: number): void;
  /** Whether the next partial of this client is sent: when the engine is behind most are not. */
  passesPartial(): boolean;
}

/** Without a `start` message audio has this format. */
const DEFAULT_FORMAT: PcmFormat = { encoding: 's16le', sampleRate: 16000, channels: 1 };
/** Audio given to the engine at once, so that one big message can not overrun the stream's queue. */
const SLICE_SECONDS = 0.5;
const NO_SAMPLES = new Int16Array(0);

/**
 * One client that sends audio and gets its transcript. Messages are carried out in order; while the model loads
 * or the stream's queue is full, the socket is paused, so that the audio waits at the client.
 */
export class StreamSession implements Session, ConnectionHandler {
  readonly #connection: Connection;
  readonly #access: EngineAccess;
  readonly #context: StreamSessionContext;
  /** Null where the protocol lets clients be silent. */
  readonly #idle: IdleTimer | null;
  readonly #inbox: ClientCommand[] = [];
  /** Decoded audio of the current message that the engine has not been given yet. */
  #samples: Int16Array = NO_SAMPLES;
  /** Samples at the model's rate that the stream has got. */
  #givenSamples = 0;
  #state: 'open' | 'streaming' | 'finishing' | 'closed' = 'open';
  #waiting = false;
  /** Without new audio, be it less than a sample, a flush has nothing to do. */
  #hasUnflushedAudio = false;
  /** Why the server ends the session; null when the client asked for it. */
  #endReason: AgentError | null = null;
  #engine: SpeechEngine | null = null;
  #stream: RecognizerStream | null = null;
  #decoder: StreamDecoder | null = null;
  /** While a stream ends and the session goes on: what to do then. */
  #onFinished: (() => void) | null = null;
  #cancelDurationTimer: CancelTimer | null = null;

  constructor(connection: Connection, access: EngineAccess, context: StreamSessionContext) {
    this.#connection = connection;
    this.#access = access;
    this.#context = context;
    const { idleTimeoutMs } = context.config;
    this.#idle =
      connection.protocol.allowsSilence === true
        ? null
        : new IdleTimer(context.clock, idleTimeoutMs, () => this.#onIdle());
  }

  start(): void {
    const { model, sampleRate, engine } = this.#access;
    const { maxSessionMs } = this.#context.config;
    this.#connection.start(this);
    const { id: session, resumeOffer: resume } = this.#connection;
    const offer = resume === undefined ? {} : { resume };
    this.#connection.send({ type: 'ready', session, sampleRate, model, ...offer });
    this.#idle?.start();
    this.#cancelDurationTimer = this.#context.clock.after(maxSessionMs, () => this.#onTooLong());
    this.#waitFor(
      engine.then((loaded) => {
        this.#engine = loaded;
      }),
    );
  }

  onCommand(command: ClientCommand): void {
    if (!this.#isTaking) return;
    this.#idle?.touch();
    this.#inbox.push(command);
    this.#work();
  }

  onClosed(): void {
    this.#state = 'closed';
    this.#dropInput();
    this.#idle?.stop();
    this.#cancelDurationTimer?.();
    this.#decoder?.close();
    this.#stream?.close();
  }

  shutdown(): void {
    this.#end(new AgentError('SHUTTING_DOWN', 'The daemon is shutting down.'));
  }

  get #isTaking(): boolean {
    return this.#connection.isOpen && (this.#state === 'open' || this.#state === 'streaming');
  }

  get #givenSeconds(): number {
    return this.#givenSamples / this.#access.sampleRate;
  }

  #work(): void {
    while (this.#isTaking && !this.#waiting) {
      if (this.#samples.length > 0) {
        this.#feed();
        continue;
      }
      const command = this.#inbox.shift();
      if (command === undefined) return;
      try {
        this.#carryOut(command);
      } catch (error) {
        this.#connection.reject(toAgentError(error));
      }
    }
  }

  #carryOut(command: ClientCommand): void {
    switch (command.type) {
      case 'start':
        this.#openStream(command.format, command.options);
        break;
      case 'configure':
        this.#configure(command.options, command.id);
        break;
      case 'audio':
        if (this.#stream === null) this.#openStream(DEFAULT_FORMAT, {});
        this.#samples = this.#decoder?.accept(command.bytes) ?? NO_SAMPLES;
        this.#hasUnflushedAudio ||= command.bytes.length > 0;
        this.#countAudio(this.#samples.length);
        if (this.#samples.length === 0) this.#tellTaken();
        break;
      case 'flush':
        if (command.realign === true) this.#decoder?.realign();
        this.#flush();
        break;
      case 'stop':
        this.#finish();
        break;
      case 'finish':
        this.#finishStream();
        break;
      case 'reply':
        this.#connection.sendFrames(command.frames);
        break;
      case 'acknowledge':
      case 'keep-alive':
        break; // it has kept the idle timer from firing
    }
  }

  #openStream(format: PcmFormat, options: StreamOptions): void {
    if (this.#engine === null)
      throw new AgentError('INTERNAL', 'A command was carried out before the model was there.');
    if (this.#stream !== null)
      throw new AgentError('MESSAGE_INVALID', 'start must come once, before any audio.');
    this.#decoder = new StreamDecoder(format, this.#engine.sampleRate);
    const { task, hotwords, ...rest } = options;
    this.#stream = this.#engine.createStream(rest);
    this.#state = 'streaming';
    void this.#deliver(this.#stream);
    // these can be refused, for a grammar that can not be read or a word that can not be said: the stream goes on without
    const refusable = { ...(task && { task }), ...(hotwords && { hotwords }) };
    if (Object.keys(refusable).length > 0) this.#configure(refusable);
  }

  /** Nothing more is taken before the settings are in force or refused, so that grammars do not pile up. */
  #configure(options: StreamOptions, id?: number): void {
    if (this.#stream === null) this.#openStream(DEFAULT_FORMAT, {});
    const answered = this.#stream?.configure(options).then(
      () => {
        if (id !== undefined) this.#connection.send({ type: 'configured', id });
      },
      (error: unknown) => {
        if (this.#connection.isOpen) this.#connection.reject(toAgentError(error), id);
      },
    );
    if (answered !== undefined) this.#waitFor(answered);
  }

  /**
   * Nothing more is taken before its final is there: a flush costs as much as the silence that the model needs to say the
   * last word, however little audio there was before it.
   */
  #flush(): void {
    if (this.#stream === null || !this.#hasUnflushedAudio) return;
    this.#hasUnflushedAudio = false;
    this.#stream.flush();
    this.#waitFor(this.#stream.settled());
  }

  /** Beyond its allowance a client gets the final of what it has sent. */
  #countAudio(samples: number): void {
    try {
      this.#context.takeAudio(samples / this.#access.sampleRate);
    } catch (error) {
      this.#end(toAgentError(error));
    }
  }

  #feed(): void {
    const slice = this.#samples.subarray(0, SLICE_SECONDS * this.#access.sampleRate);
    this.#samples = this.#samples.subarray(slice.length);
    this.#givenSamples += slice.length;
    const stream = this.#stream;
    const hasRoom = stream?.acceptPcm(slice) ?? true;
    if (stream === null) return;
    const isWhole = this.#samples.length === 0;
    if (isWhole && this.#connection.protocol.answersAudio === true) {
      this.#waitFor(stream.settled().then(() => this.#tellTaken()));
      return;
    }
    if (isWhole) this.#tellTaken();
    if (hasRoom) return;
    this.#context.metrics.sourcePaused();
    this.#waitFor(stream.drained());
  }

  #tellTaken(): void {
    const heardSeconds = this.#givenSeconds - (this.#stream?.queuedMs ?? 0) / 1000;
    this.#connection.send({ type: 'audio-taken', heardSeconds });
  }

  /** Takes nothing more from the client until `condition` is there. */
  #waitFor(condition: Promise<void>): void {
    this.#waiting = true;
    this.#connection.pause();
    condition.then(
      () => {
        this.#waiting = false;
        this.#idle?.touch();
        this.#connection.resume();
        this.#work();
      },
      (error) => this.#connection.fail(toAgentError(error)),
    );
  }

  async #deliver(stream: RecognizerStream): Promise<void> {
    const { id: session, log } = this.#connection;
    const reporter = new TranscriptReporter(stream, { origin: 'client', session }, { ...this.#context, log });
    try {
      for await (const event of stream) {
        if (event.type !== 'partial' || this.#context.passesPartial()) {
          this.#connection.send(reporter.report(event));
        } else this.#context.metrics.partialThinned();
      }
      this.#onStreamEnd();
    } catch (error) {
      this.#connection.fail(toAgentError(error));
    }
  }

  #onStreamEnd(): void {
    if (this.#state === 'finishing') this.#close();
    else if (this.#onFinished !== null) this.#onFinished();
    else this.#connection.fail(new AgentError('ENGINE_CLOSED', 'The engine was closed.'));
  }

  /** The server ends the session: nothing more is taken, the last final still goes out. */
  #end(reason: AgentError): void {
    if (this.#state === 'closed' || this.#endReason !== null) return;
    this.#endReason = reason;
    this.#dropInput();
    if (this.#state !== 'finishing') this.#finish();
  }

  #finish(): void {
    this.#state = 'finishing';
    this.#idle?.stop();
    if (this.#stream === null) this.#close();
    else if (this.#onFinished === null) this.#finishAudio(this.#stream);
  }

  /** Ends the stream and takes nothing more until its last final is out; then a new stream may begin. */
  #finishStream(): void {
    const stream = this.#stream;
    if (stream === null) {
      this.#tellDone();
      return;
    }
    const finished = new Promise<void>((resolve) => {
      this.#onFinished = resolve;
    });
    this.#waitFor(finished.then(() => this.#forgetStream()));
    this.#finishAudio(stream);
  }

  #finishAudio(stream: RecognizerStream): void {
    const rest = this.#decoder?.finish() ?? NO_SAMPLES;
    this.#givenSamples += rest.length;
    if (rest.length > 0) stream.acceptPcm(rest);
    stream.finish();
  }

  #forgetStream(): void {
    if (this.#state !== 'streaming') return;
    this.#tellDone();
    this.#decoder?.close();
    this.#decoder = null;
    this.#stream = null;
    this.#onFinished = null;
    this.#givenSamples = 0;
    this.#hasUnflushedAudio = false;
    this.#state = 'open';
  }

  #close(): void {
    if (this.#endReason !== null) {
      this.#connection.fail(this.#endReason);
      return;
    }
    this.#tellDone();
    this.#connection.close(CLOSE_CODE.done);
  }

  #tellDone(): void {
    this.#connection.send({ type: 'done', audioSeconds: this.#givenSeconds });
  }

  #dropInput(): void {
    this.#inbox.length = 0;
    this.#samples = NO_SAMPLES;
  }

  #onIdle(): void {
    if (this.#waiting) {
      this.#idle?.start(); // it is the server that is late
      return;
    }
    const { idleTimeoutMs } = this.#context.config;
    this.#end(new AgentError('IDLE_TIMEOUT', `The client sent nothing for ${idleTimeoutMs} ms.`));
  }

  #onTooLong(): void {
    const { maxSessionMs } = this.#context.config;
    this.#end(new AgentError('SESSION_TOO_LONG', `A session lasts at most ${maxSessionMs} ms.`));
  }
}
