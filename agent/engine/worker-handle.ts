import type { Worker } from 'node:worker_threads';
import type { ModelPlacement } from '../acoustic/acoustic-model.ts';
import { type CancelTimer, type Clock, SYSTEM_CLOCK } from '../clock.ts';
import { AgentError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { EngineStream } from './engine-stream.ts';
import type { EngineTotals } from './engine-totals.ts';
import { RunGate } from './run-gate.ts';
import { decodeError, type WorkerReply, type WorkerRequest } from './worker-protocol.ts';

const RESTART_MIN_MS = 250;
const RESTART_MAX_MS = 10_000;
/** A worker whose model was loaded for this long ran well: it is started again at once. */
const STEADY_MS = 60_000;
/** A worker that does not end by itself within this time is terminated. */
const CLOSE_TIMEOUT_MS = 5000;
/** Longest time that the main thread is blocked for a native call before it stops a worker. */
const GATE_TIMEOUT_MS = 2000;

export interface WorkerHandleParts {
  /** Starts a thread that speaks the worker protocol and keeps to the gate. */
  readonly create: (gate: SharedArrayBuffer) => Worker;
  readonly totals: EngineTotals;
  readonly log: Logger;
  readonly clock?: Clock;
}

/**
 * The main thread's side of one worker. When the thread ends unexpectedly, its streams fail and a new thread is
 * started: at once, and with growing pauses while it can not be started or soon ends again.
 */
export class WorkerHandle {
  readonly #parts: WorkerHandleParts;
  readonly #clock: Clock;
  readonly #streams = new Map<number, EngineStream>();
  #worker: Worker | undefined;
  #gate = new RunGate();
  /** When its model was loaded; null while it is not. */
  #readyAt: number | null = null;
  /** Before the next restart. */
  #pauseMs = 0;
  #cancelRestart: CancelTimer = () => {};
  #closing = false;

  constructor(parts: WorkerHandleParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? SYSTEM_CLOCK;
  }

  /** Streams pinned to the worker. */
  get streams(): ReadonlyMap<number, EngineStream> {
    return this.#streams;
  }

  /** Whether there is a thread to give streams to. */
  get available(): boolean {
    return this.#worker !== undefined;
  }

  /** Whether its model is loaded: streams of another worker begin at once, those of this one wait. */
  get ready(): boolean {
    return this.#readyAt !== null;
  }

  /**
   * Starts the thread; resolves when its model is loaded.
   * @throws AgentError what the worker says of the model, or ENGINE_FAILED when it ends without a word
   */
  async start(): Promise<ModelPlacement> {
    this.#gate = new RunGate();
    const worker = this.#parts.create(this.#gate.memory);
    this.#worker = worker;
    let failure: unknown;
    worker.once('error', (error) => {
      failure = error;
    });
    return new Promise((resolve, reject) => {
      worker.on('message', (reply: WorkerReply) => {
        if (reply.type === 'refused') failure = decodeError(reply.error);
        else if (reply.type !== 'ready') this.#receive(reply);
        else {
          this.#readyAt = this.#clock.now();
          resolve(reply.placement);
        }
      });
      worker.once('exit', (code) => {
        const error = stopped(failure, code);
        const readyAt = this.#readyAt;
        this.#exited(error);
        if (readyAt === null) reject(error);
        else if (!this.#closing) this.#onDeath(error, this.#clock.now() - readyAt);
      });
    });
  }

  /** Pins a stream to this worker. */
  add(number: number, stream: EngineStream): void {
    this.#streams.set(number, stream);
  }

  remove(number: number): void {
    this.#streams.delete(number);
  }

  send(request: WorkerRequest, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(request, transfer);
  }

  /** Ends the thread; its streams must be closed before. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelRestart();
    const worker = this.#worker;
    if (!worker) return;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ type: 'shutdown' } satisfies WorkerRequest);
    const timer = setTimeout(() => {
      this.brace();
      void worker.terminate();
    }, CLOSE_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }

  /** The process or the thread is about to be stopped: blocks until the thread is in no native call. */
  brace(): void {
    if (this.#worker !== undefined) this.#gate.close(GATE_TIMEOUT_MS);
  }

  #receive(reply: Exclude<WorkerReply, { type: 'ready' | 'refused' }>): void {
    if (reply.type === 'stream-failed') {
      const error = decodeError(reply.error);
      this.#parts.log.error({ stream: reply.stream, code: error.code, err: error }, 'a stream failed');
      this.#streams.get(reply.stream)?.fail(error);
      return;
    }
    if (reply.type === 'configured') {
      const error = reply.error && decodeError(reply.error);
      this.#streams.get(reply.stream)?.configured(reply.request, error);
      return;
    }
    this.#parts.totals.addRun(reply);
    for (const progress of reply.streams) this.#streams.get(progress.stream)?.receive(progress);
  }

  #exited(error: AgentError): void {
    this.#worker = undefined;
    this.#readyAt = null;
    for (const stream of [...this.#streams.values()]) stream.fail(error);
  }

  #onDeath(error: AgentError, aliveMs: number): void {
    if (aliveMs >= STEADY_MS) this.#pauseMs = 0;
    this.#parts.totals.workerRestarts++;
    const fields = { code: error.code, err: error, pauseMs: this.#pauseMs };
    this.#parts.log.error(fields, 'an engine worker stopped; starting it again');
    this.#restartLater();
  }

  #restartLater(): void {
    this.#cancelRestart = this.#clock.after(this.#pauseMs, () => void this.#restart());
    this.#pauseMs = Math.min(Math.max(RESTART_MIN_MS, 2 * this.#pauseMs), RESTART_MAX_MS);
  }

  async #restart(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      if (this.#closing) return;
      const fields = { err: error, pauseMs: this.#pauseMs };
      this.#parts.log.error(fields, 'an engine worker could not be started again');
      this.#restartLater();
    }
  }
}

function stopped(failure: unknown, code: number): AgentError {
  if (failure instanceof AgentError) return failure;
  const reason = failure instanceof Error ? failure.message : `exit code ${code}`;
  return new AgentError('ENGINE_FAILED', `The engine worker stopped: ${reason}`, {
    cause: failure,
  });
}
