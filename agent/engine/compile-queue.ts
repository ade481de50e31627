import { createHash } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import type { SettingsTexts } from '../decoder/settings-texts.ts';
import { AgentError, type ErrorCode } from '../errors.ts';
import { nextMessage } from './next-message.ts';
import { byteLengthOf, type PackedTexts } from './packed-texts.ts';
import { COMPILE_HEAP_MB } from './start-worker.ts';
import { type CompileReply, type CompileRequest, decodeError, type GivenTexts } from './worker-protocol.ts';

/** Longest time for one compilation. What the limits of texts let through takes a fraction of it on a machine with nothing else to do. */
const TIMEOUT_MS = 60_000;
/** So long a compilation may go on that nobody waits for any more: a thread takes a while to start. */
const UNWANTED_MS = 2000;
/** The thread ends when it had nothing to do for so long. */
const IDLE_MS = 30_000;
/** Compiled texts that are kept, for streams that ask for the same: grammars are large, hotwords are many. */
const MOST_KEPT = 100;
const MOST_KEPT_BYTES = 32 * 1024 * 1024;

export interface CompileQueueParts {
  readonly start: () => Worker;
  /** Milliseconds; the built-in ones unless given. */
  readonly timeoutMs?: number;
  readonly idleMs?: number;
  readonly unwantedMs?: number;
}

interface Job {
  readonly texts: SettingsTexts;
  readonly key: string;
  readonly owner: object;
  readonly resolve: (compiled: Required<GivenTexts>) => void;
  readonly reject: (error: AgentError) => void;
}

/** A thread, what it does, and how its work is told about. */
interface Thread {
  readonly worker: Worker;
  readonly ready: Promise<void>;
}

/**
 * Compiles texts of settings in a thread of their own, which streams do not wait for: one at a time, next that of the stream that had
 * the thread for the least time so far. Of each stream one waits at most, so as many as there are streams. A compilation that takes too
 * long or too much memory costs its stream an error and the thread its life; the next one starts another.
 */
export class CompileQueue {
  readonly #parts: Required<CompileQueueParts>;
  readonly #waiting: Job[] = [];
  /** Milliseconds that the thread has worked for a stream. */
  readonly #usedMs = new WeakMap<object, number>();
  /** By what was compiled, the one used longest ago first. */
  readonly #kept = new Map<string, Required<GivenTexts>>();
  #thread: Thread | null = null;
  #isWorking = false;
  /** What the thread does. */
  #running: Job | null = null;
  #isClosed = false;
  #nextNumber = 1;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor({
    start,
    timeoutMs = TIMEOUT_MS,
    idleMs = IDLE_MS,
    unwantedMs = UNWANTED_MS,
  }: CompileQueueParts) {
    this.#parts = { start, timeoutMs, idleMs, unwantedMs };
  }

  /** Compilations that are under way or wait. */
  get open(): number {
    return this.#waiting.length + (this.#isWorking ? 1 : 0);
  }

  /**
   * @param owner the stream that wants it
   * @throws AgentError what `SettingsCompiler` throws; GRAMMAR_TOO_LARGE, HOTWORD_LIMIT or WAKE_PHRASE when it takes too much; ENGINE_CLOSED;
   *   INTERNAL when the thread breaks
   */
  compile(texts: SettingsTexts, owner: object): Promise<Required<GivenTexts>> {
    const key = keyOf(texts);
    const known = this.#kept.get(key);
    if (known !== undefined) {
      this.#keep(key, known);
      return Promise.resolve(known);
    }
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(closed());
        return;
      }
      this.#waiting.push({ texts, key, owner, resolve, reject });
      void this.#work();
    });
  }

  /** The stream is gone: what it waits for is not compiled any more, or not to its end where that is far. */
  forget(owner: object): void {
    if (this.#running?.owner === owner) this.#giveUpSoon(this.#running);
    for (let index = this.#waiting.length - 1; index >= 0; index -= 1) {
      if (this.#waiting[index]!.owner === owner) this.#waiting.splice(index, 1)[0]!.reject(closed());
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
    await this.#endThread();
  }

  #giveUpSoon(job: Job): void {
    const giveUp = () => {
      if (this.#running === job) void this.#endThread();
    };
    setTimeout(giveUp, this.#parts.unwantedMs).unref();
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    clearTimeout(this.#idleTimer);
    for (let job = this.#next(); job !== undefined; job = this.#next()) await this.#carryOut(job);
    this.#isWorking = false;
    if (this.#isClosed) return;
    this.#idleTimer = setTimeout(() => void this.#endThread(), this.#parts.idleMs);
    this.#idleTimer.unref();
  }

  /** The first of the stream that the thread has worked for least. */
  #next(): Job | undefined {
    const used = ({ owner }: Job) => this.#usedMs.get(owner) ?? 0;
    const first = this.#waiting.reduce<Job | undefined>(
      (best, job) => (best === undefined || used(job) < used(best) ? job : best),
      undefined,
    );
    if (first !== undefined) this.#waiting.splice(this.#waiting.indexOf(first), 1);
    return first;
  }

  async #carryOut(job: Job): Promise<void> {
    const { texts, key, owner, resolve, reject } = job;
    // of several streams that wait for the same, the first has had it compiled
    const known = this.#kept.get(key);
    if (known !== undefined) {
      resolve(known);
      return;
    }
    const startedMs = performance.now();
    this.#running = job;
    try {
      const packed = await this.#compile(texts);
      const compiled = { number: this.#nextNumber, packed };
      this.#nextNumber += 1;
      this.#keep(key, compiled);
      resolve(compiled);
    } catch (error) {
      reject(error as AgentError);
    }
    this.#running = null;
    this.#usedMs.set(owner, (this.#usedMs.get(owner) ?? 0) + performance.now() - startedMs);
  }

  async #compile(texts: SettingsTexts): Promise<PackedTexts> {
    if (this.#isClosed) throw closed();
    this.#thread ??= this.#startThread();
    const { worker, ready } = this.#thread;
    worker.ref();
    let timer: NodeJS.Timeout | undefined;
    let refusal: AgentError;
    try {
      await ready;
      const answer = answerOf(worker, texts);
      worker.postMessage(texts satisfies CompileRequest);
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(tooLong(texts, this.#parts.timeoutMs)), this.#parts.timeoutMs);
      });
      const reply = await Promise.race([answer, timeout]);
      if (reply.type === 'compiled') return reply.packed;
      refusal =
        reply.type === 'refused' ? decodeError(reply.error) : new AgentError('INTERNAL', 'two beginnings');
    } catch (error) {
      // one that is about to end takes no other work
      if (this.#thread?.worker === worker) void this.#endThread();
      throw error;
    } finally {
      clearTimeout(timer);
      worker.unref();
    }
    throw refusal;
  }

  #startThread(): Thread {
    const worker = this.#parts.start();
    const thread = { worker, ready: answerOf(worker).then(() => undefined) };
    thread.ready.catch(() => undefined); // whoever waits for it hears of it
    worker.once('exit', () => {
      if (this.#thread === thread) this.#thread = null;
    });
    return thread;
  }

  async #endThread(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const thread = this.#thread;
    this.#thread = null;
    await thread?.worker.terminate();
  }

  #keep(key: string, compiled: Required<GivenTexts>): void {
    this.#kept.delete(key);
    this.#kept.set(key, compiled);
    const bytes = () => [...this.#kept.values()].reduce((sum, { packed }) => sum + byteLengthOf(packed), 0);
    while (this.#kept.size > MOST_KEPT || (this.#kept.size > 1 && bytes() > MOST_KEPT_BYTES)) {
      this.#kept.delete(this.#kept.keys().next().value ?? key);
    }
  }
}

/** The same for the same texts, which themselves may be long. */
function keyOf({ task, ...names }: SettingsTexts): string {
  const compiled = task?.type === 'commands' ? task.grammars.map(({ name, text }) => [name, text]) : task;
  return createHash('sha256')
    .update(JSON.stringify([compiled, names]))
    .digest('base64');
}

/** The next message of a thread that compiles `texts`, or begins; or the reason why none will come. */
function answerOf(worker: Worker, texts: SettingsTexts | null = null): Promise<CompileReply> {
  return nextMessage(worker, (cause) => broken(cause, texts));
}

/** What a refusal is called, and what of the settings it is about. */
function subjectOf(texts: SettingsTexts | null): readonly [code: ErrorCode, what: string] {
  if (texts?.task === null && texts.hotwords !== null) return ['HOTWORD_LIMIT', 'the hotwords'];
  return texts?.task === null ? ['WAKE_PHRASE', 'the wake phrases'] : ['GRAMMAR_TOO_LARGE', 'the grammar'];
}

function tooLong(texts: SettingsTexts, timeoutMs: number): AgentError {
  const [code, what] = subjectOf(texts);
  return new AgentError(
    code,
    `${what} took longer than ${timeoutMs / 1000} s to compile; expected less: ` +
      'make lists shorter, most of all lists of names that no dictionary has, or try again when less is being done',
  );
}

function broken(cause: (Error & { readonly code?: string }) | null, texts: SettingsTexts | null): AgentError {
  if (cause?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const [code, what] = subjectOf(texts);
    return new AgentError(
      code,
      `${what} took more than ${COMPILE_HEAP_MB} MB of memory to compile; expected less: make lists shorter, or refer to large ones fewer times`,
    );
  }
  const reason = cause?.message ?? 'it ended';
  return new AgentError('INTERNAL', `The thread that compiles texts of settings broke: ${reason}`, { cause });
}

function closed(): AgentError {
  return new AgentError('ENGINE_CLOSED', 'The engine is closed; nothing can be compiled.');
}
