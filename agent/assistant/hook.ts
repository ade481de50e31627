import { type ChildProcess, spawn } from 'node:child_process';
import { platform } from 'node:os';
import { abortAfter } from './abort-after.ts';
import type { AssistantEvent, AssistantEventType } from './assistant-event.ts';
import type { Sink, SinkTools } from './sink.ts';
import { type DeliveryOutcome, type WorkContext, type WorkLimits, WorkQueue } from './work-queue.ts';

/** Processes that a hook has started share its group, which Windows does not have. */
const HAS_PROCESS_GROUPS = platform() !== 'win32';

export interface HookOptions extends WorkLimits {
  readonly on: AssistantEventType;
  /** Program and arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]];
  /** A hook that runs longer is killed with everything that it started. */
  readonly timeoutMs: number;
}

/**
 * Runs a command for every event of one type, with the event as JSON on its standard input. What it writes is thrown
 * away, so that neither much output nor a transcript in it can do harm; its exit code is logged.
 */
export class Hook implements Sink {
  readonly kind = 'hook';
  readonly #options: HookOptions;
  readonly #tools: SinkTools;
  readonly #queue: WorkQueue<AssistantEvent>;

  constructor(options: HookOptions, tools: SinkTools) {
    this.#options = options;
    this.#tools = tools;
    this.#queue = new WorkQueue({
      ...options,
      clock: tools.clock,
      run: (event, context) => this.#run(event, context),
      onOutcome: (outcome) => tools.metrics.delivered('hook', outcome),
    });
  }

  get queued(): number {
    return this.#queue.length;
  }

  accept(event: AssistantEvent): void {
    if (event.type === this.#options.on) this.#queue.push(event);
  }

  close(graceMs: number): Promise<void> {
    return this.#queue.close(graceMs);
  }

  async #run(event: AssistantEvent, { signal }: WorkContext): Promise<DeliveryOutcome> {
    const { on, timeoutMs } = this.#options;
    const { clock, log } = this.#tools;
    const startedMs = clock.now();
    const limit = abortAfter(clock, timeoutMs, signal);
    const end = await this.#runUntil(event, limit.signal);
    const timedOut = limit.signal.aborted && !signal.aborted;
    limit.release();
    const outcome = timedOut ? 'timeout' : end.code === 0 ? 'done' : 'failed';
    const level = outcome === 'done' ? 'debug' : 'warn';
    log[level]({ hook: on, outcome, ...end, durationMs: Math.round(clock.now() - startedMs) }, 'hook ended');
    return outcome;
  }

  async #runUntil(event: AssistantEvent, limit: AbortSignal): Promise<ProcessEnd> {
    try {
      const child = start(this.#options.command, event);
      limit.addEventListener('abort', () => killGroup(child), { once: true });
      return await ended(child);
    } catch (error) {
      return { code: null, reason: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
    }
  }
}

function start([program, ...args]: readonly [string, ...string[]], event: AssistantEvent): ChildProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: HAS_PROCESS_GROUPS });
  child.stdin?.on('error', () => {}); // a hook need not read what it gets
  child.stdin?.end(`${JSON.stringify(event)}\n`);
  return child;
}

interface ProcessEnd {
  readonly code: number | null;
  readonly signal?: NodeJS.Signals;
  /** Why the program could not be started, for example `ENOENT`. */
  readonly reason?: string;
}

function ended(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ code: null, reason: error.code ?? error.message }),
    );
    child.once('exit', (code, signal) => resolve({ code, ...(signal === null ? {} : { signal }) }));
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(HAS_PROCESS_GROUPS ? -child.pid : child.pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
