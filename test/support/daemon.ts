import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TINY_MODEL } from './tiny-bundle.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = fileURLToPath(new URL('../../agent/main.ts', import.meta.url));

/** A line of the log. */
export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface ProcessEnd {
  readonly code: number | null;
  /** The whole standard error. */
  readonly stderr: string;
  readonly stdout: string;
}

/** `earshot …` as a process of its own, from source; it is killed at the end of the test. */
export class EarshotProcess {
  readonly process: ChildProcess;
  readonly ended: Promise<ProcessEnd>;
  readonly #lines: LogLine[] = [];
  #stderr = '';
  #stdout = '';
  #wake: () => void = () => {};

  private constructor(child: ChildProcess) {
    this.process = child;
    child.stdout?.on('data', (data) => {
      this.#stdout += data;
    });
    createInterface({ input: child.stderr! }).on('line', (line) => this.#onLine(line));
    this.ended = once(child, 'close').then(([code]) => {
      this.#wake();
      return { code: code as number | null, stderr: this.#stderr, stdout: this.#stdout };
    });
  }

  static start(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): EarshotProcess {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      cwd: ROOT,
      env: { PATH: '/nonexistent', ...env },
    });
    t.after(() => child.kill('SIGKILL'));
    return new EarshotProcess(child);
  }

  /** Resolves with the first log line of this message, also a past one. Fails when the process ends before. */
  async logLine(message: string, where: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    for (;;) {
      const found = this.#lines.find((line) => line.msg === message && where(line));
      if (found !== undefined) return found;
      if (this.process.exitCode !== null) throw new Error(`no "${message}" before the end:\n${this.#stderr}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #onLine(line: string): void {
    this.#stderr += `${line}\n`;
    if (line.startsWith('{')) this.#lines.push(JSON.parse(line));
    this.#wake();
  }
}

export interface TestDaemon {
  readonly daemon: EarshotProcess;
  /** `ws://127.0.0.1:PORT` */
  readonly url: string;
  readonly httpUrl: string;
}

/** `earshot serve` with the tiny model on a free port; resolves when it is ready. PATH is empty unless given. */
export async function startDaemon(
  t: TestContext,
  args: readonly string[] = ['--no-microphone'],
  env: NodeJS.ProcessEnv = {},
): Promise<TestDaemon> {
  const daemon = EarshotProcess.start(t, ['serve', '--model', TINY_MODEL, '--port', '0', ...args], env);
  const { page } = await daemon.logLine('ready');
  const httpUrl = String(page).replace(/\/$/, '');
  return { daemon, httpUrl, url: httpUrl.replace('http', 'ws') };
}
