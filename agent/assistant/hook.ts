import { type ChildProcess, spawn } from 'node:child_process';
import { platform } from 'node:os';
import { atMost } from '../clock.ts';
import { abortAfter, aborted } from './abort-after.ts';
import type { AssistantEvent, AssistantEventType } from './assistant-event.ts';
import type { Sink, SinkTools } from './sink.ts';
import { type DeliveryOutcome, type WorkContext, type WorkLimits, WorkQueue } from './work-queue.ts';

/** Processes that a hook has started share its group, which Windows does not have. */
const HAS_PROCESS_GROUPS = platform() !== 'win32';

/** What was killed ends at once, unless it belongs to somebody else or hangs in the system. */
const KILL_MS = 1000;

export interface HookOptions extends WorkLimits {
  readonly on: AssistantEventType;
  /** Program and arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]];
  /** A hook that runs longer is killed with everything that it started. */
  readonly timeoutMs: number;
  /** Throws as `process.kill` does; tests hand in one that may not. */
  readonly kill?: (pid: number, signal: NodeJS.Signals) => void;
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
      const end = ended(child);
      return await Promise.race([end, this.#killed(child, end, limit)]);
    } catch (error) {
      return { code: null, reason: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
    }
  }

  /** Kills the program at the abort; resolves only after the time in which it should have ended. */
  async #killed(child: ChildProcess, end: Promise<ProcessEnd>, limit: AbortSignal): Promise<ProcessEnd> {
    await aborted(limit);
    const refusal = killGroup(child, this.#options.kill ?? process.kill);
    await atMost(this.#tools.clock, KILL_MS, end);
    leave(child);
    return { code: null, reason: refusal === null ? 'not ended' : `not ended: ${refusal}` };
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
  /** Why the program could not be started or ended, for example `ENOENT`. */
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

/** The code of what prevents it; null when nothing does. */
function killGroup({ pid }: ChildProcess, kill: NonNullable<HookOptions['kill']>): string | null {
  if (pid === undefined) return null;
  try {
    kill(HAS_PROCESS_GROUPS ? -pid : pid, 'SIGKILL');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

/** Nothing of a program that does not end keeps the daemon from ending. */
function leave(child: ChildProcess): void {
  child.unref();
  child.stdin?.destroy();
}
